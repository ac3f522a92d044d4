// Who is calling, once that is proven.
import type { Json } from '../shared/json.ts';

export interface ProvenAgent {
  readonly kind: 'agent';
  /** The id of its definition. */
  readonly agent: string;
  readonly issuer: string;
  readonly subject: string;
  /** SHA-256 of the token, in hex: enough to find it again, useless to replay. */
  readonly tokenHash: string;
  readonly expiresAt: Date;
  /** Where its issuer's tokens prove an agent once only: what names this one, however it is spelled. */
  readonly useId?: string;
  /** The key that whoever sends the token must prove to hold, where the issuer bound it to one (`cnf.jkt`). */
  readonly confirmedBy?: string;
}

/** A good token that proves no one agent. */
export interface Stranger {
  readonly kind: 'stranger';
  readonly why: 'unknown_agent' | 'ambiguous_identity';
  readonly issuer: string;
  readonly subject: string;
  readonly tokenHash: string;
  /** The claims by which agents of that issuer are told apart, as this token has them. */
  readonly claims: Readonly<Record<string, Json>>;
}

export interface ProvenHuman {
  readonly kind: 'human';
  /** The value of `humans.idClaim`: the one id of a person everywhere. */
  readonly id: string;
  readonly groups: readonly string[];
  readonly tokenHash: string;
}

export type VerifiedClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string;
  readonly sub: string;
  readonly exp: number;
};

/** Why a token proves nothing. Kept for the operator; the caller learns only `unauthenticated`. */
export const TOKEN_PROBLEMS = [
  'too_large',
  'not_compact',
  'header_malformed',
  'algorithm_not_allowed',
  'critical_header',
  'type_not_allowed',
  'payload_malformed',
  'issuer_unknown',
  'key_not_found',
  'key_ambiguous',
  'key_unusable',
  'signature_wrong',
  'subject_missing',
  'audience_wrong',
  'expiry_missing',
  'expired',
  'not_yet_valid',
  'issued_in_future',
  'person_id_missing',
  'email_not_verified',
  'claims_not_matched',
  'proves_both',
  'bound_to_a_key',
  'address_not_allowed',
  'replayed',
  'task_token',
  'proof_of_another_key',
  'nonce_wrong',
] as const;

/** Why a proof of possession proves no key. */
export const PROOF_PROBLEMS = [
  'proof_malformed',
  'proof_type',
  'proof_algorithm',
  'proof_key',
  'proof_signature',
  'proof_method',
  'proof_url',
  'proof_stale',
  'proof_token_hash',
] as const;
export type TokenProblem = (typeof TOKEN_PROBLEMS)[number] | (typeof PROOF_PROBLEMS)[number];

export class TokenRefused {
  readonly problem: TokenProblem;
  /** Whose token it is or pretends to be, where that is an issuer that the config names. */
  readonly issuer: string | undefined;

  constructor(problem: TokenProblem, issuer?: string) {
    this.problem = problem;
    this.issuer = issuer;
  }
}
