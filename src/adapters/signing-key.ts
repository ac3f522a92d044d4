// What a key that signs must be, wherever it is kept.
import type { KeyObject } from 'node:crypto';
import type { SigningKey } from '../ports/signer.ts';
import { sha256 } from '../shared/hash.ts';

/** As OpenSSL calls P-256. */
const CURVE = 'prime256v1';

/** Throws where it is of another kind: what verifies digests knows no other. */
export function signingKeyOf(publicKey: KeyObject): SigningKey {
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== CURVE) {
    throw new Error('the key is not an elliptic-curve key on P-256');
  }
  const der = publicKey.export({ type: 'spki', format: 'der' });
  return { id: sha256(der), publicKey: der };
}

/** The one with that id. Throws TypeError: ids come from the signer itself, so an unknown one is a mistake. */
export function keyWithId<T extends SigningKey>(keys: readonly T[], id: string): T {
  const key = keys.find((each) => each.id === id);
  if (key === undefined) throw new TypeError('the signer has no key with that id');
  return key;
}
