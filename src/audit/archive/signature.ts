// Keys and signatures of digests.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { sha256 } from '../../shared/hash.ts';
import { digestMessage, type SignedDigest } from './digest.ts';

/** The id of a public key: the hash of its DER. */
export function keyIdOf(publicKey: Uint8Array): string {
  return sha256(publicKey);
}

/** Of a SubjectPublicKeyInfo of P-256 with an uncompressed point, which is the one form that a key has here. */
const SPKI_HEAD = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex');
const SPKI_BYTES = SPKI_HEAD.length + 64;

/** Undefined where these bytes are no P-256 key. */
function publicKeyOf(der: Uint8Array): KeyObject | undefined {
  const isOfForm = der.length === SPKI_BYTES && SPKI_HEAD.equals(der.subarray(0, SPKI_HEAD.length));
  if (!isOfForm) return undefined;
  try {
    const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the digest is signed by the key that it names. Whose key that is, it does not say. */
export function isSignedAsNamed({ digest, signature }: SignedDigest): boolean {
  const der = Buffer.from(digest.key.publicKey, 'base64');
  if (keyIdOf(der) !== digest.key.id) return false;
  const key = publicKeyOf(der);
  const value = Buffer.from(signature.value, 'base64');
  return key !== undefined && verify('sha256', digestMessage(digest), key, value);
}
