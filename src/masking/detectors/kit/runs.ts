// Runs of letters and digits around a number: what has no literal to be found by and mixes both, as wallets do.
import { isAlnum, isDigit, isLetter } from '../../scan/alphabet.ts';
import type { Scan } from '../../scan/scan.ts';
import { startsValue } from './number-beside.ts';

/** Longer is no value that anybody asks for here. */
const LONGEST = 112;

/**
 * Where the run that has its first digit at `at` begins; -1 where it has an earlier one, or is too long. A written line
 * end before it is no part of it.
 */
function startOfRun(text: string, at: number): number {
  const least = Math.max(0, at - LONGEST);
  let from = at;
  while (from > least && isLetter(text.charCodeAt(from - 1))) from -= 1;
  if (from === 0 || !isAlnum(text.charCodeAt(from - 1))) return startsValue(text, from + 1) ? from + 1 : from;
  return startsValue(text, from) ? from : -1;
}

function endOfRun(text: string, at: number): number {
  const most = Math.min(text.length, at + LONGEST);
  let to = at;
  while (to < most && isAlnum(text.charCodeAt(to))) to += 1;
  return to < text.length && isAlnum(text.charCodeAt(to)) ? -1 : to;
}

/** What was read last: several detectors ask for the same run. */
const last = { text: '', at: -1, from: -1, end: -1 };

function read(text: string, at: number): void {
  if (last.at === at && last.text === text) return;
  last.text = text;
  last.at = at;
  last.from = startOfRun(text, at);
  last.end = last.from === -1 ? -1 : endOfRun(text, at);
}

type Visit = (scan: Scan, from: number, to: number) => void;

function look(scan: Scan, at: number, least: number, visit: Visit): void {
  read(scan.text, at);
  const { from, end } = last;
  if (from !== -1 && end - from >= least) visit(scan, from, end);
}

/**
 * The runs that begin at or before a stretch of digits from `at` to `to` and mix digits with letters. Each is told of
 * once, at its first digit.
 */
export function mixedRuns(scan: Scan, at: number, to: number, least: number, visit: Visit): void {
  const { text } = scan;
  const after = to < text.length && isLetter(text.charCodeAt(to));
  let begins = at;
  if (after) {
    begins = to;
    while (begins > at && isDigit(text.charCodeAt(begins - 1))) begins -= 1;
  }
  const before = at > 0 && isLetter(text.charCodeAt(at - 1));
  if (before || (after && begins === at)) look(scan, at, least, visit);
  if (after && begins > at) look(scan, begins, least, visit);
}
