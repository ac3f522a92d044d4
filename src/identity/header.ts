// What a token's header may say. It is the sender's word: it chooses among what the operator allows, and adds nothing.
import { algorithmNamed } from './algorithms.ts';
import type { JsonMembers } from './compact.ts';
import { TokenRefused } from './model.ts';

/** The part of an issuer's rules that concerns the signature. */
export interface SignatureRules {
  readonly algorithms: readonly string[];
  /** What `typ` may be. Left out: `JWT`, or none at all. */
  readonly types?: readonly string[];
}

const MAX_KEY_ID_CHARACTERS = 512;
const JUST_A_TOKEN = ['JWT'];

/** Media types have no case, and `application/` may be left out where no other slash is (RFC 7515, 4.1.9). */
function mediaType(type: string): string {
  return (type.includes('/') ? type : `application/${type}`).toLowerCase();
}

export function isOfType(type: unknown, types: readonly string[]): boolean {
  if (typeof type !== 'string') return false;
  const wanted = mediaType(type);
  return types.some((one) => mediaType(one) === wanted);
}

/** A token that does not say its type is taken for a plain `JWT`, and only where such are. */
function typeFits(header: JsonMembers, types: readonly string[]): boolean {
  return isOfType('typ' in header ? header['typ'] : 'JWT', types);
}

function algorithmFits(name: unknown, { algorithms }: SignatureRules): boolean {
  const algorithm = algorithmNamed(name);
  return algorithm !== undefined && algorithms.some((allowed) => algorithmNamed(allowed) === algorithm);
}

/** Whether it demands what the broker does not do: no extension is understood, so none may be critical. */
export function hasExtensions(header: JsonMembers): boolean {
  // Without `crit`, `b64` is meaningless to most verifiers and means another payload to some.
  return 'crit' in header || 'b64' in header;
}

export function headerProblem(header: JsonMembers, rules: SignatureRules): TokenRefused | undefined {
  if (hasExtensions(header)) return new TokenRefused('critical_header');
  if (!algorithmFits(header['alg'], rules)) return new TokenRefused('algorithm_not_allowed');
  // Tokens of other kinds (`dpop+jwt`, `logout+jwt`, …) say so, and are not identity tokens.
  if (!typeFits(header, rules.types ?? JUST_A_TOKEN)) return new TokenRefused('type_not_allowed');
  const { kid } = header;
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > MAX_KEY_ID_CHARACTERS)) {
    return new TokenRefused('header_malformed');
  }
  return undefined;
}
