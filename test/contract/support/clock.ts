// A clock that goes on, and can be moved forward.
import type { Clock } from '../../../src/ports/clock.ts';

export interface MovableClock extends Clock {
  advance(milliseconds: number): void;
  /** A moment from now. */
  in(milliseconds: number): Date;
}

export function movableClock(): MovableClock {
  // Whole seconds, because S3 knows no others.
  let time = Math.ceil(Date.now() / 1000) * 1000;
  return {
    now: () => new Date(time),
    async sleep() {},
    advance(milliseconds) {
      time += milliseconds;
    },
    in: (milliseconds) => new Date(time + milliseconds),
  };
}

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
