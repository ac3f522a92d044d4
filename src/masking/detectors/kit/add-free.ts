// Adds what a detector found, unless it touches a label: what only a label set free was none before it was masked.
import type { Scan } from '../../scan/scan.ts';

/** Longer than any label is. */
const LONGEST_LABEL = 120;
const OPENING = 91;
const CLOSING = 93;

function endsLabel(scan: Scan, at: number): boolean {
  if (scan.text.charCodeAt(at - 1) !== CLOSING) return false;
  const least = Math.max(0, at - LONGEST_LABEL);
  let open = at - 2;
  while (open > least && scan.text.charCodeAt(open) !== OPENING) open -= 1;
  return scan.isLabel(open);
}

export function addFree(scan: Scan, start: number, end: number): void {
  if (!endsLabel(scan, start) && !scan.isLabel(end)) scan.add(start, end);
}
