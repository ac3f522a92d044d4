// How far a text was looked at, so that a hostile one of nothing but beginnings is still read only once.
import type { Scan } from '../../scan/scan.ts';

export interface Once {
  /** Whether `at` is within what was looked at already in this text. */
  has(scan: Scan, at: number): boolean;
  looked(scan: Scan, to: number): void;
}

export function createOnce(): Once {
  // Cleared with every new text: no text is kept for longer than the scan keeps it.
  let text = '';
  let upTo = 0;
  let asked = -1;
  return {
    has(scan, at) {
      // A pass asks from left to right: what is not further on is asked in another one, be it over the same text.
      if (at <= asked) upTo = 0;
      asked = at;
      return at < upTo && text === scan.text;
    },
    looked(scan, to) {
      if (text !== scan.text) [text, upTo] = [scan.text, 0];
      if (to > upTo) upTo = to;
    },
  };
}
