// `name: value`, `name=value`, `"name": "value"`, `<name>value<`: a name that speaks of its value, in free text.
import { isAlnum, isDigit, isLetter } from './alphabet.ts';
import { type Tag, tagAt, textOf } from './elements.ts';
import { endOfLine, endOfWord, LONGEST_LINE, LONGEST_VALUE } from './ends.ts';
import {
  besideLabels,
  endPastLabels,
  endsLabel,
  isJudged,
  isLabelsOnly,
  MOST_JUDGED,
  WORD,
} from './labelled.ts';
import { afterProperties, isLikelyItem, itemsBelow, itemsOf } from './lists.ts';
import { endOfQuoted, escapesBefore, isQuote } from './quotes.ts';
import type { Scan } from './scan.ts';

const LONGEST_NAME = 64;
const BACKSLASH = 92;
const BLANK = 32;

function isOfName(code: number): boolean {
  return isAlnum(code) || code === 95 || code === 45 || code === 46 || code >= 128;
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
  const { whole, spansWords = false, kind } = tables.detectors[detector] ?? {};
  if (whole === undefined) return false;
  const opened = isQuote(text.charCodeAt(from));
  const start = opened ? from + 1 : from;
  if (opened) {
    const escapes = escapesBefore(text, from);
    const closed = endOfQuoted(text, start, { escapes, most: LONGEST_VALUE, lines: kind === 'secret' });
    if (closed !== -1) return tryAll(scan, detector, start, closed);
  }
  return spansWords ? tryWords(scan, detector, start) : tryWord(scan, detector, start, isQuery);
}

function tryWord(scan: Scan, detector: number, start: number, isQuery: boolean): boolean {
  const end = endPastLabels(scan, start, scan.endOfValue(start, isQuery), isQuery);
  if (end <= start || isLabelsOnly(scan, start, end) || !isJudged(scan, detector, start, end, 'line'))
    return false;
  scan.addFor(detector, start, end);
  return true;
}

function tryWords(scan: Scan, detector: number, from: number): boolean {
  const label = scan.endOfLabel(from);
  // What is glued to a label is no word after a value.
  if (label !== -1 && !isAlnum(scan.text.charCodeAt(label))) return false;
  const start = Math.max(label, from);
  const end = wholeAmongWords(scan, detector, start);
  if (end <= start) return false;
  scan.addFor(detector, from, end);
  return true;
}

/** What has both its ends. */
function tryAll(scan: Scan, detector: number, start: number, end: number): boolean {
  if (end <= start || isLabelsOnly(scan, start, end)) return false;
  if (!isJudged(scan, detector, start, end, 'quoted')) return false;
  scan.addFor(detector, start, end);
  return true;
}

/** The end of the line from `from` on; a label that its first word begins with ends none. */
function endOfLabelled(scan: Scan, from: number): number {
  const { text } = scan;
  const label = scan.endOfLabel(from);
  return endOfLine(text, label !== -1 && isAlnum(text.charCodeAt(label)) ? label : from);
}

/** Several words that a secret's name is first of its line for, up to the line's end: `Password: P@ss w0rd 99!`. */
function tryLine(scan: Scan, detector: number, from: number): boolean {
  const { text, tables } = scan;
  if (isQuote(text.charCodeAt(from))) return false;
  let end = endOfLabelled(scan, from);
  const next = text.charCodeAt(end);
  if (end - from >= LONGEST_LINE || !(end >= text.length || next === 10 || next === 13)) return false;
  while (end > from && text.charCodeAt(end - 1) === BLANK) end -= 1;
  const line = besideLabels(scan, from, end, WORD);
  if (!line.includes(' ') || tables.detectors[detector]?.whole?.(line, 'line') !== true) return false;
  scan.addFor(detector, from, end);
  return true;
}

/** `Password={ab;cd}`, as connection strings have what holds their separator. */
function tryBraces(scan: Scan, detector: number, from: number): boolean {
  const { text } = scan;
  if (text.charCodeAt(from) !== 123) return false;
  const end = text.slice(from, from + LONGEST_LINE).search(/[}\s"'`]/u) + from;
  const next = text.charCodeAt(end + 1);
  if (text.charCodeAt(end) !== 125 || !(end + 1 >= text.length || next === 59 || next === 10)) return false;
  if (!text.slice(from, end).includes(';')) return false;
  return tryAll(scan, detector, from, end + 1);
}

/** Those of a list, or of the lines below. */
function tryItems(scan: Scan, detector: number, at: number, from: number, isFirst: boolean): boolean {
  const { text, tables } = scan;
  const isColon = text.charCodeAt(at) === 58;
  const isList = text.charCodeAt(from) === 91;
  if (!isList && !(isColon && isFirst && isLineEnd(text.charCodeAt(from)))) return false;
  const items = isList ? itemsOf(text, from, isColon) : itemsBelow(text, at + 1);
  const { whole } = tables.detectors[detector] ?? {};
  let found = false;
  for (const { start, end, quoted } of items) {
    const value = besideLabels(scan, start, end);
    if (value.includes('(') || (isList && !isLikelyItem(value))) continue;
    if (isLabelsOnly(scan, start, end) || whole?.(value, quoted ? 'quoted' : 'line') !== true) continue;
    scan.addFor(detector, start, end);
    found = true;
  }
  return found;
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

/** What only a secret's name is looked further for. */
function trySecret(scan: Scan, detector: number, at: number, from: number, isFirst: boolean): boolean {
  if (scan.tables.detectors[detector]?.kind !== 'secret') return false;
  if (tryItems(scan, detector, at, from, isFirst) || tryBraces(scan, detector, from)) return true;
  return isFirst && tryLine(scan, detector, from);
}

/** A quoted name, one before `=`, or the first of its line: what was said before was said of others. */
function endsContext(text: string, at: number, from: number, to: number): boolean {
  return text.charCodeAt(at) !== 58 || isQuote(text.charCodeAt(to)) || isFirstOfLine(text, from);
}

function isFirstOfLine(text: string, from: number): boolean {
  let before = from;
  while (before > 0 && from - before < 40 && ' -\t'.includes(text[before - 1] as string)) before -= 1;
  return before === 0 || text.charCodeAt(before - 1) === 10;
}

/** A phrase says more than its last word: `full name: …`. Before `=` stands one word. */
function startOfWords(text: string, at: number, from: number): number {
  const isPhrase = text.charCodeAt(at) === 58 && from > 1 && text.charCodeAt(from - 1) === BLANK;
  return isPhrase ? startOfPhrase(text, from) : from;
}

/** At a `>`: does its element, or what stands before it, name its text? */
function findElement(scan: Scan, at: number): void {
  const { text, tables } = scan;
  const tag = tagAt(text, at);
  if (tag === undefined) return;
  if (tag.isPlain) scan.context.ends(tag.from);
  const named = tag.names.reduce<readonly number[] | undefined>(
    (found, name) => found ?? tables.names.lookUp(name),
    undefined,
  );
  if (named !== undefined) findInElement(scan, at, tag, named);
}

function findInElement(scan: Scan, at: number, tag: Tag, named: readonly number[]): void {
  const { text } = scan;
  const { held } = tag;
  if (held !== undefined) named.some((detector) => tryAll(scan, detector, held.start, held.end));
  const all = textOf(text, at, tag);
  const value = all?.start ?? startOfValue(text, at);
  // Unclosed, only a tag's own name says it.
  if (all === undefined && (!tag.isPlain || tag.names.length > 1)) return;
  scan.context.said(named, value);
  if (all !== undefined && named.some((detector) => tryAll(scan, detector, all.start, all.end))) return;
  named.some((detector) =>
    all !== undefined && scan.tables.detectors[detector]?.kind === 'secret'
      ? tag.isPlain && tryBeginning(scan, detector, all.start, all.end)
      : tryWhole(scan, detector, value, false),
  );
}

/** What begins with a secret is masked to the element's end: no half of it stays. */
function tryBeginning(scan: Scan, detector: number, start: number, end: number): boolean {
  const { text } = scan;
  const to = endPastLabels(scan, start, endOfWord(text, start, false, start + MOST_JUDGED));
  const first = Math.min(end, to);
  if (isLabelsOnly(scan, start, first) || !isJudged(scan, detector, start, first, 'line')) return false;
  scan.addFor(detector, start, end);
  return true;
}

/** At a `:` or `=`: does the name before it say what stands after it? */
export function findAssigned(scan: Scan, at: number): void {
  const { text, tables } = scan;
  if (text.charCodeAt(at) === 62) {
    findElement(scan, at);
    return;
  }
  const to = endOfName(text, at);
  const from = startOfName(text, to);
  if (to - from < 2) {
    // A name that was masked ends what was said before it as well.
    if (endsLabel(scan, to) && endsContext(text, at, from, to)) scan.context.ends(from);
    return;
  }
  // What stands in a label is no name of what stands after it.
  if (text.charCodeAt(to) === 93 && scan.isLabel(from - 1)) return;
  if (isDigit(text.charCodeAt(to - 1)) && isDigit(text.charCodeAt(from))) return;
  const start = startOfWords(text, at, from);
  const named = tables.names.lookUp(text.slice(start, to));
  if (endsContext(text, at, from, to)) scan.context.ends(from);
  if (named === undefined) return;
  findValue(scan, at, named, from, start);
}

function findValue(scan: Scan, at: number, named: readonly number[], from: number, start: number): void {
  const { text } = scan;
  const value = afterProperties(text, startOfValue(text, at));
  scan.context.said(named, value);
  const before = text.charCodeAt(from - 1);
  const isQuery = text.charCodeAt(at) === 61 && (before === 63 || before === 38);
  const isFirst = isFirstOfLine(text, start) && (start === from || !isLineEnd(text.charCodeAt(value)));
  for (const detector of named) {
    if (trySecret(scan, detector, at, value, isFirst) || tryWhole(scan, detector, value, isQuery)) return;
  }
}
