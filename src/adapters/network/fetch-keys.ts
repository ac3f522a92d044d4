// An issuer's public keys as it publishes them: found by discovery, fetched, and sifted.
import type { JWK } from 'jose';
import * as z from 'zod/mini';
import type { KeySource } from '../../ports/key-sets.ts';
import { assertSameScheme, discovered } from './discovery.ts';
import type { JsonFetch } from './json-fetch.ts';

/** An issuer has a handful. Whoever publishes more than this is not publishing keys. */
const MOST_KEYS = 100;

/** Public members only: what else a key holds is for nobody here. */
function keySchema() {
  const text = z.string();
  const maybe = z.exactOptional(text);
  const about = { kid: maybe, alg: maybe, use: maybe, key_ops: z.exactOptional(z.array(text)) };
  return z.discriminatedUnion('kty', [
    z.object({ kty: z.literal('RSA'), n: text, e: text, ...about }),
    z.object({ kty: z.literal('EC'), crv: text, x: text, y: text, ...about }),
    z.object({ kty: z.literal('OKP'), crv: text, x: text, ...about }),
  ]);
}

function makeSchemas() {
  return {
    Discovery: z.object({ jwks_uri: z.string() }),
    KeySet: z.object({ keys: z.array(z.unknown()).check(z.maxLength(MOST_KEYS)) }),
    Key: keySchema(),
  };
}

let made: ReturnType<typeof makeSchemas> | undefined;

/** Made when keys are first fetched, since making them costs a good part of a cold start. */
function schemas(): ReturnType<typeof makeSchemas> {
  made ??= makeSchemas();
  return made;
}

/** With any of them published, anyone could sign. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];

async function discoverKeys(fetchJson: JsonFetch, source: KeySource): Promise<string> {
  const { jwks_uri: uri } = schemas().Discovery.parse(await discovered(fetchJson, source));
  assertSameScheme(uri, source, 'the keys are');
  return uri;
}

function sift(published: unknown): readonly JWK[] {
  const { data } = schemas().Key.safeParse(published);
  if (data === undefined || PRIVATE_MEMBERS.some((member) => Object.hasOwn(Object(published), member)))
    return [];
  return [data];
}

/** A key that is odd is left out, and the others are used. */
export async function fetchKeys(fetchJson: JsonFetch, source: KeySource): Promise<readonly JWK[]> {
  const from = source.jwksUri ?? (await discoverKeys(fetchJson, source));
  const { keys: published } = schemas().KeySet.parse(await fetchJson(from, source.private));
  const keys = published.flatMap(sift);
  // An empty set is what the issuer says. One of nothing but oddities says that something is broken there.
  if (keys.length === 0 && published.length > 0) throw new Error('none of the keys can be used');
  return keys;
}
