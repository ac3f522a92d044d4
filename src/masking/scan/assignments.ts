// `name: value`, `name=value`, `"name": "value"`, `<name>value<`: a name that speaks of its value, in free text.
import { isAlnum, isDigit, isLetter } from './alphabet.ts';
import type { Scan } from './scan.ts';

const LONGEST_NAME = 64;
/** What is longer is masked on to its end by whoever cuts the text into segments. */
export const LONGEST_VALUE = 16_384;
const LONGEST_LINE = 120;
/** So much of a value says whether it is one. */
const MOST_JUDGED = 2048;
const BACKSLASH = 92;
const BLANK = 32;

function isOfName(code: number): boolean {
  return isAlnum(code) || code === 95 || code === 45 || code === 46 || code >= 128;
}

function isQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96;
}

/** Where the name before `at` ends: before blanks, a quote and what escapes it, a bracket. */
function endOfName(text: string, at: number): number {
  let to = at;
  if (text.charCodeAt(to - 1) === 58) to -= 1; // `:=`
  while (to > 0 && at - to < 4 && text.charCodeAt(to - 1) === BLANK) to -= 1;
  if (isQuote(text.charCodeAt(to - 1)) || text.charCodeAt(to - 1) === 93) to -= 1;
  while (to > 0 && at - to < 8 && text.charCodeAt(to - 1) === BACKSLASH) to -= 1;
  if (isQuote(text.charCodeAt(to - 1))) to -= 1;
  return to;
}

function startOfName(text: string, to: number): number {
  const least = Math.max(0, to - LONGEST_NAME);
  let from = to;
  while (from > least && isOfName(text.charCodeAt(from - 1))) from -= 1;
  return from;
}

/** Up to three words more before it: `Date of birth: …`. */
function startOfPhrase(text: string, from: number): number {
  let start = from;
  for (let words = 0; words < 3 && start > 1 && text.charCodeAt(start - 1) === BLANK; words += 1) {
    let before = start - 1;
    while (before > 0 && from - before < 24 && isOfPhrase(text.charCodeAt(before - 1))) before -= 1;
    if (before === start - 1) break;
    start = before;
  }
  return start;
}

function isOfPhrase(code: number): boolean {
  return isLetter(code) || code === 39 || code >= 128;
}

/** Where the value begins, after what assigns it, blanks and an opening quote; the quote and what escapes it before. */
function startOfValue(text: string, at: number): number {
  let from = at + 1;
  const most = Math.min(text.length, at + 12);
  if (text.charCodeAt(from) === 61 || text.charCodeAt(from) === 62) from += 1; // `:=`, `=>`, `==`
  while (from < most && (text.charCodeAt(from) === BLANK || text.charCodeAt(from) === 9)) from += 1;
  while (from < most && text.charCodeAt(from) === BACKSLASH && isEscapedQuote(text, from)) from += 1;
  return from;
}

function isEscapedQuote(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return isQuote(next) || (next === BACKSLASH && isQuote(text.charCodeAt(at + 3)));
}

/** The end of what the quote at `from - 1` opens, or -1. Written with a backslash before it, it also ends with one. */
function endOfQuoted(text: string, from: number, isEscaped: boolean): number {
  const quote = text.charCodeAt(from - 1);
  const most = Math.min(text.length, from + LONGEST_VALUE);
  for (let at = from; at < most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10 && quote !== 96) return -1;
    if (code === quote) return at;
    if (code === BACKSLASH) {
      if (isEscaped && text.charCodeAt(at + 1) === quote) return at;
      at += 1;
    }
  }
  return -1;
}

const ENDS_WORD = new Uint8Array(128);
for (const mark of ' \t\n\r\f\0"\'`<>;,)]}') ENDS_WORD[mark.charCodeAt(0)] = 1;

export function endOfWord(text: string, from: number, isQuery = false, most = from + LONGEST_VALUE): number {
  const last = Math.min(text.length, most);
  let at = from;
  while (at < last) {
    const code = text.charCodeAt(at);
    if (code < 128 && (ENDS_WORD[code] === 1 || (isQuery && code === 38))) break;
    if (code === BACKSLASH && isEnding(text.charCodeAt(at + 1))) break;
    at += 1;
  }
  return at;
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

/** The longest beginning of the line, by words, that is one: `Ann Lee, age 30` begins with a name. */
function wholeAmongWords(scan: Scan, detector: number, from: number): number {
  const { text } = scan;
  const whole = scan.tables.detectors[detector]?.whole;
  if (whole === undefined) return -1;
  let to = endOfLine(text, from);
  for (let tries = 0; tries < 12 && to > from; tries += 1) {
    const end = trimmedEnd(text, from, to);
    if (end > from && whole(text.slice(from, end))) return end;
    to = lastBreak(text, from, end);
  }
  return -1;
}

function trimmedEnd(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && ' .,:!?'.includes(text[end - 1] as string)) end -= 1;
  return end;
}

function lastBreak(text: string, from: number, to: number): number {
  let at = to - 1;
  while (at > from && text.charCodeAt(at) !== BLANK && text.charCodeAt(at) !== 44) at -= 1;
  return at;
}

/** The name's own words are in `scan`; its value from `from` on is tried whole with each detector that it names. */
function tryWhole(scan: Scan, detector: number, from: number, isQuery: boolean): boolean {
  const { text, tables } = scan;
  const { whole, spansWords = false } = tables.detectors[detector] ?? {};
  if (whole === undefined) return false;
  const opened = isQuote(text.charCodeAt(from));
  const start = opened ? from + 1 : from;
  const quotedEnd = opened ? endOfQuoted(text, start, text.charCodeAt(from - 1) === BACKSLASH) : -1;
  let end = quotedEnd;
  if (quotedEnd === -1) {
    end = spansWords ? wholeAmongWords(scan, detector, start) : scan.endOfValue(start, isQuery);
  }
  if (end <= start || scan.isLabel(start)) return false;
  const value = text.slice(start, Math.min(end, start + MOST_JUDGED));
  if (!(spansWords && quotedEnd === -1) && !whole(value.trim())) return false;
  scan.addFor(detector, start, end);
  return true;
}

/** A quoted name, one before `=`, or the first of its line: what was said before was said of others. */
function endsContext(text: string, at: number, from: number, to: number): boolean {
  if (text.charCodeAt(at) !== 58 || isQuote(text.charCodeAt(to))) return true;
  let before = from;
  while (before > 0 && from - before < 40 && ' -\t'.includes(text[before - 1] as string)) before -= 1;
  return before === 0 || text.charCodeAt(before - 1) === 10;
}

/** A phrase says more than its last word: `full name: …`. Before `=` stands one word. */
function startOfWords(text: string, at: number, from: number): number {
  const isPhrase = text.charCodeAt(at) === 58 && from > 1 && text.charCodeAt(from - 1) === BLANK;
  return isPhrase ? startOfPhrase(text, from) : from;
}

/** At a `:` or `=`: does the name before it say what stands after it? */
export function findAssigned(scan: Scan, at: number): void {
  const { text, tables } = scan;
  const to = endOfName(text, at);
  const from = startOfName(text, to);
  if (to - from < 2 || (text.charCodeAt(at) === 62 && text.charCodeAt(from - 1) !== 60)) return;
  // What stands in a label is no name of what stands after it.
  if (text.charCodeAt(to) === 93 && scan.isLabel(from - 1)) return;
  if (isDigit(text.charCodeAt(to - 1)) && isDigit(text.charCodeAt(from))) return;
  const named = tables.names.lookUp(text.slice(startOfWords(text, at, from), to));
  if (endsContext(text, at, from, to)) scan.context.ends(from);
  if (named === undefined) return;
  const value = startOfValue(text, at);
  scan.context.said(named, value);
  const before = text.charCodeAt(from - 1);
  const isQuery = text.charCodeAt(at) === 61 && (before === 63 || before === 38);
  for (const detector of named) if (tryWhole(scan, detector, value, isQuery)) return;
}
