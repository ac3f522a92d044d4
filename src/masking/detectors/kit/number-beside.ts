// Numbers whose form tells nothing and that stand after or before a word that says what they are.
import { isAlnum, isLower } from '../../scan/alphabet.ts';
import { OTHER_THINGS } from '../../scan/context.ts';
import type { Scan } from '../../scan/scan.ts';

/** How far from the word a value may begin. */
const AFTER = 64;
const BEFORE = 40;
/** And how far from one value the next. */
const NEXT = 24;
const MOST = 3;
/** A table's head and the line below it may stand between. */
const MOST_LINES = 2;
const BACKSLASH = 92;
const PERCENT = 37;
const LABEL_ENDS = 93;
const LINE_END = 10;

/** A pattern of whole values: sticky, and nothing that belongs to more may follow. */
export function valuePattern(source: string, flags = 'iuy'): RegExp {
  return new RegExp(`(?:${source})(?![A-Za-z0-9]|[.-][0-9])`, flags);
}

function endAt(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : -1;
}

/** Whether a value may begin at `at`. An escaped line end or a blank of a URL may be glued to it. */
export function startsValue(text: string, at: number): boolean {
  if (at === 0 || !isAlnum(text.charCodeAt(at - 1))) return true;
  if (text.charCodeAt(at - 2) === BACKSLASH) return 'nrt'.includes(text[at - 1] as string);
  return text.charCodeAt(at - 3) === PERCENT;
}

const OF_OTHERS = new RegExp(`(?<![a-z])(?:${OTHER_THINGS.join('|')})s?(?![a-z])`, 'iu');

/** What stands between the word and the value is still to be looked at. */
export function addAhead(scan: Scan, start: number, end: number): void {
  const { covered } = scan;
  scan.add(start, end);
  scan.covered = covered;
}

/** Whether a value was there, or a label that says there was: nothing comes into reach because what was masked is shorter. */
function lookAfter(scan: Scan, pattern: RegExp, to: number): boolean {
  const { text } = scan;
  let most = Math.min(text.length, to + AFTER);
  let from = to;
  let lines = 0;
  for (let at = to, found = 0; at < most && found < MOST; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 91 && scan.isLabel(at)) return true;
    if (code === LINE_END) lines += 1;
    if (lines > MOST_LINES) break;
    if (!isAlnum(code) || !startsValue(text, at)) continue;
    const end = endAt(pattern, text, at);
    if (end === -1) continue;
    if (OF_OTHERS.test(text.slice(from, at))) break;
    addAhead(scan, at, end);
    found += 1;
    most = Math.min(text.length, end + NEXT);
    from = end;
    at = end;
  }
  return from > to;
}

function lookBefore(scan: Scan, pattern: RegExp, from: number): void {
  const { text } = scan;
  const least = Math.max(0, from - BEFORE);
  for (let at = from - 1; at >= least; at -= 1) {
    const code = text.charCodeAt(at);
    if (code === LABEL_ENDS || code === LINE_END) return;
    if (!isAlnum(code) || !startsValue(text, at)) continue;
    const end = endAt(pattern, text, at);
    if (end === -1 || end > from) continue;
    if (!OF_OTHERS.test(text.slice(least, at))) scan.add(at, end);
    return;
  }
}

/** At a word from `from` to `to`: adds the values beside it, those that follow rather than one before. */
export function findBeside(scan: Scan, pattern: RegExp, from: number, to: number): void {
  const { text } = scan;
  const next = text.charCodeAt(to);
  // Only the beginning of another word, but for a plural.
  if (isLower(next) && (next !== 115 || isAlnum(text.charCodeAt(to + 1)))) return;
  if (!lookAfter(scan, pattern, to)) lookBefore(scan, pattern, from);
}

/** A value as a query string has it, without its escapes. */
export function unescaped(value: string): string {
  if (!value.includes('%')) return value;
  return value.replaceAll(/%(20|2[d-f])/giu, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
