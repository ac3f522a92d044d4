// Who is calling, once that is proven.

export interface ProvenAgent {
  readonly kind: 'agent';
  /** The id of its definition. */
  readonly agent: string;
  readonly issuer: string;
  readonly subject: string;
  /** SHA-256 of the token, in hex: enough to find it again, useless to replay. */
  readonly tokenHash: string;
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
] as const;
export type TokenProblem = (typeof TOKEN_PROBLEMS)[number];

export class TokenRefused {
  readonly problem: TokenProblem;

  constructor(problem: TokenProblem) {
    this.problem = problem;
  }
}
