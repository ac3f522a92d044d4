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
const pool = new Uint8Array(4096);
let left = 0;

export const systemIds: Ids = {
  random(length) {
    if (length > 32) return randomBytes(length);
    if (left < length) {
      randomFillSync(pool);
      left = pool.length;
    }
    const drawn = new Uint8Array(length);
    left -= length;
    for (let at = 0; at < length; at += 1) {
      drawn[at] = pool[left + at] ?? 0;
      pool[left + at] = 0;
    }
    return drawn;
  },
};
