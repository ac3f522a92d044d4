// Proofs of possession (DPoP) as a client makes them, and wrong ones as an attacker does.
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { part, signatureOver } from './issuer.ts';

export interface ProofOf {
  readonly url: string;
  readonly method?: string;
  readonly now: Date;
  /** The token that it is made for. */
  readonly token?: string;
  readonly id?: string;
}

/** A client with a key of its own. */
export function proofMaker() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' }) as JWK;
  const members = JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y });
  return {
    thumbprint: createHash('sha256').update(members).digest('base64url'),
    prove: ({ url, method = 'POST', now, token, id = randomUUID() }: ProofOf): string => {
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk };
      const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
      const claims = { jti: id, htm: method, htu: url, iat: Math.floor(now.getTime() / 1000), ...ath };
      const text = `${part(header)}.${part(claims)}`;
      return `${text}.${signatureOver(text, 'ES256', privateKey).toString('base64url')}`;
    },
  };
}
