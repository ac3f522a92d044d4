// A case of a proof of possession is a recipe, too: what to change in an honest proof, its key and what is expected.
import type { JWK } from 'jose';
import type { ExpectedProof } from '../../src/identity/dpop.ts';
import { type Algorithm, part } from '../support/issuer.ts';
import { ISSUER, keysFrom } from './key-sets.ts';
import { changed, type Signer, shapedToken, signature, textPart } from './recipe.ts';

export interface ProofRecipe {
  /** For readers. */
  readonly why: string;
  /** `accepted`, or the proof's problem. */
  readonly expect: string;
  readonly algorithm?: Algorithm;
  /** Members to put in; null takes one out. */
  readonly header?: Readonly<Record<string, unknown>>;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** The whole part instead. */
  readonly payloadText?: string;
  readonly signer?: Signer;
  readonly shape?: string;
  /** The set whose first key stands in the header; the holder's own where left out. */
  readonly key?: string;
  readonly expected?: Partial<Omit<ExpectedProof, 'now'>>;
}

export const ENDPOINT = 'https://bailiwick.example.com/v1/tasks';

export function holderKey(algorithm: Algorithm = 'ES256'): JWK {
  return ISSUER.pairs[algorithm].publicKey.export({ format: 'jwk' }) as JWK;
}

export function proofFrom(recipe: ProofRecipe, now: Date): string {
  const { algorithm = 'ES256', signer = 'issuer', shape, key } = recipe;
  const jwk = key === undefined ? holderKey(algorithm) : keysFrom({ keys: key })[0];
  const header = part(changed({ typ: 'dpop+jwt', alg: algorithm, jwk }, recipe.header, now));
  const honest = { jti: 'e1j3V_bKic8', htm: 'POST', htu: ENDPOINT, iat: { now: 0 } };
  const payload = textPart(recipe.payloadText, undefined, now) ?? part(changed(honest, recipe.payload, now));
  return shapedToken(shape, header, payload, signature(`${header}.${payload}`, algorithm, signer));
}
