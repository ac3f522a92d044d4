// Tokens as well-known issuers make them, from case files: keys are made at run time and shown as the issuer shows its own.
import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'jose';
import { part } from '../support/issuer.ts';

type Members = Readonly<Record<string, unknown>>;
type Made = 'RS256' | 'ES256' | 'ES384' | 'EdDSA';

interface KnownKey {
  readonly made: Made;
  /** What the key set says beside the key itself: `kid`, and `alg` and `use` where that issuer names them. */
  readonly shown: Members;
}

export interface KnownIssuer {
  readonly issuer: string;
  readonly header: Members;
  /** By where they are had from: `published`, mostly. */
  readonly keys: Readonly<Record<string, readonly KnownKey[]>>;
}

export interface TokenCase {
  /** For readers. */
  readonly why: string;
  /** The agent, or why there is none. */
  readonly expect: string;
  /** The good case that this one changes. */
  readonly of?: string;
  readonly header?: Members;
  readonly claims: Members;
  readonly keys?: string;
  /** The `kid` or `use` of the key that signs, where that is not the one that the header names. */
  readonly signedWith?: string;
}

const CASES = fileURLToPath(new URL('../cases/issuers/', import.meta.url));

function json<T>(...path: readonly string[]): T {
  return JSON.parse(readFileSync(join(CASES, ...path), 'utf8')) as T;
}

export const ISSUERS = readdirSync(CASES).sort();

export function knownIssuer(name: string): KnownIssuer {
  return json(name, 'issuer.json');
}

/** Each with what it does not change of another. */
export function casesOf(name: string, verdict: 'ok' | 'refused'): readonly (readonly [string, TokenCase])[] {
  return readdirSync(join(CASES, name, verdict)).map((file) => {
    const given = json<TokenCase>(name, verdict, file);
    const good = given.of === undefined ? undefined : json<TokenCase>(name, 'ok', `${given.of}.json`);
    return [file.replace('.json', ''), { ...given, claims: { ...good?.claims, ...given.claims } }];
  });
}

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const MAKE: Readonly<Record<Made, () => Pair>> = {
  RS256: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
};

const pairs = new Map<string, Pair>();

/** The same for every issuer, since making one takes a while. In one set, no two are the same. */
function pairAt(index: number, made: Made): Pair {
  const key = `${made} ${index}`;
  const pair = pairs.get(key) ?? MAKE[made]();
  pairs.set(key, pair);
  return pair;
}

function keysOf({ keys }: KnownIssuer, set = 'published'): readonly KnownKey[] {
  const found = keys[set];
  if (found === undefined) throw new Error(`no such keys: ${set}`);
  return found;
}

export function keySetOf(issuer: KnownIssuer, set?: string): readonly JWK[] {
  return keysOf(issuer, set).map(({ made, shown }, index) => ({
    ...(pairAt(index, made).publicKey.export({ format: 'jwk' }) as JWK),
    ...shown,
  }));
}

function signatureOver(text: string, made: Made, key: KeyObject): Buffer {
  const data = Buffer.from(text);
  if (made === 'EdDSA') return sign(null, data, key);
  if (made === 'RS256') return sign('sha256', data, { key, padding: constants.RSA_PKCS1_PADDING });
  return sign(made === 'ES256' ? 'sha256' : 'sha384', data, { key, dsaEncoding: 'ieee-p1363' });
}

/** Without what is null, and with moments for `{ now: seconds }`. */
function filled(members: Members, now: Date): Members {
  const seconds = Math.floor(now.getTime() / 1000);
  const present = Object.entries(members).filter(([, value]) => value !== null);
  const moments = present.map(([name, value]) => {
    const isMoment = typeof value === 'object' && value !== null && 'now' in value;
    return [name, isMoment ? seconds + Number(value.now) : value];
  });
  return Object.fromEntries(moments);
}

export function tokenOf(issuer: KnownIssuer, given: TokenCase, now: Date): string {
  const header = { ...issuer.header, ...given.header };
  const keys = keysOf(issuer, given.keys);
  const wanted = given.signedWith ?? header['kid'];
  const index = Math.max(
    0,
    keys.findIndex(({ shown }) => shown['kid'] === wanted || shown['use'] === wanted),
  );
  const { made } = keys[index] ?? { made: 'RS256' };
  const text = `${part(filled(header, now))}.${part(filled(given.claims, now))}`;
  const { privateKey } = pairAt(index, made);
  return `${text}.${signatureOver(text, made, privateKey).toString('base64url')}`;
}
