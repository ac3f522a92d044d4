// What would make it pass, in words.
import type { Approvals } from './approvers.ts';
import type { ExplainedOperation, ExplainedPolicy } from './explain.ts';
import type { Unmet } from './explain-unmet.ts';
import type { Value } from './explain-values.ts';
import type { Decision } from './model.ts';
import { strictest } from './strictest.ts';

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const inWords = (count: number) => NUMBERS[count] ?? String(count);

const ANYONE = 'anyone who may approve';

/** `one approval by orders-owners`; `two approvals: one by security, one by anyone who may approve`. */
export function approvalsInWords({ count, of }: Approvals): string {
  const named = Object.entries(of).filter(([, needed]) => needed > 0);
  const open = count - named.reduce((sum, [, needed]) => sum + needed, 0);
  const shares = [
    ...named.map(([group, needed]) => [needed, group] as const),
    ...(open > 0 ? [[open, ANYONE] as const] : []),
  ];
  const all = `${inWords(count)} ${count === 1 ? 'approval' : 'approvals'}`;
  const [first, ...others] = shares;
  if (first === undefined) return all;
  if (others.length === 0) return `${all} by ${first[1]}`;
  return `${all}: ${shares.map(([needed, who]) => `${inWords(needed)} by ${who}`).join(', ')}`;
}

/** A purpose may be a page long. */
const LONGEST_VALUE = 100;

export function valueInWords({ of, is }: Value): string {
  return `${of} is ${is.length > LONGEST_VALUE ? `${is.slice(0, LONGEST_VALUE)}…` : is}`;
}

/** In brackets after a condition: why it does not hold. */
function whyNot({ values, error }: { readonly values: readonly Value[]; readonly error?: string }): string {
  const why = [...(error === undefined ? [] : [`errs: ${error}`]), ...values.map(valueInWords)];
  return why.length === 0 ? '' : ` (${why.join(', ')})`;
}

/** Nobody reads more alternatives than these in one sentence. */
const MOST_WAYS = 6;

function unmetInWords(unmet: Unmet): string {
  if (!('anyOf' in unmet)) return `${unmet.text}${whyNot(unmet)}`;
  const left = unmet.anyOf.length - MOST_WAYS;
  const ways = unmet.anyOf.slice(0, MOST_WAYS).map(allInWords);
  return [...ways, ...(left > 0 ? [`${left} other ways`] : [])].join(' or ');
}

const isUntold = (unmet: Unmet) => 'untold' in unmet;

export function allInWords(all: readonly Unmet[]): string {
  return all
    .map((unmet, place) => {
      const words =
        all.length > 1 && 'anyOf' in unmet ? `either ${unmetInWords(unmet)}` : unmetInWords(unmet);
      if (place === 0) return words;
      return isUntold(unmet) ? ` and then ${words}` : ` and ${words}`;
    })
    .join('');
}

const ids = (policies: readonly ExplainedPolicy[]) => policies.map(({ id }) => id).join(', ');

/** Approvals are all that it takes, or nothing at all. */
const isAnswerable = ({ remaining, hopeless }: ExplainedPolicy) => remaining.length === 0 && !hopeless;

function ofForbids(standing: readonly ExplainedPolicy[]): readonly string[] {
  if (standing.length === 0) return [];
  return [
    `no approval helps: forbidden by ${ids(standing)}`,
    ...standing.map(({ id, hopeless, remaining }) =>
      hopeless
        ? `${id} forbids it whatever else is the case`
        : `for ${id} to forbid it no longer: ${allInWords(remaining)}`,
    ),
  ];
}

function ofPermit(nearest: ExplainedPolicy | undefined): readonly string[] {
  if (nearest === undefined) return ['no policy is about it: somebody would have to write a permit'];
  return isAnswerable(nearest) ? [] : [`for ${nearest.id} to permit it: ${allInWords(nearest.remaining)}`];
}

/** One set of approvers that would do for each of them. */
function allApprovals(policies: readonly (ExplainedPolicy | undefined)[]): readonly string[] {
  const asked = policies.flatMap((policy) => policy?.approvals ?? []);
  if (asked.length === 0) return [];
  const { approvals } = strictest(
    asked.map((one) => ({ outcome: 'needsApproval', approvals: one, policies: [], configDigest: '' })),
  );
  return approvals === undefined ? [] : [`and then ${approvalsInWords(approvals)}`];
}

/** Each for itself could be satisfied, but no set of approvers satisfies all of them. */
function ofRulesAtOdds(policies: readonly ExplainedPolicy[]): string {
  const asking = policies.filter(({ approvals }) => approvals !== undefined);
  const each = asking.length === 0 ? '' : `; each of these alone could be answered: ${ids(asking)}`;
  return `no approval helps: no set of up to three approvers satisfies all rules at once${each}`;
}

function ofDenial(policies: readonly ExplainedPolicy[]): readonly string[] {
  const errs = policies.filter(({ says }) => says === 'errs');
  // What errs denies, whatever else is said.
  if (errs.length > 0) return errs.map(({ id, error = 'no reason' }) => `${id} must not err: ${error}`);
  const forbids = policies.filter(({ says }) => says === 'forbids');
  const standing = forbids.filter((forbid) => !isAnswerable(forbid));
  const permits = policies.filter(({ effect, hopeless }) => effect === 'permit' && !hopeless);
  const nearest = permits.find(({ says }) => says === 'permits') ?? permits[0];
  if (standing.length === 0 && nearest !== undefined && isAnswerable(nearest))
    return [ofRulesAtOdds(policies)];
  return [...ofForbids(standing), ...ofPermit(nearest), ...allApprovals([...forbids, nearest])];
}

/** Sentences without a full stop. None where it is allowed. */
export function remediesOf(
  { outcome, approvals }: Decision,
  policies: readonly ExplainedPolicy[],
): readonly string[] {
  if (outcome === 'denied') return ofDenial(policies);
  return outcome === 'allowed' || approvals === undefined ? [] : [approvalsInWords(approvals)];
}

/** Each says of whom and of what it is, where there are several. */
export function remediesOfAll(
  decision: Decision,
  operations: readonly ExplainedOperation[],
): readonly string[] {
  if (decision.outcome !== 'denied') return remediesOf(decision, []);
  const remedies = operations.flatMap(({ operation, tasks }) =>
    tasks
      .filter((task) => task.decision.outcome === 'denied')
      .flatMap((task) => {
        const whose = tasks.length > 1 ? [task.agent] : [];
        const what = operations.length > 1 ? [operation.capability] : [];
        const of = [...whose, ...what].join(', ');
        return task.remedies.map((remedy) => (of === '' ? remedy : `${of}: ${remedy}`));
      }),
  );
  return [...new Set(remedies)];
}
