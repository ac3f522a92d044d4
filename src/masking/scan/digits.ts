// A stretch of digits with separators, as telephone numbers are written.
import type { Detector, Stretches } from '../detector.ts';
import { isAlnum, isDigit, isLetter } from './alphabet.ts';
import type { Scan } from './scan.ts';
import { EN_DASH, plainMark } from './separators.ts';

const LONGEST = 48;
const MOST_BETWEEN = 3;
const DOT = 46;
const DASH = 45;
const COLON = 58;
const PERCENT = 37;

const BITS = { letter: 1, colon: 2, dot: 4, dash: 8 } as const;

/** A detector that is asked of stretches, and of which. */
export interface OnDigits {
  readonly detector: number;
  readonly least: number;
  /** Any of these bits; 0 for whatever there is. */
  readonly bits: number;
  readonly digits: NonNullable<Detector['digits']>;
}

function bitsOf({ with: wanted = [] }: Stretches): number {
  return wanted.reduce((bits, one) => bits | BITS[one], 0);
}

export function onDigitsOf(detectors: readonly Detector[]): readonly OnDigits[] {
  return detectors.flatMap(({ digits, stretches = {} }, detector) =>
    digits === undefined ? [] : [{ detector, least: stretches.least ?? 1, bits: bitsOf(stretches), digits }],
  );
}

function isBetween(code: number): boolean {
  if (code === 32 || code === DASH || code === DOT || code === 40 || code === 41 || code === 47) return true;
  return code >= 128 && (code === EN_DASH || plainMark(code) < 128);
}

/** From the digit at `at` to the end of the last one that only such marks part from it. */
export function endOfDigits(text: string, at: number): number {
  const most = Math.min(text.length, at + LONGEST);
  let end = at + 1;
  for (let here = at + 1; here < most && here - end <= MOST_BETWEEN; here += 1) {
    const code = text.charCodeAt(here);
    if (isDigit(code)) end = here + 1;
    else if (!isBetween(code)) break;
  }
  return end;
}

function bitsAround(text: string, at: number, end: number): number {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(end);
  let bits = isLetter(before) || isLetter(after) ? BITS.letter : 0;
  if (before === COLON || after === COLON) bits |= BITS.colon;
  if (before === DASH || after === DASH) bits |= BITS.dash;
  if (before === DOT || after === DOT) bits |= BITS.dot;
  return bits;
}

/**
 * Has the detectors of stretches look at the one that begins at `at`; up to where it needs no other look: a later one in
 * the same run of letters and digits begins nothing.
 */
export function findDigits(scan: Scan, at: number): number {
  const { text } = scan;
  const end = endOfDigits(text, at);
  let bits = bitsAround(text, at, end);
  let many = 0;
  for (let here = at; here < end; here += 1) {
    const code = text.charCodeAt(here);
    if (isDigit(code)) many += 1;
    else if (code === DOT) bits |= BITS.dot;
    else if (code === DASH) bits |= BITS.dash;
  }
  for (const asked of scan.tables.onDigits) {
    if (many < asked.least || (asked.bits !== 0 && (asked.bits & bits) === 0)) continue;
    scan.current = asked.detector;
    asked.digits(scan, at, end);
    if (scan.covered >= end) break;
  }
  // `%2B49…`: the digits of an escape are none of the number's.
  if (text.charCodeAt(at - 1) === PERCENT) return end;
  let to = end;
  while (to < text.length && isAlnum(text.charCodeAt(to))) to += 1;
  return to;
}
