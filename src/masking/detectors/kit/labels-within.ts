// Labels within what a detector reads.
import { labelEnd } from '../../scan/labels.ts';
import type { Scan } from '../../scan/scan.ts';

const COLON = 58;
const OPENING = 91;

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
