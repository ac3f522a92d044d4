// Verifies one OIDC token against one issuer's rules and keys. No clock, no network: both are given.
import type { Claims } from '../config/index.ts';
import { sha256 } from '../shared/hash.ts';
import { claimsFit } from './claims.ts';
import { type JsonMembers, type TakenApart, takeApart } from './compact.ts';
import { headerProblem, type SignatureRules } from './header.ts';
import type { KeySet } from './keys.ts';
import { TokenRefused, type VerifiedClaims } from './model.ts';
import { signatureProblem } from './verify-signature.ts';

export interface IssuerRules extends SignatureRules {
  readonly issuer: string;
  readonly audience: string;
  /** The claim that must hold the audience; `aud` where left out. */
  readonly audienceClaim?: string;
  /** What every token of this issuer must hold. */
  readonly claims?: Claims;
}

/** For `nbf` and `iat`: clocks differ. `exp` has none, since the issuer chose it with room to spare. */
const SKEW_SECONDS = 60;

export function tokenHash(token: string): string {
  return sha256(token);
}

function audienceFits(payload: JsonMembers, rules: IssuerRules): boolean {
  const value = payload[rules.audienceClaim ?? 'aud'];
  return Array.isArray(value) ? value.includes(rules.audience) : value === rules.audience;
}

/** Left out, or a moment that has come. JSON can hold numbers too large to be any: those never have. */
function hasCome(moment: unknown, seconds: number): boolean {
  if (moment === undefined) return true;
  return Number.isFinite(moment) && Number(moment) - SKEW_SECONDS <= seconds;
}

function timeProblem({ exp, nbf, iat }: JsonMembers, now: Date): TokenRefused | undefined {
  const seconds = now.getTime() / 1000;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return new TokenRefused('expiry_missing');
  // Written so that a moment that is none refuses, too.
  if (!(exp > seconds)) return new TokenRefused('expired');
  if (!hasCome(nbf, seconds)) return new TokenRefused('not_yet_valid');
  return hasCome(iat, seconds) ? undefined : new TokenRefused('issued_in_future');
}

/** Half a character would be kept as the same replacement for all such, and so make two subjects one. */
function isSubject(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

function claimsProblem(payload: JsonMembers, rules: IssuerRules, now: Date): TokenRefused | undefined {
  const { iss, sub } = payload;
  if (iss !== rules.issuer) return new TokenRefused('issuer_unknown');
  if (!isSubject(sub)) return new TokenRefused('subject_missing');
  if (!audienceFits(payload, rules)) return new TokenRefused('audience_wrong');
  const badTime = timeProblem(payload, now);
  if (badTime !== undefined) return badTime;
  return claimsFit(payload, rules.claims ?? {}) ? undefined : new TokenRefused('claims_not_matched');
}

/** What is wrong with a token whoever signed it: such a one is refused before anyone's keys are asked for. */
export function unsignedProblem(
  { header, payload }: Pick<TakenApart, 'header' | 'payload'>,
  rules: IssuerRules,
  now: Date,
): TokenRefused | undefined {
  return headerProblem(header, rules) ?? claimsProblem(payload, rules, now);
}

/** The claims of a compact token that this issuer signed for this audience, or why it proves nothing. */
export async function verifyToken(
  token: string,
  keySet: KeySet,
  rules: IssuerRules,
  now: Date,
): Promise<VerifiedClaims | TokenRefused> {
  const apart = takeApart(token);
  if (apart instanceof TokenRefused) return apart;
  const wrong = unsignedProblem(apart, rules, now) ?? signatureProblem(apart, keySet, rules);
  return wrong ?? (apart.payload as VerifiedClaims);
}
