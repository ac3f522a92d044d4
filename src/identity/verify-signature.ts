// Verifies the signature of a compact JWS, whatever its payload is. It knows no clock and no network: keys are given.
import { algorithmNamed, signatureHolds } from './algorithms.ts';
import { type CompactParts, type JsonMembers, splitCompact } from './compact.ts';
import { headerProblem, type SignatureRules } from './header.ts';
import { chooseKey, type KeySet } from './keys.ts';
import { TokenRefused } from './model.ts';

export interface VerifiedSignature {
  readonly header: JsonMembers;
  readonly payload: Uint8Array;
}

/** What is wrong with the signature of a token whose header was judged before. */
export function signatureProblem(
  { header, signed, signature }: Omit<CompactParts, 'payload'>,
  keySet: KeySet,
  { algorithms }: SignatureRules,
): TokenRefused | undefined {
  const { alg, kid } = header;
  const algorithm = algorithmNamed(alg);
  if (algorithm === undefined) return new TokenRefused('algorithm_not_allowed');
  const key = chooseKey(keySet, algorithm, kid, algorithms);
  if (key instanceof TokenRefused) return key;
  return signatureHolds(algorithm, key, signed, signature) ? undefined : new TokenRefused('signature_wrong');
}

/**
 * The whole of the JOSE layer: the compact form, sizes, header, choice of the key, signature. Of an issuer's rules
 * only `algorithms` and `types` count. What it accepts is signed; whether it is a token for anyone is `verifyToken`'s
 * to say.
 */
export async function verifySignature(
  token: string,
  keySet: KeySet,
  rules: SignatureRules,
): Promise<VerifiedSignature | TokenRefused> {
  const parts = splitCompact(token);
  if (parts instanceof TokenRefused) return parts;
  const wrong = headerProblem(parts.header, rules) ?? signatureProblem(parts, keySet, rules);
  return wrong ?? { header: parts.header, payload: parts.payload };
}
