// Whether a task may be opened, and as what: structure first, then Cedar, for everyone in the chain.
import { reviewProblem, statusProblem, wideningProblem } from '../agents/index.ts';
import { Refusal } from '../shared/errors.ts';
import { canonicalJson } from '../shared/json.ts';
import { type HeldCapability, isWithin, type RequestedCapability, type Task } from '../tasks/index.ts';
import { findAll } from './ceiling.ts';
import { chainProblem, deciderForChain, narrowerBy } from './chain.ts';
import type { Attempt, Offered } from './opening.ts';
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
  { rules, offered, now }: Attempt,
  requested: readonly RequestedCapability[],
): Refusal | undefined {
  if (offered === undefined) return undefined;
  const over = standingProblem(offered.parent, now);
  if (over !== undefined) return over;
  const { capabilities } = offered.delegation;
  const wider = requested.find((one) => !isWithin(capabilities, one, narrowerBy(rules.config)));
  if (wider !== undefined) {
    const held = capabilities.map(({ capability }) => capability).join(', ');
    return new Refusal(
      'outside_task',
      `The delegation does not cover ${wider.capability} with these parameters. It covers: ${held}.`,
    );
  }
  return chainProblem(rules, tasksAbove(offered), requested);
}

/** The capabilities with their decisions, or why there is no task. */
export function decideOpening(attempt: Attempt): readonly HeldCapability[] | Refusal {
  const { rules, agent, wanted, requester, offered } = attempt;
  const problem = agentProblem(attempt) ?? lifeProblem(attempt);
  if (problem !== undefined) return problem;
  const requested = eachOnce(wanted.capabilities);
  // What is wrong is told of the request as it was sent, where a capability may stand twice.
  const asSent = findAll(rules.config, agent, wanted.capabilities);
  if (asSent instanceof Refusal) return asSent;
  const found = findAll(rules.config, agent, requested);
  if (found instanceof Refusal) return found;
  const outside = delegationProblem(attempt, requested);
  if (outside !== undefined) return outside;
  const above = tasksAbove(offered);
  const own = {
    agent: agent.id,
    purpose: wanted.purpose,
    ...(requester === undefined ? {} : { requester }),
    ancestors: above.map((task) => ({ task: task.id, agent: task.agent })),
    capabilities: [],
  };
  const decide = deciderForChain(rules, own, above);
  const held = found.map((one, place): HeldCapability => {
    const { parameters = {} } = requested[place] ?? {};
    const decision = decide(one);
    return { capability: `${one.target.id}:${one.name}`, parameters, decision };
  });
  const [first] = held;
  if (first === undefined || held.some(({ decision }) => decision.outcome !== 'denied')) return held;
  const { decision } = first;
  return new Refusal(decision.code ?? 'denied_by_policy', 'Policy allows none of these capabilities.', {
    decision,
  });
}
