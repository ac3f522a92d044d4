// The keys that an auditor brings along, as PEM.
import { createPublicKey } from 'node:crypto';
import { keyIdOf } from '../archive/signature.ts';

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

function idOf(pem: string): string {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new TypeError('not of P-256');
  // Of a compressed point it would keep the form, and so another id.
  const same = createPublicKey({ key: key.export({ format: 'jwk' }), format: 'jwk' });
  return keyIdOf(same.export({ type: 'spki', format: 'der' }));
}

/** Their ids; of a private key that of its public half. Undefined where one is no key of P-256, or there is none. */
export function keyIdsOfPem(text: string): readonly string[] | undefined {
  const blocks = [...text.matchAll(PEM)].map(([block]) => block);
  try {
    return blocks.length === 0 ? undefined : blocks.map(idOf);
  } catch {
    return undefined;
  }
}
