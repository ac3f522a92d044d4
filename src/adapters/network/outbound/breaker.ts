// A circuit breaker for each target: one that does not answer again and again is left alone for a while, then tried once.
import type { Clock } from '../../../ports/clock.ts';

export interface BreakerSettings {
  /** So many in a row, within so long, open it. */
  readonly failures: number;
  readonly withinMilliseconds: number;
  /** How long it stays open. */
  readonly openMilliseconds: number;
}

/**
 * `answered`: with any status. `silent`: not reached, or nothing heard in time. `unclear`: neither, as where an answer was
 * cut off.
 */
export type Heard = 'answered' | 'silent' | 'unclear';

/** Let through; what came of it is told afterwards, always. */
export interface Passed {
  tell(heard: Heard): void;
}

export interface Stopped {
  readonly retryAfterSeconds: number;
}

export interface Breaker {
  enter(target: string): Passed | Stopped;
}

const SETTINGS: BreakerSettings = { failures: 5, withinMilliseconds: 30_000, openMilliseconds: 10_000 };
/** While one tries: it will soon be known. */
const WHILE_TRYING_SECONDS = 1;

interface State {
  /** When the last failures in a row were. */
  failures: readonly number[];
  openedAt: number | undefined;
  probing: boolean;
}

export function createBreaker(clock: Clock, settings: BreakerSettings = SETTINGS): Breaker {
  const { failures: most, withinMilliseconds, openMilliseconds } = settings;
  /** Of targets that failed last. */
  const states = new Map<string, State>();
  const now = () => clock.now().getTime();

  function fail(target: string): void {
    const state = states.get(target) ?? { failures: [], openedAt: undefined, probing: false };
    states.set(target, state);
    // Those that were on their way when it opened say nothing new.
    if (state.openedAt !== undefined) return;
    const at = now();
    state.failures = [...state.failures, at].slice(-most);
    const [first = at] = state.failures;
    if (state.failures.length === most && at - first <= withinMilliseconds) state.openedAt = at;
  }

  function probe(target: string, state: State): Passed {
    state.probing = true;
    return {
      tell(heard) {
        state.probing = false;
        if (heard === 'answered') states.delete(target);
        else state.openedAt = now();
      },
    };
  }

  return {
    enter(target) {
      const state = states.get(target);
      if (state?.openedAt === undefined) {
        return {
          tell(heard) {
            if (heard === 'answered') states.delete(target);
            else if (heard === 'silent') fail(target);
          },
        };
      }
      if (state.probing) return { retryAfterSeconds: WHILE_TRYING_SECONDS };
      const left = state.openedAt + openMilliseconds - now();
      return left > 0 ? { retryAfterSeconds: Math.ceil(left / 1000) } : probe(target, state);
    },
  };
}
