// One issuer's keys, kept and fetched again: seldom, whatever tokens come, and yet in time for a new key's first token.
import type { JWK } from 'jose';
import type { Clock } from '../../ports/clock.ts';
import { Unavailable } from '../../shared/errors.ts';
import { goingOn } from '../../shared/going-on.ts';

export interface IssuerKeysDependencies {
  readonly clock: Clock;
  readonly fetchKeys: () => Promise<readonly JWK[]>;
}

type Serves = (keys: readonly JWK[]) => boolean;

/** Keys for a token by the name of its key or, where it names none, for one that they are to serve. */
export type IssuerKeys = (kid: string | undefined, serves?: Serves) => Promise<readonly JWK[]>;

/**
 * How old a set gets before it is fetched again. The answer's own `Cache-Control` counts for nothing: whoever sends it
 * could make a withdrawn key live on, or make every token cause a fetch.
 */
const FRESH_MILLISECONDS = 10 * 60_000;
/** How long the last good set serves while that fails, and how often it is tried meanwhile. */
const LAST_GOOD_MILLISECONDS = 24 * 60 * 60_000;
const RETRY_STALE_MILLISECONDS = 60_000;

/**
 * A token of a key that is not known causes a fetch, because the issuer may just have begun to sign with it; so does
 * one that names no key, and that none of the known ones made. Each fetch starts a cooldown. Tokens that come within
 * it wait for the one fetch that follows, so that a new key works from its first token on, even where bad tokens have
 * just used up the fetch. But waiting is dear: a function that waits serves nobody else, and anyone can make up tokens.
 * So every fetch that learned nothing doubles the next cooldown, and only the last seconds of one are waited for: a
 * flood that goes on is answered at once most of the time. Then, and only then, a token of a key that was not published
 * ahead of its use may be refused for some seconds.
 */
const FIRST_COOLDOWN_MILLISECONDS = 1000;
const MOST_COOLDOWN_MILLISECONDS = 16_000;
const PATIENCE_MILLISECONDS = 5000;
/** When nobody has asked for an unknown key that long after a cooldown, the flood is over. */
const QUIET_MILLISECONDS = 60_000;
/** An issuer that fails is not waited for: its tokens would hold up those of others. */
const COOLDOWN_AFTER_FAILURE_MILLISECONDS = 5000;

interface State {
  known: { readonly keys: readonly JWK[]; readonly fetchedAt: number } | undefined;
  inFlight: Promise<void> | undefined;
  /** How many fetches have begun. */
  begun: number;
  /** From then on the set is fetched again, though all that is asked for is in it. */
  staleAt: number;
  /** Before then nothing is fetched for a key that is not known. */
  coolUntil: number;
  /** How long the next cooldown is. */
  cooldown: number;
  /** Why the last fetch failed, where it did. */
  failure: unknown;
}

function has(
  keys: readonly JWK[] | undefined,
  kid: string | undefined,
  serves: Serves = () => true,
): boolean {
  if (keys === undefined) return false;
  return kid === undefined ? serves(keys) : keys.some((key) => key.kid === kid);
}

/** What makes it another key: its name and its numbers. */
function identityOf({ kid, kty, crv, x, y, n, e }: JWK): string {
  return JSON.stringify([kid, kty, crv, x, y, n, e]);
}

function succeed(state: State, keys: readonly JWK[], now: number): void {
  const known = new Set(state.known?.keys.map(identityOf));
  const learned = !keys.every((key) => known.has(identityOf(key)));
  const isQuiet = now - state.coolUntil >= QUIET_MILLISECONDS;
  const cooldown = learned || isQuiet ? FIRST_COOLDOWN_MILLISECONDS : state.cooldown;
  state.known = { keys, fetchedAt: now };
  state.staleAt = now + FRESH_MILLISECONDS;
  state.coolUntil = now + cooldown;
  state.cooldown = Math.min(2 * cooldown, MOST_COOLDOWN_MILLISECONDS);
  state.failure = undefined;
}

function fail(state: State, error: unknown, now: number): void {
  state.staleAt = now + RETRY_STALE_MILLISECONDS;
  state.coolUntil = now + COOLDOWN_AFTER_FAILURE_MILLISECONDS;
  state.failure = error ?? new Error('the keys were not fetched');
}

export function createIssuerKeys({ clock, fetchKeys }: IssuerKeysDependencies): IssuerKeys {
  const state: State = {
    known: undefined,
    inFlight: undefined,
    begun: 0,
    staleAt: Number.NEGATIVE_INFINITY,
    coolUntil: Number.NEGATIVE_INFINITY,
    cooldown: FIRST_COOLDOWN_MILLISECONDS,
    failure: undefined,
  };
  const now = goingOn(clock);

  function usable(): readonly JWK[] | undefined {
    const { known } = state;
    return known !== undefined && now() - known.fetchedAt < LAST_GOOD_MILLISECONDS ? known.keys : undefined;
  }

  async function fetchOnce(): Promise<void> {
    try {
      succeed(state, await fetchKeys(), now());
    } catch (error) {
      fail(state, error, now());
    }
  }

  function begin(): Promise<void> {
    state.begun += 1;
    state.inFlight = fetchOnce().finally(() => {
      state.inFlight = undefined;
    });
    return state.inFlight;
  }

  /** Sees to it that a fetch which began after now has brought the key, if there is to be one. */
  async function look(kid: string | undefined, serves: Serves | undefined): Promise<void> {
    const { begun } = state;
    // It may be about to bring it; if not, the key may have been published since that one began.
    await state.inFlight;
    if (has(usable(), kid, serves)) return;
    const left = state.coolUntil - now();
    if (left > (state.failure === undefined ? PATIENCE_MILLISECONDS : 0)) return;
    if (left > 0) await clock.sleep(left);
    await (state.begun === begun ? begin() : state.inFlight);
  }

  return async (kid, serves) => {
    if (!has(usable(), kid, serves)) await look(kid, serves);
    // One token is held up by it. Others meanwhile are judged by the keys at hand.
    else if (now() >= state.staleAt && state.inFlight === undefined) await begin();
    const keys = usable();
    if (keys === undefined) throw new Unavailable('keys', state.failure);
    return keys;
  };
}
