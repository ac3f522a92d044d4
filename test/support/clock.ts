// A clock that stands still until a test moves it, or until somebody sleeps by it.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';

export interface TestClock extends Clock {
  advance(milliseconds: number): void;
  /** A moment from now. */
  in(milliseconds: number): Date;
  /** How long has been slept in all, in milliseconds. */
  slept(): number;
}

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export function testClock(start = '2026-03-02T12:00:30.000Z'): TestClock {
  let time = Date.parse(start);
  let slept = 0;
  return {
    now: () => new Date(time),
    async sleep(milliseconds) {
      // Others get their turn, as they would while time passes.
      await setImmediate();
      time += milliseconds;
      slept += milliseconds;
    },
    advance(milliseconds) {
      time += milliseconds;
    },
    in: (milliseconds) => new Date(time + milliseconds),
    slept: () => slept,
  };
}
