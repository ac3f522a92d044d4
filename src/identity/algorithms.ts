// The signature algorithms that count, and what each asks of a key. What is not here is never used, whatever a file says.
import { constants, type KeyObject, verify } from 'node:crypto';

export interface Algorithm {
  readonly kty: 'RSA' | 'EC' | 'OKP';
  /** The only curve it is used on. */
  readonly crv?: string;
  readonly hash: string | null;
  readonly options: {
    readonly padding?: number;
    readonly saltLength?: number;
    readonly dsaEncoding?: 'ieee-p1363';
  };
  /** Where it is the same for every key; else the key's own length, which OpenSSL checks. */
  readonly signatureBytes?: number;
}

function pkcs1(bits: number): Algorithm {
  return { kty: 'RSA', hash: `sha${bits}`, options: { padding: constants.RSA_PKCS1_PADDING } };
}

/** The salt is as long as the hash (RFC 7518, 3.5): any other length is refused. */
function pss(bits: number): Algorithm {
  const options = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: bits / 8 };
  return { kty: 'RSA', hash: `sha${bits}`, options };
}

function ecdsa(bits: number, crv: string, signatureBytes: number): Algorithm {
  return { kty: 'EC', crv, hash: `sha${bits}`, options: { dsaEncoding: 'ieee-p1363' }, signatureBytes };
}

const ED25519: Algorithm = { kty: 'OKP', crv: 'Ed25519', hash: null, options: {}, signatureBytes: 64 };

const NAMED: ReadonlyMap<unknown, Algorithm> = new Map([
  ['RS256', pkcs1(256)],
  ['RS384', pkcs1(384)],
  ['RS512', pkcs1(512)],
  ['PS256', pss(256)],
  ['PS384', pss(384)],
  ['PS512', pss(512)],
  ['ES256', ecdsa(256, 'P-256', 64)],
  ['ES384', ecdsa(384, 'P-384', 96)],
  ['ES512', ecdsa(512, 'P-521', 132)],
  // Two names of one algorithm (RFC 9864): Ed448, which `EdDSA` could also mean, is not among ours.
  ['EdDSA', ED25519],
  ['Ed25519', ED25519],
]);

/** Every name that the broker knows. */
export const SIGNATURE_ALGORITHMS = [...NAMED.keys()] as readonly string[];

/** Names are case-sensitive. Two names of one algorithm give the same object. */
export function algorithmNamed(name: unknown): Algorithm | undefined {
  return NAMED.get(name);
}

export function signatureHolds(
  { hash, options, signatureBytes }: Algorithm,
  key: KeyObject,
  signed: string,
  signature: Uint8Array,
): boolean {
  if (signatureBytes !== undefined && signature.length !== signatureBytes) return false;
  try {
    return verify(hash, Buffer.from(signed), { key, ...options }, signature);
  } catch {
    return false;
  }
}
