// Verifies one OIDC token against one issuer's rules and keys. No clock, no network: both are given.
import { createHash } from 'node:crypto';
import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose';
import { type TakenApart, takeApart } from './compact.ts';
import { TokenRefused, type VerifiedClaims } from './model.ts';

export interface IssuerRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** The claim that must hold the audience; `aud` where left out. */
  readonly audienceClaim?: string;
}

const MAX_KEY_ID_CHARACTERS = 512;

/** For `nbf` and `iat`: clocks differ. `exp` has none, since the issuer chose it with room to spare. */
const SKEW_SECONDS = 60;

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function headerProblem(
  header: Readonly<Record<string, unknown>>,
  rules: IssuerRules,
): TokenRefused | undefined {
  const { alg, kid, typ } = header;
  if ('crit' in header) return new TokenRefused('critical_header');
  if (typeof alg !== 'string' || !rules.algorithms.includes(alg)) {
    return new TokenRefused('algorithm_not_allowed');
  }
  // Tokens of other kinds (`dpop+jwt`, `logout+jwt`, …) say so, and are not identity tokens.
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) {
    return new TokenRefused('type_not_allowed');
  }
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KEY_ID_CHARACTERS)) {
    return new TokenRefused('header_malformed');
  }
  return undefined;
}

/** The one key a token may have been signed with. A key that names another algorithm or use is not it. */
function chooseKey(keys: readonly JWK[], alg: string, kid: unknown): JWK | TokenRefused {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid);
  const fitting = named.filter(
    (key) =>
      (key.alg === undefined || key.alg === alg) &&
      (key.use === undefined || key.use === 'sig') &&
      (key.key_ops === undefined || key.key_ops.includes('verify')),
  );
  const [key, another] = fitting;
  if (key === undefined) return new TokenRefused('key_not_found');
  return another === undefined ? key : new TokenRefused('key_ambiguous');
}

/** Keys once imported, for as long as their set is kept. */
const imported = new WeakMap<JWK, Map<string, Promise<CryptoKey | Uint8Array>>>();

function importedKey(key: JWK, alg: string): Promise<CryptoKey | Uint8Array> {
  const byAlgorithm = imported.get(key) ?? new Map<string, Promise<CryptoKey | Uint8Array>>();
  imported.set(key, byAlgorithm);
  let promise = byAlgorithm.get(alg);
  if (promise === undefined) {
    // Only public material: a set that carries anything else is not used with it.
    const { kty, crv, x, y, n, e } = key;
    const publicPart = Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined);
    promise = importJWK(Object.fromEntries(publicPart) as JWK, alg);
    byAlgorithm.set(alg, promise);
  }
  return promise;
}

async function signatureHolds(token: string, key: JWK, alg: string): Promise<boolean> {
  try {
    await compactVerify(token, await importedKey(key, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}

function audienceFits(payload: Readonly<Record<string, unknown>>, rules: IssuerRules): boolean {
  const value = payload[rules.audienceClaim ?? 'aud'];
  return Array.isArray(value) ? value.includes(rules.audience) : value === rules.audience;
}

function timeProblem(payload: Readonly<Record<string, unknown>>, now: Date): TokenRefused | undefined {
  const seconds = now.getTime() / 1000;
  const { exp, nbf, iat } = payload;
  if (typeof exp !== 'number' || !Number.isFinite(exp)) return new TokenRefused('expiry_missing');
  if (exp <= seconds) return new TokenRefused('expired');
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf - SKEW_SECONDS > seconds)) {
    return new TokenRefused('not_yet_valid');
  }
  if (iat !== undefined && (typeof iat !== 'number' || iat - SKEW_SECONDS > seconds)) {
    return new TokenRefused('issued_in_future');
  }
  return undefined;
}

function claimsProblem(
  payload: Readonly<Record<string, unknown>>,
  rules: IssuerRules,
  now: Date,
): TokenRefused | undefined {
  const { iss, sub } = payload;
  if (iss !== rules.issuer) return new TokenRefused('issuer_unknown');
  if (typeof sub !== 'string' || sub === '') return new TokenRefused('subject_missing');
  if (!audienceFits(payload, rules)) return new TokenRefused('audience_wrong');
  return timeProblem(payload, now);
}

/** What is wrong with a token whoever signed it: such a one is refused before anyone's keys are asked for. */
export function unsignedProblem(
  { header, payload }: TakenApart,
  rules: IssuerRules,
  now: Date,
): TokenRefused | undefined {
  return headerProblem(header, rules) ?? claimsProblem(payload, rules, now);
}

/** The claims of a compact token that this issuer signed for this audience, or why it proves nothing. */
export async function verifyToken(
  token: string,
  keys: readonly JWK[],
  rules: IssuerRules,
  now: Date,
): Promise<VerifiedClaims | TokenRefused> {
  const apart = takeApart(token);
  if (apart instanceof TokenRefused) return apart;
  const wrong = unsignedProblem(apart, rules, now);
  if (wrong !== undefined) return wrong;

  const { header, payload } = apart;
  const alg = String(header['alg']);
  const key = chooseKey(keys, alg, header['kid']);
  if (key instanceof TokenRefused) return key;
  if (!(await signatureHolds(token, key, alg))) return new TokenRefused('signature_wrong');
  return payload as VerifiedClaims;
}
