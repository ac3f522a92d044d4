// A stretch of digits with separators, as telephone numbers are written.
import { isDigit } from './alphabet.ts';
import type { Scan } from './scan.ts';

const LONGEST = 48;
const MOST_BETWEEN = 3;

function isBetween(code: number): boolean {
  return (
    code === 32 || code === 45 || code === 46 || code === 40 || code === 41 || code === 47 || code === 0xa0
  );
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

/** Has the detectors of stretches look at the one that begins at `at`; its end. */
export function findDigits(scan: Scan, at: number): number {
  const end = endOfDigits(scan.text, at);
  for (const detector of scan.tables.onDigits) {
    scan.current = detector;
    scan.tables.detectors[detector]?.digits?.(scan, at, end);
    if (scan.covered >= end) break;
  }
  return end;
}
