// One decision out of several: the strictest holds, and an approval must satisfy them all.
import { countOf } from './approvers.ts';
import type { Decision } from './model.ts';

export const STRICTNESS = { allowed: 0, needsApproval: 1, denied: 2 } as const;

function mergedApprovals(decisions: readonly Decision[]): NonNullable<Decision['approvals']> {
  const of: Record<string, number> = {};
  let count = 0;
  for (const { approvals } of decisions) {
    count = Math.max(count, approvals?.count ?? 0);
    for (const [group, needed] of Object.entries(approvals?.of ?? {})) {
      of[group] = Math.max(countOf(of, group), needed);
    }
  }
  const named = Object.values(of).reduce((sum, needed) => sum + needed, 0);
  return { count: Math.max(count, named), of };
}

export function strictest(decisions: readonly Decision[]): Decision {
  const top = Math.max(...decisions.map(({ outcome }) => STRICTNESS[outcome]));
  const holding = decisions.filter(({ outcome }) => STRICTNESS[outcome] === top);
  const [first] = holding;
  if (first === undefined) throw new RangeError('nothing was decided');
  if (holding.length === 1) return first;
  return {
    ...first,
    policies: [...new Set(holding.flatMap(({ policies }) => policies))].sort(),
    ...(first.outcome === 'needsApproval' ? { approvals: mergedApprovals(holding) } : {}),
  };
}
