// The system's own time and randomness, the same wherever the broker runs.
import { randomBytes, randomFillSync } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds) {
    await setTimeout(milliseconds);
  },
};

/** Drawn at once for many ids: the call costs more than the bytes. What was given out is not kept. */
const pool = Buffer.alloc(4096);
let left = 0;

export const systemIds: Ids = {
  random(length) {
    if (length > 32) return randomBytes(length);
    if (left < length) {
      randomFillSync(pool);
      left = pool.length;
    }
    const drawn = Uint8Array.from(pool.subarray(left - length, left));
    pool.fill(0, left - length, left);
    left -= length;
    return drawn;
  },
};
