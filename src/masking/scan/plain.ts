// Short words, numbers and moments, of which documents are full: without a name, nothing is ever found in them.
import { isDigit, isLetter } from './alphabet.ts';

/** Whatever is found in letters alone is longer, as is what is found in digits without a word beside them. */
const LONGEST_WORD = 12;
const LONGEST_NUMBER = 6;
const LONGEST_DIGITS = 10;
/** With a point between its digits. */
const LONGEST_DECIMAL = 9;
const DASH = 45;
const DOT = 46;
/** As `toISOString` writes it, with milliseconds or without, and as headers have it. */
const ISO_MOMENT =
  /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/u;
const HTTP_MOMENT =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?:0[1-9]|[12]\d|3[01]) (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?:19|20)\d\d (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d GMT$/u;

export function isPlain(text: string): boolean {
  const { length } = text;
  if (length > LONGEST_WORD) return isMoment(text);
  if (length === 0) return true;
  if (isLetter(text.charCodeAt(0))) return isWord(text);
  return length <= LONGEST_DIGITS && isNumber(text);
}

function isMoment(text: string): boolean {
  const { length } = text;
  if (length === 29) return HTTP_MOMENT.test(text);
  return (length === 20 || length === 24) && ISO_MOMENT.test(text);
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
