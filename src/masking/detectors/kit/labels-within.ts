// Labels within what a detector reads.
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
