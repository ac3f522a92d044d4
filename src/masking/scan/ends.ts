// Where a value ends that nothing quotes: at the end of its word, or of its line.
import { isAlnum } from './alphabet.ts';
import { isQuote } from './quotes.ts';

/** What is longer is masked on to its end by whoever cuts the text into segments. */
export const LONGEST_VALUE = 16_384;
/** Nothing in a line is looked for further on. */
export const LONGEST_LINE = 120;
const BACKSLASH = 92;
const BLANK = 32;

const ENDS_WORD = new Uint8Array(128);
for (const mark of ' \t\n\r\f\0"\'`<>;,)]}') ENDS_WORD[mark.charCodeAt(0)] = 1;

export function endOfWord(text: string, from: number, isQuery = false, most = from + LONGEST_VALUE): number {
  const last = Math.min(text.length, most);
  let at = from;
  while (at < last) {
    const code = text.charCodeAt(at);
    if (code < 128 && (ENDS_WORD[code] === 1 || (isQuery && code === 38)) && !isWithin(text, at, from)) break;
    if (code === BACKSLASH && isEnding(text.charCodeAt(at + 1))) break;
    at += 1;
  }
  return at;
}

/** A quote in the midst of a word does not end it. */
function isWithin(text: string, at: number, from: number): boolean {
  return (
    at > from &&
    isQuote(text.charCodeAt(at)) &&
    isAlnum(text.charCodeAt(at - 1)) &&
    isAlnum(text.charCodeAt(at + 1))
  );
}

/** After a backslash: a quote, or a line end. What is escaped otherwise belongs to the value. */
function isEnding(code: number): boolean {
  return isQuote(code) || code === 110 || code === 114 || Number.isNaN(code);
}

const ENDS_LINE = new Uint8Array(128);
for (const mark of '\n\r\t;|<>"{}[]=&') ENDS_LINE[mark.charCodeAt(0)] = 1;

export function endOfLine(text: string, from: number): number {
  const most = Math.min(text.length, from + LONGEST_LINE);
  let at = from;
  while (at < most) {
    const code = text.charCodeAt(at);
    if (code < 128 && ENDS_LINE[code] === 1) break;
    if (code === BLANK && text.charCodeAt(at + 1) === BLANK) break;
    if (code === BACKSLASH) break;
    at += 1;
  }
  return at;
}
