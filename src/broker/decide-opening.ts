// Whether a task may be opened, and as what: structure first, then Cedar, for everyone in the chain.
import { reviewProblem, statusProblem, wideningProblem } from '../agents/index.ts';
import type { Decision, DecisionInput } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { canonicalJson } from '../shared/json.ts';
import {
  type HeldCapability,
  isWithin,
  type RequestedCapability,
  type Task,
  withOwnParameters,
} from '../tasks/index.ts';
import { findAll } from './ceiling.ts';
import { chainProblem, decidedTask, decisionInput, narrowerBy } from './chain.ts';
import { egressProblem, outgoingOf } from './egress.ts';
import { shown } from './masking.ts';
import type { Attempt, Offered } from './opening.ts';
import { isOfFiles } from './refusals.ts';
import { linksAbove, standingProblem } from './standing.ts';

/** The tasks above, the root first. */
export function tasksAbove(offered: Offered | undefined): readonly Task[] {
  return offered === undefined ? [] : [...linksAbove(offered.parent), offered.parent.task];
}

/** Asked for twice with the same parameters, a capability is held once. */
export function eachOnce(requested: readonly RequestedCapability[]): readonly RequestedCapability[] {
  const key = ({ capability, parameters }: RequestedCapability) => canonicalJson({ capability, parameters });
  return [...new Map(requested.map((one) => [key(one), one])).values()];
}

function agentProblem({ agent, state, rules, wanted, now }: Attempt): Refusal | undefined {
  const { timeZone, attest } = rules.config.broker;
  const capabilities = wanted.capabilities.map(({ capability }) => capability);
  return (
    statusProblem(agent.id, state) ??
    reviewProblem(agent, state, timeZone, now) ??
    (attest === 'onChange' ? wideningProblem(agent, state, capabilities) : undefined)
  );
}

function tooLong(most: number, why: string): Refusal {
  return new Refusal('invalid_request', 'The task would last too long.', {
    errors: [{ path: 'ttlSeconds', problem: `must be at most ${most} ${why}` }],
  });
}

function lifeProblem({ agent, wanted, offered, now }: Attempt): Refusal | undefined {
  const { ttlSeconds } = wanted;
  if (ttlSeconds === undefined) return undefined;
  if (ttlSeconds > agent.maxTaskSeconds) return tooLong(agent.maxTaskSeconds, 'for this agent');
  if (offered === undefined) return undefined;
  const left = Math.floor((Date.parse(offered.delegation.expiresAt) - now.getTime()) / 1000);
  return ttlSeconds > left ? tooLong(left, 'here, which is what the delegation has left') : undefined;
}

/** What the delegation and the tasks above it don't hold can't be had through it. */
function delegationProblem(
  { rules, offered, now, keys }: Attempt,
  requested: readonly RequestedCapability[],
): Refusal | undefined {
  if (offered === undefined) return undefined;
  const over = standingProblem(offered.parent, now);
  if (over !== undefined) return over;
  const { capabilities } = withOwnParameters(offered.delegation, keys);
  const wider = requested.find((one) => !isWithin(capabilities, one, narrowerBy(rules.config)));
  if (wider !== undefined) {
    const held = capabilities.map(({ capability }) => capability).join(', ');
    return new Refusal(
      'outside_task',
      `The delegation does not cover ${wider.capability} with these parameters. It covers: ${held}.`,
    );
  }
  const above = tasksAbove(offered).map((task) => withOwnParameters(task, keys));
  return chainProblem(rules, above, requested);
}

/** What a task would hold, and what that was decided by. */
export interface Opening {
  readonly capabilities: readonly HeldCapability[];
  readonly input: DecisionInput;
}

function inputOf(
  { agent, wanted, requester, offered, caller, now, rules }: Attempt,
  requested: readonly RequestedCapability[],
): DecisionInput {
  const above = tasksAbove(offered);
  const own = {
    agent: agent.id,
    purpose: wanted.purpose,
    ...(requester === undefined ? {} : { requester }),
    openedAt: now.toISOString(),
    ancestors: above.map((task) => ({ task: task.id, agent: task.agent })),
  };
  const operations = shown(rules.masking, requested);
  return decisionInput([own, ...above].map(decidedTask), operations, caller.facts, now);
}

/** Why there is no task, and what that was decided by where the operator's files decided it. */
export interface NoOpening {
  readonly refusal: Refusal;
  readonly input?: DecisionInput;
  /** One for each of the operations. */
  readonly decisions?: readonly Decision[];
}

/** The capabilities with their decisions, or why there is no task. */
export function decideOpening(attempt: Attempt): Opening | NoOpening {
  const { rules, agent, wanted } = attempt;
  const requested = eachOnce(wanted.capabilities);
  const problem = structureProblem(attempt, requested);
  const input = inputOf(attempt, requested);
  if (problem !== undefined) return isOfFiles(problem) ? { refusal: problem, input } : { refusal: problem };
  const decisions = rules.policy.decideEach(input);
  const [first] = decisions;
  if (first === undefined) throw new TypeError(`nothing was decided for ${agent.id}`);
  if (decisions.every(({ outcome }) => outcome === 'denied')) {
    const detail = 'Policy allows none of these capabilities.';
    const extras = { decision: first };
    return { refusal: new Refusal(first.code ?? 'denied_by_policy', detail, extras), input, decisions };
  }
  const capabilities = requested.map((one, place) => ({ ...one, decision: decisions[place] ?? first }));
  return { capabilities, input };
}

function structureProblem(attempt: Attempt, requested: readonly RequestedCapability[]): Refusal | undefined {
  const { rules, agent, wanted } = attempt;
  const problem = agentProblem(attempt) ?? lifeProblem(attempt);
  if (problem !== undefined) return problem;
  // What is wrong is told of the request as it was sent, where a capability may stand twice.
  const found = findAll(rules.config, agent, wanted.capabilities);
  if (found instanceof Refusal) return found;
  return delegationProblem(attempt, requested) ?? egressProblem(rules.masking, outgoingOf(requested));
}
