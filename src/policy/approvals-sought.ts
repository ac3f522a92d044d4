// What approvals can bring about: the fewest with which Cedar permits it, or the policies that no approval answers.
import { type Approvals, approverSets } from './approvers.ts';
import { ALL_COUNTS } from './buckets.ts';
import type { Evaluator, Request, Verdict } from './evaluate.ts';
import type { Answer } from './model.ts';
import { headFits } from './places.ts';
import { factsOfPolicy } from './policies.ts';
import { groupsReached } from './reach.ts';

export function denied(policies: readonly string[], touched: readonly string[] = policies): Answer {
  return { outcome: 'denied', code: 'denied_by_policy', policies, touched };
}

/** What approvals can change: the policies that look at them, and the groups that they come to ask for. */
interface Heeding {
  readonly forbids: ReadonlySet<string>;
  readonly permits: boolean;
  readonly groups: readonly string[];
}

function heeding(evaluator: Evaluator, request: Request, exist: readonly string[]): Heeding {
  const policies = evaluator
    .buckets(request)
    .filter(({ heedsApprovals }) => heedsApprovals)
    .flatMap((bucket) => bucket.policies)
    .filter((policy) => headFits(policy, request) && factsOfPolicy(policy).reads.approvals);
  const facts = policies.map(factsOfPolicy);
  // Who looks at all counts at once is heard of each group that any policy names.
  const all = facts.some(({ reads }) => ALL_COUNTS.some((member) => reads.members.has(member)));
  const named = new Set(facts.flatMap((one) => (all ? one.reads.approvers : groupsReached(request, one))));
  return {
    forbids: new Set(policies.filter(({ head }) => head.effect === 'forbid').map(({ id }) => id)),
    permits: policies.some(({ head }) => head.effect === 'permit'),
    groups: exist.filter((group) => named.has(group)),
  };
}

/**
 * All that eight groups can give, and of more groups the less demanding ones. Each set is a question to Cedar, and agents
 * choose how many operations are asked about at once.
 */
const MOST_SETS = 220;

/** The first set of approvers that permits it, else the policies that no approval answers. */
export function seekApprovals(
  evaluator: Evaluator,
  request: Request,
  first: Verdict,
  exist: readonly string[],
): Answer {
  const { forbids, permits, groups } = heeding(evaluator, request, exist);
  const final = first.policies.filter((id) => !forbids.has(id));
  if (final.length > 0) return denied(final, first.policies);
  if (first.policies.length === 0 && !permits) return denied([]);
  let standing = first.policies;
  let tried = 0;
  for (const approvals of approverSets(groups)) {
    tried += 1;
    if (tried > MOST_SETS) break;
    const verdict = evaluator.evaluate(request, approvals);
    if (verdict.permitted) return granted(approvals, first, verdict);
    standing = standing.filter((id) => verdict.policies.includes(id));
  }
  return denied(standing.length > 0 ? standing : first.policies, first.policies);
}

function granted(approvals: Approvals, first: Verdict, verdict: Verdict): Answer {
  return {
    outcome: 'needsApproval',
    approvals,
    policies: first.policies.length > 0 ? first.policies : verdict.policies,
    touched: [...new Set([...first.policies, ...verdict.policies])].sort(),
  };
}
