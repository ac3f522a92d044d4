// What waiting is done with: for as long as a file may say, and through a machine's sleep.
import type { Clock } from '../../../ports/clock.ts';
import { goingOn } from '../../../shared/going-on.ts';

export interface Timers {
  /** Runs it after that long, unless what comes back is called before. */
  after(milliseconds: number, run: () => void): () => void;
}

/**
 * Node's own timers fire at once when they are to wait for more than 24.8 days, and stand still while a laptop sleeps.
 * These look at the clock again within that time.
 */
const LOOK_AGAIN_MILLISECONDS = 60_000;

export function clockTimers(clock: Clock): Timers {
  const now = goingOn(clock);
  return {
    after(milliseconds, run) {
      const due = now() + milliseconds;
      let timer: NodeJS.Timeout;
      const wait = () => {
        const left = due - now();
        if (left <= 0) return run();
        // Nobody stays up for it: what waits is found again at the next start.
        timer = setTimeout(wait, Math.min(left, LOOK_AGAIN_MILLISECONDS)).unref();
      };
      timer = setTimeout(wait, Math.min(milliseconds, LOOK_AGAIN_MILLISECONDS)).unref();
      return () => clearTimeout(timer);
    },
  };
}
