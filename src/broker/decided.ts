// What a "no" is answered with, by the operator's files or by policy, and what of it is written down.
import type { Decision, DecisionInput, Memory, Operation, PolicyEngine } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { CallSession } from '../tasks/index.ts';
import { isOfFiles } from './refusals.ts';

/** Why a call does not go on, with as much of its decision as was come to. */
export interface RefusedOperation {
  readonly refusal: Refusal;
  readonly operation?: readonly Operation[];
  readonly decision?: Decision;
  readonly input?: DecisionInput;
  readonly session?: CallSession;
}

const MEMORIES = new WeakMap<PolicyEngine, Memory>();
/** Policies that look at the clock have an answer for each moment. */
const MOST_REMEMBERED = 1000;

/** What was answered before to all that policies look at is answered again: most calls of a task are alike. */
export function decide(policy: PolicyEngine, input: DecisionInput): Decision {
  const known = MEMORIES.get(policy);
  const memory = known === undefined || known.size >= MOST_REMEMBERED ? new Map() : known;
  if (memory !== known) MEMORIES.set(policy, memory);
  return policy.decide(input, memory);
}

/** What a decision is answered with that nobody's approval changes. What needs approval goes on: somebody is asked. */
export function refusalOfDecision(decision: Decision): Refusal | undefined {
  if (decision.outcome !== 'denied') return undefined;
  return new Refusal(decision.code ?? 'denied_by_policy', 'Policy does not allow it.', { decision });
}

/** What the operator's files refuse may be asked of other files later, so its input is kept. */
export function refusedPlan(
  refusal: Refusal,
  operation: readonly Operation[],
  input: DecisionInput,
): RefusedOperation {
  return isOfFiles(refusal) ? { refusal, operation, input } : { refusal, operation };
}
