// Public keys of OIDC issuers, fetched seldom: neither an outage nor a flood of bad tokens makes it fetch more.
import type { JWK } from 'jose';
import * as z from 'zod/mini';
import type { Clock } from '../../ports/clock.ts';
import type { KeySets, KeySource } from '../../ports/key-sets.ts';
import { Unavailable } from '../../shared/errors.ts';
import { createJsonFetch, type JsonFetch } from './json-fetch.ts';

export interface KeySetsDependencies {
  readonly clock: Clock;
  /** For issuers on the same machine, which only the embedded broker may have. */
  readonly allowLoopbackHttp: boolean;
  readonly fetch?: typeof fetch;
  readonly timeoutMilliseconds?: number;
}

const FRESH_MILLISECONDS = 10 * 60_000;
/** Through an outage the last good keys serve that long. */
const LAST_GOOD_MILLISECONDS = 24 * 60 * 60_000;
const COOLDOWN_MILLISECONDS = 30_000;
const COOLDOWN_AFTER_FAILURE_MILLISECONDS = 5000;

interface Known {
  readonly keys: readonly JWK[];
  readonly fetchedAt: number;
}

interface IssuerState {
  known: Known | undefined;
  inFlight: Promise<void> | undefined;
  /** Before then nothing is fetched. */
  coolUntil: number;
  failure: unknown;
}

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.string() });
const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });
/** A set that publishes a shared secret or a private key would let anyone sign. */
const PUBLIC_TYPES = new Set(['RSA', 'EC', 'OKP', 'AKP']);

async function discover(fetchJson: JsonFetch, issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = Discovery.parse(await fetchJson(url));
  if (found.issuer !== issuer) throw new Error('the discovery document names another issuer');
  if (new URL(found.jwks_uri).protocol !== new URL(issuer).protocol) {
    throw new Error('the keys are not where the issuer is: one is on https, the other is not');
  }
  return found.jwks_uri;
}

async function fetchKeys(fetchJson: JsonFetch, { issuer, jwksUri }: KeySource): Promise<readonly JWK[]> {
  const { keys } = KeySet.parse(await fetchJson(jwksUri ?? (await discover(fetchJson, issuer))));
  return keys.filter((key) => PUBLIC_TYPES.has(key.kty) && !('d' in key));
}

export function createKeySets(dependencies: KeySetsDependencies): KeySets {
  const { clock } = dependencies;
  const fetchJson = createJsonFetch(dependencies);
  const states = new Map<string, IssuerState>();

  function stateOf({ issuer, jwksUri = '' }: KeySource): IssuerState {
    const name = JSON.stringify([issuer, jwksUri]);
    const state = states.get(name) ?? {
      known: undefined,
      inFlight: undefined,
      coolUntil: Number.NEGATIVE_INFINITY,
      failure: undefined,
    };
    states.set(name, state);
    return state;
  }

  async function refresh(state: IssuerState, source: KeySource): Promise<void> {
    try {
      const keys = await fetchKeys(fetchJson, source);
      const now = clock.now().getTime();
      state.known = { keys, fetchedAt: now };
      state.coolUntil = now + COOLDOWN_MILLISECONDS;
    } catch (error) {
      state.failure = error;
      state.coolUntil = clock.now().getTime() + COOLDOWN_AFTER_FAILURE_MILLISECONDS;
    }
  }

  return {
    async keys(source, kid) {
      if (source.jwks) return source.jwks.keys;
      const state = stateOf(source);
      const now = clock.now().getTime();
      if (!answers(state.known, kid, now) && (state.inFlight || now >= state.coolUntil)) {
        state.inFlight ??= refresh(state, source).finally(() => {
          state.inFlight = undefined;
        });
        await state.inFlight;
      }
      const { known } = state;
      if (known && clock.now().getTime() - known.fetchedAt < LAST_GOOD_MILLISECONDS) return known.keys;
      throw new Unavailable('keys', state.failure);
    },
  };
}

function answers(known: Known | undefined, kid: string | undefined, now: number): boolean {
  if (known === undefined || now - known.fetchedAt >= FRESH_MILLISECONDS) return false;
  return kid === undefined || known.keys.some((key) => key.kid === kid);
}
