// The system's own time and randomness, the same wherever the broker runs.
import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';

export const systemClock: Clock = {
  now: () => new Date(),
  async sleep(milliseconds) {
    await setTimeout(milliseconds);
  },
};

export const systemIds: Ids = { random: (length) => randomBytes(length) };
