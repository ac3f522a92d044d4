// Whether a token's claims are what an operator's file demands.
import type { ClaimPattern, ClaimRule, Claims } from '../config/index.ts';
import { isMembers, type JsonMembers } from './compact.ts';

/** Longer text fits no pattern, so that no token keeps an operator's pattern busy. */
const MOST_MATCHED_CHARACTERS = 1024;

/** A claim that is there, in a list of its own: what it holds may be anything. */
type Found = readonly [unknown] | undefined;

/**
 * Whole names come first: then `a.b` is member `b` of `a`, where `a` is the longest name that leads to one. Names may
 * hold dots themselves, as in `kubernetes.io`. Lists are not entered, and what an object inherits is not its own.
 */
function findClaim(claims: JsonMembers, name: string): Found {
  if (Object.hasOwn(claims, name)) return [claims[name]];
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const outer = name.slice(0, dot);
    const value = Object.hasOwn(claims, outer) ? claims[outer] : undefined;
    const found = isMembers(value) ? findClaim(value, name.slice(dot + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

export function claimValue(claims: JsonMembers, name: string): unknown {
  return findClaim(claims, name)?.[0];
}

/** `{ match: text }` and nothing else. Any other mapping says what the members of a claim must be. */
function isPattern(rule: ClaimRule): rule is ClaimPattern {
  return typeof rule === 'object' && Object.keys(rule).length === 1 && typeof rule['match'] === 'string';
}

function fits(value: unknown, rule: ClaimRule): boolean {
  if (typeof rule !== 'object') return value === rule;
  if (!isPattern(rule)) return isMembers(value) && claimsFit(value, rule);
  if (typeof value !== 'string' || value.length > MOST_MATCHED_CHARACTERS) return false;
  return new RegExp(`^(?:${rule.match})$`, 'u').test(value);
}

export function claimsFit(claims: JsonMembers, rules: Claims): boolean {
  return Object.entries(rules).every(([name, rule]) => fits(claimValue(claims, name), rule));
}
