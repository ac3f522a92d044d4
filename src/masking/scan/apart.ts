// Whether what stands around a masked value is no part of anything that it is a part of: then its label frees nothing.
import type { Span } from '../model.ts';
import { isAlnum, isDigit } from './alphabet.ts';
import { isQuote } from './quotes.ts';

const BLANK = 32;
const PLUS = 43;
const DOT = 46;
const COLON = 58;
const EQUALS = 61;
const BACKSLASH = 92;
/** Brackets that turn to a value: a telephone number may begin or end with one. */
const OPENS = 40;
const CLOSES = 41;
const LONGEST_NAME = 24;
const LONGEST_PORT = 5;
const MOST_BETWEEN = 4;

/** What parts two values for good, and ends a word: a blank, a quote, a comma, the beginning or the end. */
const PARTS = new Uint8Array(128);
for (const mark of ' \t\n\r"\'`,;)]}<>') PARTS[mark.charCodeAt(0)] = 1;
/** Of those: what may stand in the midst of a secret. */
const CLOSING = new Uint8Array(128);
for (const mark of ')]}>') CLOSING[mark.charCodeAt(0)] = 1;
/** What opens something else, though a word goes on behind it. */
const OPENING = new Uint8Array(128);
for (const mark of '([{|') OPENING[mark.charCodeAt(0)] = 1;

function isParting(text: string, at: number, beyond: number): boolean {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return true;
  if (code >= 128 || PARTS[code] !== 1) return false;
  // A quote within a word, as in `it's`, parts nothing, nor does a bracket that a secret has in it.
  return !(isQuote(code) || CLOSING[code] === 1) || !isAlnum(text.charCodeAt(beyond));
}

/** A number, or what has one at its end, may go on after a blank and as many marks as may stand between its digits. */
function hasNumber(text: string, from: number, step: 1 | -1): boolean {
  for (let looked = 0; looked < MOST_BETWEEN; looked += 1) {
    const at = from + looked * step;
    if (at < 0 || at >= text.length) return false;
    if (isDigit(text.charCodeAt(at))) return true;
  }
  return false;
}

function isOfName(code: number): boolean {
  return isAlnum(code) || code === 95 || code === 45 || code === PLUS || code === 47;
}

/** `=` before a value assigns it, after a short name; after what is long it may end that. */
function isAssigned(text: string, start: number): boolean {
  let from = start - 1;
  while (from > 0 && isOfName(text.charCodeAt(from - 1)) && start - from < LONGEST_NAME) from -= 1;
  return start - from < LONGEST_NAME;
}

/** `n`, `r` or `t` behind a backslash, as line ends stand in quotes. */
function isEscape(text: string, letter: number): boolean {
  const code = text.charCodeAt(letter);
  return (code === 110 || code === 114 || code === 116) && text.charCodeAt(letter - 1) === BACKSLASH;
}

function beginsApart(text: string, start: number): boolean {
  const before = text.charCodeAt(start - 1);
  if (before === CLOSES || (before === BLANK && hasNumber(text, start - 2, -1))) return false;
  if (isParting(text, start - 1, start - 2)) return true;
  if (before < 128 && OPENING[before] === 1) return isParting(text, start - 2, start - 3);
  if (before === EQUALS) return isAssigned(text, start);
  return isEscape(text, start - 1);
}

/** `:8080` after an address. */
function endOfPort(text: string, at: number): number {
  let to = at + 1;
  while (to - at <= LONGEST_PORT && isDigit(text.charCodeAt(to))) to += 1;
  return to === at + 1 || isDigit(text.charCodeAt(to)) ? -1 : to;
}

/** A full stop or a colon that ends a sentence parts as well. */
function isStopping(text: string, at: number): boolean {
  const after = text.charCodeAt(at);
  if (after !== DOT && after !== COLON && after !== 33 && after !== 63) return false;
  return text.charCodeAt(at + 1) !== OPENS && isParting(text, at + 1, at + 2);
}

function endsApart(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  if (after === OPENS || (after === BLANK && hasNumber(text, end + 1, 1))) return false;
  if (isParting(text, end, end + 1) || isStopping(text, end)) return true;
  const port = after === COLON ? endOfPort(text, end) : -1;
  return port !== -1 && !isAlnum(text.charCodeAt(port)) && !hasNumber(text, port, 1) && endsApart(text, port);
}

/** Whether nothing beside it can have kept another value from being seen, nor been kept by it. */
export function isApart(text: string, { start, end }: Span): boolean {
  return beginsApart(text, start) && endsApart(text, end);
}
