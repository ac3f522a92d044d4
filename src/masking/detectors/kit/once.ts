// How far a text was looked at, so that a hostile one of nothing but beginnings is still read only once.
import type { Scan } from '../../scan/scan.ts';

export interface Once {
  /** Whether `at` is within what was looked at already in this text. */
  has(scan: Scan, at: number): boolean;
  looked(scan: Scan, to: number): void;
}

export function createOnce(): Once {
  let turn = 0;
  let upTo = 0;
  return {
    has: (scan, at) => turn === scan.turn && at < upTo,
    looked(scan, to) {
      if (turn !== scan.turn) [turn, upTo] = [scan.turn, 0];
      if (to > upTo) upTo = to;
    },
  };
}
