// The one key of a set that a token may have been signed with, and whether that key is fit for use.
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { type Algorithm, algorithmNamed } from './algorithms.ts';
import { base64urlBytes, isMembers } from './compact.ts';
import { TokenRefused } from './model.ts';
import { isSoundRsa } from './rsa.ts';

export type KeySet = readonly JWK[] | { readonly keys: readonly JWK[] };

function isList(keySet: KeySet): keySet is readonly JWK[] {
  return Array.isArray(keySet);
}

/** `jwt-svid` is how SPIFFE's trust bundles say it. */
const SIGNING_USES: readonly unknown[] = [undefined, 'sig', 'jwt-svid'];
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];
const COORDINATE_BYTES: ReadonlyMap<unknown, number> = new Map([
  ['P-256', 32],
  ['P-384', 48],
  ['P-521', 66],
  ['Ed25519', 32],
]);

/** Only the members that make the public key: nothing else that a set says has a part in checking. */
function publicKey(members: Readonly<Record<string, unknown>>): KeyObject {
  return createPublicKey({ key: members, format: 'jwk' });
}

function rsaKey({ n, e }: JWK): KeyObject | undefined {
  const modulus = base64urlBytes(n);
  if (modulus === undefined || base64urlBytes(e) === undefined) return undefined;
  const key = publicKey({ kty: 'RSA', n, e });
  const { modulusLength = 0, publicExponent: exponent = 0n } = key.asymmetricKeyDetails ?? {};
  const sound = isSoundRsa({ modulus: BigInt(`0x${modulus.toString('hex')}`), modulusLength, exponent });
  return sound ? key : undefined;
}

/** Coordinates have the full length of their curve, and OpenSSL takes no point beside it. */
function curveKey({ kty, crv, x, y }: JWK): KeyObject | undefined {
  const bytes = COORDINATE_BYTES.get(crv);
  const coordinates = kty === 'EC' ? { x, y } : { x };
  const whole = Object.values(coordinates).every((one) => base64urlBytes(one)?.length === bytes);
  return whole ? publicKey({ kty, crv, ...coordinates }) : undefined;
}

function importKey(jwk: JWK): KeyObject | undefined {
  // A private key that is published is everyone's.
  if (PRIVATE_MEMBERS.some((member) => member in jwk)) return undefined;
  try {
    return jwk.kty === 'RSA' ? rsaKey(jwk) : curveKey(jwk);
  } catch {
    return undefined;
  }
}

/** Keys once imported, for as long as their set is kept. */
const imported = new WeakMap<JWK, { readonly key: KeyObject | undefined }>();

/** The key itself, or undefined where it is private, weak or no key at all. */
export function usableKey(jwk: JWK): KeyObject | undefined {
  const known = imported.get(jwk) ?? { key: importKey(jwk) };
  imported.set(jwk, known);
  return known.key;
}

function fitsKind({ kty, crv }: JWK, algorithm: Algorithm): boolean {
  return kty === algorithm.kty && (algorithm.crv === undefined || crv === algorithm.crv);
}

/** Whether the key may check signatures at all, and ones of this algorithm. */
export function isFor(jwk: JWK, algorithm: Algorithm): boolean {
  const { use, key_ops: operations } = jwk;
  if (!fitsKind(jwk, algorithm) || !SIGNING_USES.includes(use)) return false;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

/**
 * The one algorithm that a key is used with: the one it names; else the first of the issuer's that fits its kind, so
 * that a key which names none does not serve several.
 */
function algorithmOf(jwk: JWK, algorithms: readonly string[]): Algorithm | undefined {
  if (jwk.alg !== undefined) return algorithmNamed(jwk.alg);
  return algorithms.map(algorithmNamed).find((one) => one !== undefined && fitsKind(jwk, one));
}

export function chooseKey(
  keySet: KeySet,
  algorithm: Algorithm,
  kid: unknown,
  algorithms: readonly string[],
): KeyObject | TokenRefused {
  const keys = isList(keySet) ? keySet : keySet.keys;
  const fitting = keys.filter(
    (key) =>
      isMembers(key) &&
      (kid === undefined || key.kid === kid) &&
      isFor(key, algorithm) &&
      algorithmOf(key, algorithms) === algorithm,
  );
  const [jwk, another] = fitting;
  if (jwk === undefined) return new TokenRefused('key_not_found');
  if (another !== undefined) return new TokenRefused('key_ambiguous');
  return usableKey(jwk) ?? new TokenRefused('key_unusable');
}
