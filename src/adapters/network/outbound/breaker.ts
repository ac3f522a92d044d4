// A circuit breaker for each target: one that is away again and again is left alone for a while, then tried once.
import type { Clock } from '../../../ports/clock.ts';
import { goingOn } from '../../../shared/going-on.ts';

export interface BreakerSettings {
  /** So many in a row, within so long, open it. */
  readonly failures: number;
  readonly withinMilliseconds: number;
  /** How long it stays open. */
  readonly openMilliseconds: number;
}

/**
 * `answered`: with any status. `away`: no connection could be made, which no request can bring about. `silent`: nothing was
 * heard in time, which may be a slow path's own doing. `unclear`: none of these, as where an answer was cut off, or where
 * nothing was tried.
 */
export type Heard = 'answered' | 'away' | 'silent' | 'unclear';

/** Let through. What came of it is told, always: an answer as soon as it begins, all else at the end. */
export interface Passed {
  /** The first word counts. */
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

/** What is known of a target since it answered last: with an answer, another one begins. */
interface State {
  /** When the last failures in a row were. */
  failures: readonly number[];
  /** How many of all failures were silences. */
  silences: number;
  openedAt: number | undefined;
  probing: boolean;
}

/** Who tells that it was answered, and then that it is over, has told of one answer. */
function once(tell: Passed['tell']): Passed {
  let isTold = false;
  return {
    tell(heard) {
      if (!isTold) tell(heard);
      isTold = true;
    },
  };
}

export function createBreaker(clock: Clock, settings: BreakerSettings = SETTINGS): Breaker {
  const { failures: most, withinMilliseconds, openMilliseconds } = settings;
  const states = new Map<string, State>();
  const now = goingOn(clock);

  function stateOf(target: string): State {
    const known = states.get(target);
    if (known !== undefined) return known;
    const state: State = { failures: [], silences: 0, openedAt: undefined, probing: false };
    states.set(target, state);
    return state;
  }

  function fail(state: State): void {
    // Those that were on their way when it opened say nothing new.
    if (state.openedAt !== undefined) return;
    const at = now();
    state.failures = [...state.failures, at].slice(-most);
    const [first = at] = state.failures;
    if (state.failures.length === most && at - first <= withinMilliseconds) state.openedAt = at;
  }

  function pass(target: string, state: State): Passed {
    const { silences } = state;
    return once((heard) => {
      if (heard === 'answered') states.delete(target);
      else if (heard === 'away') fail(stateOf(target));
      // Calls of one slow path at the same time are one silence, and none where any other was answered meanwhile.
      else if (heard === 'silent' && states.get(target) === state && state.silences === silences) {
        state.silences += 1;
        fail(state);
      }
    });
  }

  function probe(target: string, state: State): Passed {
    state.probing = true;
    return once((heard) => {
      state.probing = false;
      if (heard === 'answered') states.delete(target);
      else if (heard === 'away') state.openedAt = now();
      // It may have been a stalled path, and whoever asks for that again and again would be the one who tries each time,
      // and keep all others out. So they are let through until the next failure, if that is one too many in its time.
      else state.openedAt = undefined;
    });
  }

  return {
    enter(target) {
      const state = stateOf(target);
      if (state.openedAt === undefined) return pass(target, state);
      if (state.probing) return { retryAfterSeconds: WHILE_TRYING_SECONDS };
      const left = state.openedAt + openMilliseconds - now();
      return left > 0 ? { retryAfterSeconds: Math.ceil(left / 1000) } : probe(target, state);
    },
  };
}
