// Verifies a DPoP proof (RFC 9449): that whoever sent this request holds the private key of the key in the proof. No
// clock, no network, no memory: that a proof is used once is for the caller to see to, by the id given here.
import { createHash, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { sha256 } from '../shared/hash.ts';
import { type Algorithm, algorithmNamed, signatureHolds } from './algorithms.ts';
import { isMembers, type JsonMembers, type TakenApart, takeApart } from './compact.ts';
import { sameEndpoint } from './endpoint.ts';
import { hasExtensions, isOfType } from './header.ts';
import { isFor, usableKey } from './keys.ts';
import { TokenRefused } from './model.ts';

export interface ExpectedProof {
  /** The request's method, and its URL as the broker names itself: neither is taken from what the caller says. */
  readonly method: string;
  readonly url: string;
  /** The token that the request carries, where the proof must be made for it. */
  readonly accessToken?: string;
  readonly now: Date;
}

export interface ProvenPossession {
  /** SHA-256 of the key (RFC 7638), in base64url. */
  readonly thumbprint: string;
  /** The same for every copy of this proof, however it is spelled, and for no other. */
  readonly id: string;
}

/** The longest come with RSA keys, and have a quarter of that. */
const MAX_PROOF_CHARACTERS = 8192;
/** Proofs are made for one request each, and clocks differ. */
const WINDOW_SECONDS = 60;
const MAX_ID_CHARACTERS = 256;
const TYPES = ['dpop+jwt'];

interface ProofKey {
  readonly algorithm: Algorithm;
  readonly key: KeyObject;
}

function proofKey({ alg, jwk }: JsonMembers): ProofKey | TokenRefused {
  const algorithm = algorithmNamed(alg);
  if (algorithm === undefined) return new TokenRefused('proof_algorithm');
  if (!isMembers(jwk) || !isFor(jwk, algorithm)) return new TokenRefused('proof_key');
  const oneAlgorithm = jwk['alg'] === undefined || algorithmNamed(jwk['alg']) === algorithm;
  const key = oneAlgorithm ? usableKey(jwk) : undefined;
  return key === undefined ? new TokenRefused('proof_key') : { algorithm, key };
}

function isId(jti: unknown): jti is string {
  return typeof jti === 'string' && jti !== '' && jti.length <= MAX_ID_CHARACTERS && jti.isWellFormed();
}

function isOfNow(iat: unknown, now: Date): boolean {
  return typeof iat === 'number' && Math.abs(iat - now.getTime() / 1000) <= WINDOW_SECONDS;
}

function isForToken(ath: unknown, accessToken: string): boolean {
  return ath === createHash('sha256').update(accessToken).digest('base64url');
}

function claimsProblem(payload: JsonMembers, expected: ExpectedProof): TokenRefused | undefined {
  const { jti, htm, htu, iat, ath } = payload;
  const { method, url, accessToken, now } = expected;
  if (!isId(jti)) return new TokenRefused('proof_malformed');
  if (htm !== method) return new TokenRefused('proof_method');
  if (!sameEndpoint(htu, url)) return new TokenRefused('proof_url');
  if (!isOfNow(iat, now)) return new TokenRefused('proof_stale');
  // Without a token to compare it with, a hash says nothing.
  if (accessToken !== undefined && !isForToken(ath, accessToken)) return new TokenRefused('proof_token_hash');
  return undefined;
}

function takeProofApart(proof: string): TakenApart | TokenRefused {
  if (proof.length > MAX_PROOF_CHARACTERS) return new TokenRefused('proof_malformed');
  const apart = takeApart(proof);
  const malformed = apart instanceof TokenRefused || hasExtensions(apart.header);
  return malformed ? new TokenRefused('proof_malformed') : apart;
}

/** The key that a proof proves, and an id by which it can be told from every other; or why it proves none. */
export async function verifyProof(
  proof: string,
  expected: ExpectedProof,
): Promise<ProvenPossession | TokenRefused> {
  const apart = takeProofApart(proof);
  if (apart instanceof TokenRefused) return apart;
  const { header, payload, signed, signature } = apart;
  if (!isOfType(header['typ'], TYPES)) return new TokenRefused('proof_type');
  // What costs least comes first: checking the signature with a key of the sender's choice costs most.
  const wrong = claimsProblem(payload, expected);
  if (wrong !== undefined) return wrong;
  const chosen = proofKey(header);
  if (chosen instanceof TokenRefused) return chosen;
  const { algorithm, key } = chosen;
  if (!signatureHolds(algorithm, key, signed, signature)) return new TokenRefused('proof_signature');
  // Of the key as it was imported: in a header it may have other members, and leading zeros.
  const thumbprint = await calculateJwkThumbprint(key.export({ format: 'jwk' }) as JWK, 'sha256');
  return { thumbprint, id: sha256(`${thumbprint}.${String(payload['jti'])}`) };
}
