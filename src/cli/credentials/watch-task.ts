// Looks now and then whether the task is still open, and says when it is not.
import type { TaskState } from './ask.ts';
import { TASK_OVER, type Trouble, troubleOf } from './trouble.ts';

export interface WatchParts {
  readonly task: () => Promise<TaskState>;
  readonly expiresAt: Date;
  readonly now: () => number;
  /** Rejects when the watch is to end. */
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Tasks rarely end early, and nothing depends on it: what is issued by then is denied by AWS all the same. */
const EVERY = 60_000;

const LITTLE = 1000;

/** Clocks may differ by so much. After that a task is over, whether or not a broker is there to say so. */
const SURELY_OVER = 120_000;

/** Undefined where that can't be told. */
async function overNow(task: WatchParts['task']): Promise<Trouble | 'open' | undefined> {
  try {
    const { status } = await task();
    return status === 'open' ? 'open' : TASK_OVER;
  } catch (error) {
    const trouble = troubleOf(error);
    return trouble?.kind === 'over' ? trouble : undefined;
  }
}

/** Resolves when the task is over. */
export async function watchTask({ task, expiresAt, now, sleep }: WatchParts): Promise<Trouble> {
  const end = expiresAt.getTime();
  for (;;) {
    const left = end - now();
    // Just after its end it is over, unless this clock is ahead: then more and more rarely.
    await sleep(Math.min(EVERY, left > 0 ? left + LITTLE : Math.max(LITTLE, -left)));
    const found = await overNow(task);
    if (found !== undefined && found !== 'open') return found;
    if (found === undefined && now() > end + SURELY_OVER) return TASK_OVER;
  }
}
