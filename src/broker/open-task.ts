// Opens a task: who asks, is it inside the ceiling, does policy agree, claim, write down, hand out the token.
import {
  type AgentState,
  agentKey,
  ceilingOf,
  generationOf,
  seenKey,
  statusProblem,
} from '../agents/index.ts';
import { Refusal } from '../shared/errors.ts';
import { makeId, tailFrom } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { millisecondsBetween } from '../shared/moments.ts';
import { sealedBeside, type Task, type TaskRecord, taskKey } from '../tasks/index.ts';
import { type Caller, callingAgent } from './caller.ts';
import { decideOpening, type Opening, tasksAbove } from './decide-opening.ts';
import { handOut, repeatOpening } from './hand-out.ts';
import { hear } from './hear.ts';
import { agentOptions, keyHeldUntil, taskOptions } from './keeping.ts';
import { shown } from './masking.ts';
import { accept, inheritedRequester, offeredTo } from './offered.ts';
import type { Attempt, OpenedTask, OpeningDependencies, WantedTask } from './opening.ts';
import { ownerOf } from './owner.ts';
import { isOfBody, MISMATCH } from './refusals.ts';
import { refuseOpening, tellRefused } from './refuse-opening.ts';
import { requesterOf } from './requester.ts';
import { noteSeen } from './seen.ts';

export async function openTask(
  dependencies: OpeningDependencies,
  caller: Caller,
  wanted: WantedTask | Refusal,
): Promise<OpenedTask | Refusal> {
  const arrivedAt = dependencies.clock.now();
  const rules = await dependencies.rules();
  const proven = await callingAgent(dependencies, rules, caller);
  if (proven instanceof Refusal) return proven;
  const agent = rules.config.agents[proven.agent];
  if (agent === undefined) return new Refusal('unknown_agent', 'The agent is no longer registered.');

  const { ids, clock, records } = dependencies;
  const now = clock.now();
  const { idempotencyKey: key, facts, path } = caller;
  const tail = key === undefined ? ids.random(10) : tailFrom(agent.id, facts.method, path, key);
  const id = makeId('task', now, tail);
  const [[state, earlier], keys] = await Promise.all([
    records.read([agentKey(agent.id), ...(key === undefined ? [] : [taskKey(id)])]),
    dependencies.tokenKeys(),
    noteSeen(dependencies, seenKey(agent.id), facts),
  ]);
  const held = earlier === undefined ? undefined : (earlier.value as unknown as TaskRecord);
  const isHeld = held !== undefined && heldAt(held, now);
  if (wanted instanceof Refusal) return isHeld && isOfBody(wanted) ? MISMATCH : wanted;
  // Before anything else is judged: what was a good request then, as with a token that was valid, still is that one.
  const known = {
    ...{ rules, proven, agent, id, arrivedAt, now },
    ...hear(rules.masking, caller, { ...wanted, purpose: wanted.purpose ?? agent.purpose }),
    keys,
    unused: earlier === undefined,
    state: state?.value as unknown as AgentState | undefined,
    stateVersion: state?.version,
  };
  return isHeld ? repeat(dependencies, known, held) : attemptOf(dependencies, known);
}

/** An agent that may not act gets no fresh token either. What was refused then is refused the same way. */
async function repeat(
  dependencies: OpeningDependencies,
  known: Known,
  held: TaskRecord,
): Promise<OpenedTask | Refusal> {
  const problem = held.status === 'refused' ? undefined : statusProblem(known.agent.id, known.state);
  if (problem === undefined) return repeatOpening(dependencies, known.caller, held);
  const nobody = { requester: undefined, offered: undefined, ancestors: [] };
  return (await tellRefused(dependencies, { ...known, ...nobody }, problem)) ?? problem;
}

interface Known extends Omit<Attempt, 'requester' | 'offered' | 'ancestors'> {
  /** Whether its key never had a task: what was begun with it may be gone on with. */
  readonly unused: boolean;
}

/** For whom, and under which task: the last that must be known before it is decided. */
async function attemptOf(dependencies: OpeningDependencies, known: Known): Promise<OpenedTask | Refusal> {
  const { wanted, agent, id, now, rules, caller } = known;
  if (wanted.delegation === undefined) {
    const requester = await requesterOf(dependencies, rules, caller, wanted);
    if (requester instanceof Refusal) return requester;
    return claim(dependencies, { ...known, requester, offered: undefined, ancestors: [] });
  }
  const by = { agent: agent.id, task: id, unused: known.unused };
  const offered = await offeredTo(dependencies, wanted.delegation, by, now);
  if ('refusal' in offered) {
    const { refusal, ancestors, requester } = offered;
    return refuseOpening(dependencies, { ...known, requester, offered: undefined, ancestors }, refusal);
  }
  const requester = inheritedRequester(offered, wanted);
  if (requester instanceof Refusal) return requester;
  return claim(dependencies, { ...known, requester, offered, ancestors: offered.delegation.ancestors });
}

async function claim(dependencies: OpeningDependencies, attempt: Attempt): Promise<OpenedTask | Refusal> {
  const { caller, offered, rules } = attempt;
  const opening = decideOpening(attempt);
  if ('refusal' in opening) return refuseOpening(dependencies, attempt, opening.refusal, opening);
  await rememberCeiling(dependencies, attempt);
  const task = newTask(dependencies, attempt, opening);
  const taken = offered === undefined ? undefined : await accept(dependencies, rules, offered, task);
  if (taken?.code === 'audit_unavailable') return taken;
  if (taken !== undefined) return refuseOpening(dependencies, attempt, taken);
  const key = taskKey(task.id);
  const claimed = await dependencies.records.create(key, task as unknown as Json, taskOptions(task));
  return claimed.created
    ? handOut(dependencies, caller, task, 'open')
    : repeatOpening(dependencies, caller, claimed.existing.value as unknown as TaskRecord);
}

/** The ceiling that the agent is first seen with: what it gains later, `attest: onChange` makes wait. */
async function rememberCeiling(
  { records }: OpeningDependencies,
  { agent, state, stateVersion, now }: Attempt,
): Promise<void> {
  if (state?.firstCeiling !== undefined || state?.attestation !== undefined) return;
  const next: AgentState = { ...(state ?? { status: 'active' }), firstCeiling: ceilingOf(agent, now) };
  const options = agentOptions(next);
  // Losing to somebody else who writes it down, or who changes the status, is no loss: the next task's turn comes.
  if (stateVersion === undefined) await records.create(agentKey(agent.id), next as unknown as Json, options);
  else await records.replace(agentKey(agent.id), stateVersion, next as unknown as Json, options);
}

function heldAt(record: TaskRecord, now: Date): boolean {
  return now.getTime() < keyHeldUntil(record).getTime();
}

function newTask(
  { clock, ids }: OpeningDependencies,
  attempt: Attempt,
  { capabilities, input }: Opening,
): Task {
  const { caller, rules, proven, agent, state, wanted, requester, offered, id, now, keys } = attempt;
  const ends = now.getTime() + (wanted.ttlSeconds ?? agent.maxTaskSeconds) * 1000;
  const latest = offered === undefined ? ends : Math.min(ends, Date.parse(offered.delegation.expiresAt));
  const generation = generationOf(state);
  const [, ...above] = input.chain;
  const visible = shown(rules.masking, capabilities);
  return {
    id,
    agent: agent.id,
    owner: ownerOf(agent),
    status: 'open',
    purpose: wanted.purpose,
    ...(requester === undefined ? {} : { requester }),
    capabilities: visible,
    ...sealedBeside(id, capabilities, visible, { keys, now, random: (bytes) => ids.random(bytes) }),
    ...(above.length === 0 ? {} : { above }),
    ...(generation === 0 ? {} : { generation }),
    ...(offered === undefined ? {} : { delegation: offered.delegation.id }),
    ancestors: tasksAbove(offered).map((above) => ({ task: above.id, agent: above.agent })),
    openedAt: now.toISOString(),
    milliseconds: millisecondsBetween(attempt.arrivedAt, clock.now()),
    expiresAt: new Date(latest).toISOString(),
    configDigest: rules.config.digest,
    tokenHash: proven.tokenHash,
    ...(proven.key === undefined ? {} : { boundTo: proven.key.thumbprint }),
    requestHash: caller.bodyHash,
    request: { ...caller.facts },
    openedEvent: makeId('evt', now, ids.random(10)),
  };
}
