// A value right beside a word that means nothing else: `SSN: 123456789`, `passport no. X1234567`, `"nino":"…"`.
import { isAlnum } from '../../scan/alphabet.ts';
import type { Scan } from '../../scan/scan.ts';

const MARKS = String.raw`[\s"'\\:=#>(,-]{0,4}`;
const FILLERS = [
  ...['number', 'numbers', 'num', 'no', 'nr', 'nummer', 'numero', 'code', 'id', 'value', 'card', 'of', 'for'],
  ...['is', 'was', 'are', 'be', 'ist', 'est', 'es', 'e', 'my', 'the', 'on file', 'as', 'reads', 'ending in'],
].join('|');

/** The shape, after a word: marks and a few words that lead to the value, then all of it. Sticky. */
export function valuePattern(loose: string): RegExp {
  return new RegExp(`s?${MARKS}(?:(?:${FILLERS})\\b\\.?${MARKS}){0,3}(${loose})(?![0-9A-Za-z])`, 'iuy');
}

/** Adds what stands right after the word that ends at `to`. */
export function findBeside(scan: Scan, pattern: RegExp, _at: number, to: number): void {
  pattern.lastIndex = to;
  const value = pattern.exec(scan.text)?.[1];
  if (value === undefined) return;
  const end = pattern.lastIndex;
  const start = end - value.length;
  if (startsValue(scan.text, start)) scan.add(start, end);
}

/** Whether a value may begin at `at`: not within a word; a letter that a backslash escapes is no word. */
export function startsValue(text: string, at: number): boolean {
  if (at === 0 || !isAlnum(text.charCodeAt(at - 1))) return true;
  return 'nrt'.includes(text[at - 1] as string) && text[at - 2] === '\\';
}
