// Timers that fire when a test says so, the earliest first, without anybody waiting.
import type { Timers } from '../../../../src/adapters/embedded/workflow/timers.ts';

export interface ManualTimers extends Timers {
  /** Moves on to the earliest, and says how many seconds that took; undefined where none is set. */
  fire(): number | undefined;
  /** How many are set. */
  readonly set: number;
  /** Seconds since the beginning. */
  readonly now: number;
}

export function manualTimers(): ManualTimers {
  const timers = new Set<{ readonly due: number; readonly run: () => void }>();
  let now = 0;
  return {
    after(milliseconds, run) {
      const timer = { due: now + milliseconds / 1000, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    fire() {
      const [earliest] = [...timers].sort((a, b) => a.due - b.due);
      if (earliest === undefined) return undefined;
      timers.delete(earliest);
      const passed = earliest.due - now;
      now = earliest.due;
      earliest.run();
      return passed;
    },
    get set() {
      return timers.size;
    },
    get now() {
      return now;
    },
  };
}

/** Until everybody waits for a timer or for a callback: all else that a test's steps do is done by then. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
