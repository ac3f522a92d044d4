// Short words and numbers, of which documents are full: without a name, nothing is ever found in them.
import { isDigit, isLetter } from './alphabet.ts';

/** Whatever is found in letters alone is longer, as is what is found in digits without a word beside them. */
const LONGEST_WORD = 12;
const LONGEST_NUMBER = 6;
const LONGEST_DIGITS = 10;
/** With a point between its digits. */
const LONGEST_DECIMAL = 9;
const DASH = 45;
const DOT = 46;

export function isPlain(text: string): boolean {
  const { length } = text;
  if (length > LONGEST_WORD || length === 0) return length === 0;
  if (isLetter(text.charCodeAt(0))) return isWord(text);
  return length <= LONGEST_DIGITS && isNumber(text);
}

function isWord(text: string): boolean {
  let at = 1;
  while (at < text.length && isLetter(text.charCodeAt(at))) at += 1;
  return at === text.length;
}

function isNumber(text: string): boolean {
  const { length } = text;
  let [dots, dashes] = [0, 0];
  for (let at = 0; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (isDigit(code)) continue;
    if (code === DOT) dots += 1;
    else if (code === DASH) dashes += 1;
    else return false;
  }
  if (length <= LONGEST_NUMBER || dots + dashes === 0) return true;
  return dots === 1 && dashes === 0 && length <= LONGEST_DECIMAL;
}
