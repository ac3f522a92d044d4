// What an issuer publishes about itself (OpenID Connect Discovery), held against what the operator's files call it.
import type { KeySource } from '../../ports/key-sets.ts';
import type { JsonFetch } from './json-fetch.ts';

type Source = Pick<KeySource, 'issuer' | 'private'>;

export async function discovered(
  fetchJson: JsonFetch,
  { issuer, private: ranges }: Source,
): Promise<Readonly<Record<string, unknown>>> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const found = await fetchJson(url, ranges);
  if (found['issuer'] !== issuer) throw new Error('the discovery document names another issuer');
  return found;
}

/** What an issuer on https names is on https too. */
export function assertSameScheme(url: string, { issuer }: Source, what: string): void {
  if (new URL(url).protocol === new URL(issuer).protocol) return;
  throw new Error(`${what} not where the issuer is: one is on https, the other is not`);
}
