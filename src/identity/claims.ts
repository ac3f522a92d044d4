// Whether a token's claims are what an operator's file demands.
import type { ClaimRule, Claims } from '../config/index.ts';

/** A claim named `a.b` is looked up whole first, then as member `b` of `a`: some issuers nest theirs. */
function claimValue(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function fits(value: unknown, rule: ClaimRule): boolean {
  if (typeof rule !== 'object') return value === rule;
  return typeof value === 'string' && new RegExp(`^(?:${rule.match})$`, 'u').test(value);
}

export function claimsFit(claims: Readonly<Record<string, unknown>>, rules: Claims): boolean {
  return Object.entries(rules).every(([name, rule]) => fits(claimValue(claims, name), rule));
}
