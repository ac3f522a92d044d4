// Short words and numbers, of which documents are full: without a name, nothing is ever found in them.
import { isDigit, isLetter } from './alphabet.ts';

/** Whatever is found in letters alone is longer, as is what is found in digits without a word beside them. */
const LONGEST_WORD = 12;
const LONGEST_NUMBER = 6;
const DASH = 45;
const DOT = 46;

export function isPlain(text: string): boolean {
  const { length } = text;
  if (length > LONGEST_WORD) return false;
  let at = 0;
  while (at < length && isLetter(text.charCodeAt(at))) at += 1;
  if (at === length) return true;
  return at === 0 && length <= LONGEST_NUMBER && isNumber(text);
}

function isNumber(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (!isDigit(code) && code !== DOT && code !== DASH) return false;
  }
  return true;
}
