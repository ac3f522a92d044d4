// The keys of the cases' issuers, and the sets of keys that cases name: honest, odd, weak and hostile ones.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { createIssuer, kidOf } from '../support/issuer.ts';
import type { Recipe } from './recipe.ts';

export const ISSUER = createIssuer('https://issuer.example.com');
export const OTHER_ISSUER = createIssuer('https://other.example.com');
export const STRANGER = createIssuer(ISSUER.issuer);
export const WEAK = generateKeyPairSync('rsa', { modulusLength: 1024 });

function jwkOf(key: KeyObject): JWK {
  return key.export({ format: 'jwk' }) as JWK;
}

const base64url = (number: bigint) => {
  const hex = number.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url');
};

/** The issuer's key for one algorithm, changed. */
function changed(algorithm: 'ES256' | 'RS256' | 'EdDSA', by: object): readonly JWK[] {
  const key = ISSUER.keys.find(({ alg }) => alg === algorithm);
  if (key === undefined) throw new Error(`the issuer has no key for ${algorithm}`);
  return [{ ...key, ...by }];
}

const bare = (keys: readonly JWK[]) => keys.map(({ alg: _, use: __, ...key }) => key);
const x = () => changed('ES256', {})[0]?.x ?? '';

const KEY_SETS: Readonly<Record<string, () => readonly unknown[]>> = {
  none: () => [],
  twice: () => [...ISSUER.keys, ...STRANGER.keys],
  bare: () => bare(ISSUER.keys),
  'bare-rsa': () => bare(changed('RS256', {})),
  'bare-rsa-as-ps256': () => bare(ISSUER.keys.filter(({ alg }) => alg === 'PS256')),
  'one-name-for-all': () => bare(ISSUER.keys).map((key) => ({ ...key, kid: kidOf('ES256') })),
  'for-encryption': () => ISSUER.keys.map((key) => ({ ...key, use: 'enc' })),
  'for-svids': () => ISSUER.keys.map((key) => ({ ...key, use: 'jwt-svid' })),
  'for-certificates': () => ISSUER.keys.map((key) => ({ ...key, use: 'x509-svid' })),
  'ops-encrypt': () => ISSUER.keys.map(({ use: _, ...key }) => ({ ...key, key_ops: ['encrypt'] })),
  'ops-text': () => changed('ES256', { key_ops: 'verify' }),
  'for-another-algorithm': () => ISSUER.keys.map((key) => ({ ...key, alg: 'ES384' })),
  'for-no-algorithm': () => changed('ES256', { alg: 'ES521' }),
  'algorithm-is-a-list': () => changed('ES256', { alg: ['ES256'] }),
  'named-ed25519': () => changed('EdDSA', { alg: 'Ed25519' }),
  'another-kind': () => changed('ES256', { kty: 'RSA' }),
  'another-curve': () => changed('ES256', { crv: 'P-384' }),
  'beside-its-curve': () => changed('ES256', { y: x() }),
  'coordinate-cut': () => changed('ES256', { x: x().slice(0, -4) }),
  'coordinate-respelled': () => changed('ES256', { x: `${x()}=` }),
  'without-a-coordinate': () => changed('ES256', { y: undefined }),
  private: () => changed('ES256', jwkOf(ISSUER.pairs.ES256.privateKey)),
  'as-webcrypto': () => bare(changed('ES256', {})).map((key) => ({ ...key, key_ops: ['verify'], ext: true })),
  'shared-secret': () => [{ kty: 'oct', k: 'c2VjcmV0', kid: kidOf('ES256') }],
  weak: () => [{ ...jwkOf(WEAK.publicKey), kid: kidOf('RS256') }],
  'too-long': () => changed('RS256', { n: base64url(2n ** 8199n + 1n) }),
  'even-modulus': () => changed('RS256', { n: base64url(2n ** 2047n + 2n) }),
  'exponent-one': () => changed('RS256', { e: 'AQ' }),
  'exponent-even': () => changed('RS256', { e: base64url(65_536n) }),
  'exponent-huge': () => changed('RS256', { e: base64url(2n ** 64n + 1n) }),
  'modulus-empty': () => changed('RS256', { n: '' }),
  // A modulus with the mark of ROCA: it is a power of 65537, so it is one modulo every prime.
  factorable: () => changed('RS256', { n: base64url(65_537n ** 128n) }),
  'zeros-before-the-modulus': () => {
    const [key] = changed('RS256', {});
    return [
      {
        ...key,
        n: Buffer.from(`00${Buffer.from(key?.n ?? '', 'base64url').toString('hex')}`, 'hex').toString(
          'base64url',
        ),
      },
    ];
  },
  'among-rubbish': () => [null, 7, 'key', [], {}, { kid: kidOf('ES256') }, ...ISSUER.keys],
};

export function keysFrom({ keys }: Pick<Recipe, 'keys'>): readonly JWK[] {
  if (keys === undefined) return ISSUER.keys;
  const made = KEY_SETS[keys];
  if (made === undefined) throw new Error(`no such key set: ${keys}`);
  return made() as readonly JWK[];
}
