// Verifies one OIDC token against one issuer's rules and keys. No clock, no network: both are given.
import { createHash } from 'node:crypto';
import { type CryptoKey, compactVerify, importJWK, type JWK } from 'jose';
import { takeApart } from './compact.ts';
import { TokenRefused, type VerifiedClaims } from './model.ts';

export interface IssuerRules {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly string[];
  /** The claim that must hold the audience; `aud` where left out. */
  readonly audienceClaim?: string;
}

/** For `nbf` and `iat`: clocks differ. `exp` has none, since the issuer chose it with room to spare. */
const SKEW_SECONDS = 60;

export function tokenHash(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function headerProblem(
  header: Readonly<Record<string, unknown>>,
  rules: IssuerRules,
): TokenRefused | undefined {
  const { alg, typ } = header;
  if ('crit' in header) return new TokenRefused('critical_header');
  if (typeof alg !== 'string' || !rules.algorithms.includes(alg)) {
    return new TokenRefused('algorithm_not_allowed');
  }
  // Tokens of other kinds (`dpop+jwt`, `logout+jwt`, …) say so, and are not identity tokens.
  if (typ !== undefined && (typeof typ !== 'string' || typ.toUpperCase() !== 'JWT')) {
    return new TokenRefused('type_not_allowed');
  }
  return undefined;
}

/** The one key a token may have been signed with. A key that names another algorithm or use is not it. */
function chooseKey(keys: readonly JWK[], alg: string, kid: unknown): JWK | TokenRefused {
  const named = kid === undefined ? keys : keys.filter((key) => key.kid === kid);
  const fitting = named.filter(
    (key) => (key.alg === undefined || key.alg === alg) && (key.use === undefined || key.use === 'sig'),
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

/** The claims of a compact token that this issuer signed for this audience, or why it proves nothing. */
export async function verifyToken(
  token: string,
  keys: readonly JWK[],
  rules: IssuerRules,
  now: Date,
): Promise<VerifiedClaims | TokenRefused> {
  const apart = takeApart(token);
  if (apart instanceof TokenRefused) return apart;
  const { header, payload } = apart;
  const wrongHeader = headerProblem(header, rules);
  if (wrongHeader !== undefined) return wrongHeader;
  if (payload['iss'] !== rules.issuer) return new TokenRefused('issuer_unknown');

  const alg = String(header['alg']);
  const key = chooseKey(keys, alg, header['kid']);
  if (key instanceof TokenRefused) return key;
  if (!(await signatureHolds(token, key, alg))) return new TokenRefused('signature_wrong');

  const { sub } = payload;
  if (typeof sub !== 'string' || sub === '') return new TokenRefused('subject_missing');
  if (!audienceFits(payload, rules)) return new TokenRefused('audience_wrong');
  return timeProblem(payload, now) ?? (payload as VerifiedClaims);
}
