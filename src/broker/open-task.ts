// Opens a task: who asks, is it inside the ceiling, does policy agree, claim, write down, hand out the token.
import { type AgentState, agentKey, reviewProblem, statusProblem } from '../agents/index.ts';
import { agentStream, storedEvent } from '../audit/index.ts';
import type { AgentDefinition } from '../config/index.ts';
import type { ProvenAgent } from '../identity/index.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { sha256 } from '../shared/hash.ts';
import { makeId, tailFrom } from '../shared/ids.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import {
  type HeldCapability,
  mintTaskToken,
  type RefusedOpening,
  type RequestedCapability,
  type Requester,
  type Task,
  type TaskRecord,
  taskKey,
} from '../tasks/index.ts';
import { type Caller, callingAgent } from './caller.ts';
import { findAll } from './ceiling.ts';
import type { BrokerDependencies, Rules } from './dependencies.ts';
import { keyHeldUntil, taskOptions } from './keeping.ts';
import { ownerOf } from './owner.ts';
import { AUDIT_UNAVAILABLE, isOfBody, MISMATCH } from './refusals.ts';
import { requesterOf } from './requester.ts';

export interface WantedTask {
  readonly purpose: string;
  /** What the agent claims. */
  readonly requester?: string | undefined;
  /** A person's own token, which proves it. */
  readonly requesterToken?: string | undefined;
  readonly capabilities: readonly RequestedCapability[];
  readonly ttlSeconds?: number | undefined;
}

export interface OpenedTask {
  readonly task: Task;
  readonly token: string;
}

type Dependencies = Omit<BrokerDependencies, 'sessions'>;

/** One attempt to open a task: what is known of it before it is decided. */
interface Attempt {
  readonly caller: Caller;
  readonly agent: AgentDefinition;
  readonly rules: Rules;
  readonly proven: ProvenAgent;
  readonly wanted: WantedTask;
  readonly requester: Requester | undefined;
  readonly id: string;
  readonly now: Date;
}

export async function openTask(
  dependencies: Dependencies,
  caller: Caller,
  wanted: WantedTask | Refusal,
): Promise<OpenedTask | Refusal> {
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
  const [state, earlier] = await records.read([
    agentKey(agent.id),
    ...(key === undefined ? [] : [taskKey(id)]),
  ]);
  if (wanted instanceof Refusal) {
    const isHeld = earlier !== undefined && heldAt(earlier.value as unknown as TaskRecord, now);
    return isHeld && isOfBody(wanted) ? MISMATCH : wanted;
  }
  // Before anything else is judged: what was a good request then, as with a token that was valid, still is that one.
  if (earlier !== undefined && heldAt(earlier.value as unknown as TaskRecord, now)) {
    return repeat(dependencies, caller, earlier.value as unknown as TaskRecord);
  }
  const requester = await requesterOf(dependencies, rules, caller, wanted);
  if (requester instanceof Refusal) return requester;
  const attempt: Attempt = { caller, rules, proven, agent, wanted, requester, id, now };
  const held = decide(attempt, state?.value as unknown as AgentState | undefined);
  if (held instanceof Refusal) return refuse(dependencies, attempt, held);
  const task = newTask(dependencies, attempt, held);
  const claimed = await records.create(taskKey(task.id), task as unknown as Json, taskOptions(task));
  if (!claimed.created) return repeat(dependencies, caller, claimed.existing.value as unknown as TaskRecord);
  return handOut(dependencies, caller, task);
}

/** Asked for twice with the same parameters, a capability is held once. */
function eachOnce(requested: readonly RequestedCapability[]): readonly RequestedCapability[] {
  const key = ({ capability, parameters }: RequestedCapability) => canonicalJson({ capability, parameters });
  return [...new Map(requested.map((one) => [key(one), one])).values()];
}

/** The capabilities with their decisions, or why there is no task: structure first, then Cedar. */
function decide(attempt: Attempt, state: AgentState | undefined): readonly HeldCapability[] | Refusal {
  const { rules, agent, wanted, requester, now } = attempt;
  const problem = statusProblem(agent.id, state) ?? reviewProblem(agent, rules.config.broker.timeZone, now);
  if (problem !== undefined) return problem;
  if (wanted.ttlSeconds !== undefined && wanted.ttlSeconds > agent.maxTaskSeconds) {
    return new Refusal('invalid_request', 'The task would last too long.', {
      errors: [{ path: 'ttlSeconds', problem: `must be at most ${agent.maxTaskSeconds} for this agent` }],
    });
  }
  const requested = eachOnce(wanted.capabilities);
  const found = findAll(rules.config, agent, requested);
  if (found instanceof Refusal) return found;
  const held = found.map(({ target, name, definition }, place): HeldCapability => {
    const decision = rules.policy.decide({
      agent: agent.id,
      target: target.id,
      capability: name,
      impacts: definition.impacts,
      task: { purpose: wanted.purpose, ...(requester === undefined ? {} : { requester }), chainDepth: 0 },
    });
    const { parameters = {} } = requested[place] ?? {};
    return { capability: `${target.id}:${name}`, parameters, decision };
  });
  const [first] = held;
  if (first === undefined || held.some(({ decision }) => decision.outcome !== 'denied')) return held;
  const { decision } = first;
  return new Refusal(decision.code ?? 'denied_by_policy', 'Policy allows none of these capabilities.', {
    decision,
  });
}

function heldAt(record: TaskRecord, now: Date): boolean {
  return now.getTime() < keyHeldUntil(record).getTime();
}

function newTask({ ids }: Dependencies, attempt: Attempt, capabilities: readonly HeldCapability[]): Task {
  const { caller, rules, proven, agent, wanted, requester, id, now } = attempt;
  const expiresAt = new Date(now.getTime() + (wanted.ttlSeconds ?? agent.maxTaskSeconds) * 1000);
  return {
    id,
    agent: agent.id,
    owner: ownerOf(agent),
    status: 'open',
    purpose: wanted.purpose,
    ...(requester === undefined ? {} : { requester }),
    capabilities,
    ancestors: [],
    openedAt: now.toISOString(),
    expiresAt: expiresAt.toISOString(),
    configDigest: rules.config.digest,
    tokenHash: proven.tokenHash,
    requestHash: caller.bodyHash,
    openedEvent: makeId('evt', now, ids.random(10)),
  };
}

/** The task does nothing until its token leaves, and the token leaves only after the event is durable. */
async function handOut(
  dependencies: Dependencies,
  caller: Caller,
  task: Task,
): Promise<OpenedTask | Refusal> {
  const { events, tokenKeys, clock, ids, log } = dependencies;
  const facts = {
    task: task.id,
    ancestors: task.ancestors,
    agent: task.agent,
    owner: task.owner,
    ...(task.requester === undefined ? {} : { requester: task.requester }),
    purpose: task.purpose,
    configDigest: task.configDigest,
    request: caller.facts,
  };
  const opened = storedEvent(task.id, task.openedEvent, new Date(task.openedAt), {
    ...facts,
    type: 'task.opened',
    capabilities: task.capabilities,
    expiresAt: task.expiresAt,
    tokenHash: task.tokenHash,
  });
  try {
    // False means that it stands there already: the same task, opened by the request that this one repeats. Then it
    // is this one's token that must not leave untold.
    if (!(await events.append(opened))) {
      const now = clock.now();
      const repeated = { ...facts, type: 'task.repeated', tokenHash: sha256(caller.token ?? '') } as const;
      await events.append(storedEvent(task.id, makeId('evt', now, ids.random(10)), now, repeated));
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend, task: task.id });
    return AUDIT_UNAVAILABLE;
  }
  const claims = {
    task: task.id,
    agent: task.agent,
    ancestors: task.ancestors,
    expiresAt: new Date(task.expiresAt),
  };
  return { task, token: mintTaskToken(claims, await tokenKeys(), clock.now()) };
}

/** The same key again: the same task with a fresh token, or the same refusal. */
async function repeat(
  dependencies: Dependencies,
  caller: Caller,
  earlier: TaskRecord,
): Promise<OpenedTask | Refusal> {
  if (earlier.requestHash !== caller.bodyHash) return MISMATCH;
  if (earlier.status !== 'refused') return handOut(dependencies, caller, earlier);
  const { code, detail, decision } = earlier.refusal;
  return new Refusal(code, detail, decision === undefined ? {} : { decision });
}

/** A refusal is an event, and is remembered under the key. A mistake in the request is neither. */
async function refuse(
  dependencies: Dependencies,
  attempt: Attempt,
  refusal: Refusal,
): Promise<OpenedTask | Refusal> {
  if (refusal.code === 'invalid_request') return refusal;
  const { events, ids, log } = dependencies;
  const { caller, rules, proven, agent, wanted, requester, now } = attempt;
  const { code, detail, extras } = refusal;
  const decision = extras.decision as HeldCapability['decision'] | undefined;
  const event = storedEvent(agentStream(agent.id, now), makeId('evt', now, ids.random(10)), now, {
    type: 'task.refused',
    agent: agent.id,
    owner: ownerOf(agent),
    ...(requester === undefined ? {} : { requester }),
    purpose: wanted.purpose,
    capabilities: wanted.capabilities,
    code,
    detail,
    ...(decision === undefined ? {} : { decision }),
    tokenHash: proven.tokenHash,
    configDigest: rules.config.digest,
    request: caller.facts,
  });
  try {
    await events.append(event);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    log.error('back end unavailable', { backend: error.backend });
    return AUDIT_UNAVAILABLE;
  }
  if (caller.idempotencyKey === undefined) return refusal;
  return remember(dependencies, attempt, refusal, {
    code,
    detail,
    ...(decision === undefined ? {} : { decision }),
  });
}

async function remember(
  dependencies: Dependencies,
  attempt: Attempt,
  refusal: Refusal,
  kept: RefusedOpening['refusal'],
): Promise<OpenedTask | Refusal> {
  const { caller, agent, id, now } = attempt;
  const record: RefusedOpening = {
    agent: agent.id,
    status: 'refused',
    requestHash: caller.bodyHash,
    refusedAt: now.toISOString(),
    refusal: kept,
  };
  const options = { expiresAt: keyHeldUntil(record) };
  try {
    const claimed = await dependencies.records.create(taskKey(id), record as unknown as Json, options);
    if (claimed.created) return refusal;
    // Another request with this key was quicker: what it got, this one gets.
    return await repeat(dependencies, attempt.caller, claimed.existing.value as unknown as TaskRecord);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    dependencies.log.error('back end unavailable', { backend: error.backend });
    return refusal;
  }
}
