// Adds what a detector found, unless it touches a label: what only a label set free was none before it was masked.
import { labelEnd } from '../../scan/labels.ts';
import type { Scan } from '../../scan/scan.ts';

/** Longer than any label is. */
const LONGEST_LABEL = 120;
const COLON = 58;
const OPENING = 91;
const CLOSING = 93;

/** Whether a label ends before `at`. */
export function endsLabel(scan: Scan, at: number): boolean {
  if (scan.text.charCodeAt(at - 1) !== CLOSING) return false;
  const least = Math.max(0, at - LONGEST_LABEL);
  let open = at - 2;
  while (open > least && scan.text.charCodeAt(open) !== OPENING) open -= 1;
  return scan.text.charCodeAt(open) === OPENING && labelEnd(scan.text, open, scan.tables.types) === at;
}

/** The first colon between `from` and `to` that stands in no label; -1 where there is none. */
export function colonBetween({ text, tables }: Scan, from: number, to: number): number {
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === COLON) return at;
    const label = code === OPENING ? labelEnd(text, at, tables.types) : -1;
    if (label !== -1) at = label - 1;
  }
  return -1;
}

/** Whether a label follows at `at`, right there or after one of the marks that would have joined its value to this one. */
export function joinsLabel(scan: Scan, at: number, marks = ''): boolean {
  const { text } = scan;
  return (
    scan.isLabel(at) ||
    (text.charCodeAt(at + 1) === OPENING && marks.includes(text[at] as string) && scan.isLabel(at + 1))
  );
}

/** The same of what stands before. */
function followsLabel(scan: Scan, at: number, marks: string): boolean {
  const { text } = scan;
  if (endsLabel(scan, at)) return true;
  return (
    text.charCodeAt(at - 2) === CLOSING && marks.includes(text[at - 1] as string) && endsLabel(scan, at - 1)
  );
}

/** `marks`: what joins two values, so that neither would have been one. */
export function isFreeOfLabels(scan: Scan, start: number, end: number, marks = ''): boolean {
  return !followsLabel(scan, start, marks) && !joinsLabel(scan, end, marks);
}

export function addFree(scan: Scan, start: number, end: number, marks = ''): void {
  if (isFreeOfLabels(scan, start, end, marks)) scan.add(start, end);
}
