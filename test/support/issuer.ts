// OIDC issuers for tests: keys made at run time, and tokens signed with them exactly as a case wants them.
import { constants, createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { JWK } from 'jose';

export const SIGNED_WITH = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
export type Algorithm = (typeof SIGNED_WITH)[number];

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly pairs: Readonly<Record<Algorithm, Pair>>;
  /** The public keys as their issuer shows them, each with a `kid` after its algorithm. */
  readonly keys: readonly JWK[];
}

function newPair(algorithm: Algorithm): Pair {
  switch (algorithm) {
    case 'ES256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' });
    case 'EdDSA':
      return generateKeyPairSync('ed25519');
    default:
      return generateKeyPairSync('rsa', { modulusLength: 2048 });
  }
}

export function kidOf(algorithm: Algorithm): string {
  return `key-${algorithm.toLowerCase()}`;
}

export function createIssuer(issuer: string, algorithms: readonly Algorithm[] = SIGNED_WITH): TestIssuer {
  const made = algorithms.map((algorithm) => [algorithm, newPair(algorithm)] as const);
  const keys = made.map(
    ([alg, { publicKey }]): JWK => ({
      ...(publicKey.export({ format: 'jwk' }) as JWK),
      kid: kidOf(alg),
      alg,
      use: 'sig',
    }),
  );
  return { issuer, pairs: Object.fromEntries(made) as Record<Algorithm, Pair>, keys };
}

export function signatureOver(text: string, algorithm: Algorithm, key: KeyObject): Buffer {
  const data = Buffer.from(text);
  switch (algorithm) {
    case 'EdDSA':
      return sign(null, data, key);
    case 'ES256':
      return sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' });
    case 'PS256':
      return sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 });
    case 'RS256':
      return sign('sha256', data, key);
  }
}

/** HMAC with an issuer's public key as the secret: what a verifier computes that takes the header's word for it. */
export function hmacOver(text: string, publicKey: KeyObject): Buffer {
  const pem = publicKey.export({ format: 'pem', type: 'spki' });
  return createHmac('sha256', pem).update(text).digest();
}

export function part(value: unknown): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

/** A token as a well-behaved issuer makes it; some name no key. */
export function tokenOf(
  issuer: TestIssuer,
  claims: Readonly<Record<string, unknown>>,
  algorithm: Algorithm = 'ES256',
  { kid = kidOf(algorithm) }: { readonly kid?: string | null } = {},
): string {
  const header = { alg: algorithm, ...(kid === null ? {} : { kid }), typ: 'JWT' };
  const text = `${part(header)}.${part({ iss: issuer.issuer, ...claims })}`;
  const { privateKey } = issuer.pairs[algorithm];
  return `${text}.${signatureOver(text, algorithm, privateKey).toString('base64url')}`;
}
