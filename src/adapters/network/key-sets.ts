// Public keys of OIDC issuers, each issuer's kept apart.
import type { Clock } from '../../ports/clock.ts';
import type { KeySets, KeySource } from '../../ports/key-sets.ts';
import { fetchKeys } from './fetch-keys.ts';
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts';
import { createJsonFetch, type JsonFetchDependencies } from './json-fetch.ts';

export interface KeySetsDependencies extends JsonFetchDependencies {
  readonly clock: Clock;
}

export function createKeySets(dependencies: KeySetsDependencies): KeySets {
  const fetchJson = createJsonFetch(dependencies);
  const issuers = new Map<string, IssuerKeys>();

  function keysOf(source: KeySource): IssuerKeys {
    // Whatever decides where keys may come from: once the operator changes it, none of those before count.
    const name = JSON.stringify([source.issuer, source.jwksUri ?? '', source.private ?? []]);
    const known = issuers.get(name);
    if (known !== undefined) return known;
    const made = createIssuerKeys({
      clock: dependencies.clock,
      fetchKeys: () => fetchKeys(fetchJson, source),
    });
    issuers.set(name, made);
    return made;
  }

  return {
    keys: async (source, kid, serves) => source.jwks?.keys ?? keysOf(source)(kid, serves),
  };
}
