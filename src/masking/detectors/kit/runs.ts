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

/** One run around a digit: where it begins, or -1, and where it ends. */
class Run {
  from = -1;
  end = -1;

  read(text: string, at: number): void {
    this.from = startOfRun(text, at);
    this.end = this.from === -1 ? -1 : endOfRun(text, at);
  }
}

type Visit = (scan: Scan, from: number, to: number) => void;

/** What was read last: several detectors ask for the runs of the same stretch. */
const first = new Run();
const second = new Run();
let readTurn = 0;
let readAt = -1;
let readTo = -1;

/** The run of a stretch's first digit, and that of its last group where letters follow it. */
function readRuns({ text, turn }: Scan, at: number, to: number): void {
  readTurn = turn;
  readAt = at;
  readTo = to;
  first.from = -1;
  second.from = -1;
  const isBeforeLetter = to < text.length && isLetter(text.charCodeAt(to));
  let begins = at;
  if (isBeforeLetter) {
    begins = to;
    while (begins > at && isDigit(text.charCodeAt(begins - 1))) begins -= 1;
  }
  const isAfterLetter = at > 0 && isLetter(text.charCodeAt(at - 1));
  if (isAfterLetter || (isBeforeLetter && begins === at)) first.read(text, at);
  if (isBeforeLetter && begins > at) second.read(text, begins);
}

/**
 * The runs that begin at or before a stretch of digits from `at` to `to` and mix digits with letters. Each is told of
 * once, at its first digit.
 */
export function mixedRuns(scan: Scan, at: number, to: number, least: number, visit: Visit): void {
  if (readAt !== at || readTo !== to || readTurn !== scan.turn) readRuns(scan, at, to);
  if (first.from !== -1 && first.end - first.from >= least) visit(scan, first.from, first.end);
  if (second.from !== -1 && second.end - second.from >= least) visit(scan, second.from, second.end);
}
