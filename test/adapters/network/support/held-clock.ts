// A clock that stands still until a test moves it; whoever sleeps by it wakes when its time has come, and not before.
import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../../../src/ports/clock.ts';

export interface HeldClock extends Clock {
  /** Goes forward, and lets everybody who wakes on the way do what they woke for. */
  advance(milliseconds: number): Promise<void>;
  /** Milliseconds since the beginning. */
  elapsed(): number;
}

export function heldClock(): HeldClock {
  const start = Date.parse('2026-03-02T12:00:00Z');
  let time = start;
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  return {
    now: () => new Date(time),
    elapsed: () => time - start,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ until: time + milliseconds, wake });
      }),
    async advance(milliseconds) {
      const end = time + milliseconds;
      await setImmediate();
      for (;;) {
        const next = sleepers.sort((a, b) => a.until - b.until)[0];
        if (next === undefined || next.until > end) break;
        sleepers.shift();
        time = next.until;
        next.wake();
        await setImmediate();
      }
      time = end;
    },
  };
}
