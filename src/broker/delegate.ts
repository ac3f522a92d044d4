// Hands part of a task on to another agent: never wider, inside that agent's ceiling too, for it alone, and once.
import type { AgentDefinition } from '../config/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId, tailFrom } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import {
  type Delegation,
  delegationKey,
  isWithin,
  MOST_ANCESTORS,
  type Parameters,
  type RefusedDelegation,
  type RequestedCapability,
  sealedBeside,
  type TokenKeys,
} from '../tasks/index.ts';
import { type Authenticating, type Caller, holderOnce } from './caller.ts';
import { findAll } from './ceiling.ts';
import { chainProblem, narrowerBy } from './chain.ts';
import { eachOnce } from './decide-opening.ts';
import type { BrokerDependencies, Rules, WithoutPolicy } from './dependencies.ts';
import { hear } from './hear.ts';
import { delegationHeldUntil, delegationOptions } from './keeping.ts';
import { shown } from './masking.ts';
import { isOfBody, MISMATCH } from './refusals.ts';
import {
  linksAbove,
  longOver,
  readStanding,
  type Standing,
  standingProblem,
  standingWithOwn,
} from './standing.ts';
import { type Surroundings, tellOffered, tellRefused } from './tell-delegation.ts';

export interface WantedDelegation {
  readonly agent: string;
  readonly capabilities: readonly {
    readonly capability: string;
    /** Left out, they are the task's. */
    readonly parameters?: Parameters | undefined;
  }[];
  readonly ttlSeconds?: number | undefined;
}

type Dependencies = Authenticating & Pick<BrokerDependencies, 'tokenKeys'> & WithoutPolicy;
type Remembered = Delegation | RefusedDelegation;

const DAY = 86_400_000;

interface Attempt {
  readonly caller: Caller;
  readonly config: Rules['config'];
  readonly masking: Rules['masking'];
  /** With all parameters as they were given. */
  readonly standing: Standing;
  readonly keys: TokenKeys;
  /** As it was heard: masked, but for the values of parameters. */
  readonly wanted: WantedDelegation;
  readonly id: string;
  readonly now: Date;
}

export async function delegate(
  dependencies: Dependencies,
  sender: Caller,
  task: string,
  asked: WantedDelegation | Refusal,
): Promise<Delegation | Refusal> {
  const { records, clock, ids } = dependencies;
  const { config, masking } = await dependencies.rules();
  const holder = await holderOnce(dependencies, { config }, sender, task);
  if (holder instanceof Refusal) return holder;
  const now = clock.now();
  const over = longOver(holder, now);
  if (over !== undefined) return over;
  const { idempotencyKey: key, facts, path } = sender;
  const tail = key === undefined ? ids.random(10) : tailFrom(task, facts.method, path, key);
  const id = makeId('dele', now, tail);
  const [standing, [earlier], keys] = await Promise.all([
    readStanding(dependencies, holder),
    records.read(key === undefined ? [] : [delegationKey(id)]),
    dependencies.tokenKeys(),
  ]);
  const remembered = rememberedIn(earlier, now);
  if (asked instanceof Refusal) return remembered !== undefined && isOfBody(asked) ? MISMATCH : asked;
  const { caller, wanted } = hear(masking, sender, asked);
  if (remembered !== undefined)
    return repeat(dependencies, caller, { request: caller.facts, config, standing }, remembered);
  const problem = standingProblem(standing, now);
  if (standing === undefined) return problem ?? new Refusal('task_over', 'The task is over.');
  const own = standingWithOwn(standing, keys);
  const attempt: Attempt = { caller, config, masking, standing: own, keys, wanted, id, now };
  const capabilities = problem ?? handedOn(attempt);
  if (capabilities instanceof Refusal) return refuse(dependencies, attempt, capabilities);
  return offer(dependencies, attempt, capabilities);
}

/** What the key holds still: an offer is kept for longer than its key is. */
function rememberedIn(record: StoredRecord | undefined, now: Date): Remembered | undefined {
  const value = record?.value as unknown as Remembered | undefined;
  if (value === undefined || value.status === 'refused') return value;
  return now.getTime() < delegationHeldUntil(value).getTime() ? value : undefined;
}

function invalid(detail: string, path: string, problem: string): Refusal {
  return new Refusal('invalid_request', detail, { errors: [{ path, problem }] });
}

/** Whom it goes to: a registered agent that is not in the chain yet, and not too far down. */
function receiverOf({ config, standing, wanted }: Attempt): AgentDefinition | Refusal {
  const chain = [...standing.task.ancestors.map(({ agent }) => agent), standing.task.agent];
  const agent = Object.hasOwn(config.agents, wanted.agent) ? config.agents[wanted.agent] : undefined;
  if (agent === undefined) {
    return invalid('There is no such agent.', 'agent', 'is not a registered agent');
  }
  if (chain.includes(agent.id)) {
    const problem = 'has a task in this chain already: a delegation never goes in a circle';
    return invalid('The agent can not be delegated to.', 'agent', problem);
  }
  if (chain.length > MOST_ANCESTORS) {
    const problem = `would be more than ${MOST_ANCESTORS} delegations below the first task`;
    return invalid('The chain is too long.', 'agent', problem);
  }
  return agent;
}

/** The capabilities with their parameters: those given, or those that the task holds. */
function withParameters({ standing, wanted }: Attempt): readonly RequestedCapability[] | Refusal {
  const named: RequestedCapability[] = [];
  for (const [place, { capability, parameters }] of wanted.capabilities.entries()) {
    const held = standing.task.capabilities.filter((one) => one.capability === capability);
    const [first, second] = held;
    if (first === undefined) {
      const all = standing.task.capabilities.map((one) => one.capability).join(', ');
      return new Refusal('outside_task', `The task does not cover ${capability}. It covers: ${all}.`);
    }
    if (parameters === undefined && second !== undefined) {
      const path = `capabilities[${place}].parameters`;
      return invalid(`The task holds ${capability} more than once.`, path, 'is required here');
    }
    named.push({ capability, parameters: parameters ?? first.parameters });
  }
  return named;
}

/** What may be handed on of what is wanted, whole, or why it may not. */
function handedOn(attempt: Attempt): readonly RequestedCapability[] | Refusal {
  const { config, standing, wanted, now } = attempt;
  const agent = receiverOf(attempt);
  if (agent instanceof Refusal) return agent;
  const left = Math.floor((Date.parse(standing.task.expiresAt) - now.getTime()) / 1000);
  if (wanted.ttlSeconds !== undefined && wanted.ttlSeconds > left) {
    return invalid(
      'The delegation would last too long.',
      'ttlSeconds',
      `must be at most ${left}: the task ends then`,
    );
  }
  const named = withParameters(attempt);
  if (named instanceof Refusal) return named;
  const found = findAll(config, agent, named, 'another');
  if (found instanceof Refusal) return found;
  const wider = named.find((one) => !isWithin(standing.task.capabilities, one, narrowerBy(config)));
  if (wider !== undefined) {
    const detail = `The task does not cover ${wider.capability} with these parameters: hand on what it holds, or less.`;
    return new Refusal('outside_task', detail);
  }
  return chainProblem({ config }, [...linksAbove(standing), standing.task], named) ?? eachOnce(named);
}

/** Like a task's token, its id leaves only after the event is durable: until then it is of no use to anyone. */
async function offer(
  dependencies: Dependencies,
  attempt: Attempt,
  capabilities: readonly RequestedCapability[],
): Promise<Delegation | Refusal> {
  const { records, ids } = dependencies;
  const { caller, config, masking, standing, keys, wanted, id, now } = attempt;
  const { task } = standing;
  const visible = shown(masking, capabilities);
  const ends = Date.parse(task.expiresAt);
  const until =
    wanted.ttlSeconds === undefined ? ends : Math.min(ends, now.getTime() + wanted.ttlSeconds * 1000);
  const delegation: Delegation = {
    id,
    status: 'offered',
    task: task.id,
    from: task.agent,
    ancestors: [...task.ancestors, { task: task.id, agent: task.agent }],
    agent: wanted.agent,
    capabilities: visible,
    ...sealedBeside(id, capabilities, visible, { keys, now, random: (bytes) => ids.random(bytes) }),
    offeredAt: now.toISOString(),
    expiresAt: new Date(until).toISOString(),
    requestHash: caller.bodyHash,
    event: makeId('evt', now, ids.random(10)),
    configDigest: config.digest,
  };
  const options = delegationOptions(delegation);
  const claimed = await records.create(delegationKey(id), delegation as unknown as Json, options);
  const around = { request: caller.facts, config, standing };
  return claimed.created
    ? tellOffered(dependencies, around, delegation)
    : repeat(dependencies, caller, around, claimed.existing.value as unknown as Remembered);
}

/** The same key again: the same delegation, whatever became of it, or the same refusal. */
async function repeat(
  dependencies: Dependencies,
  caller: Caller,
  around: Surroundings,
  earlier: Remembered,
): Promise<Delegation | Refusal> {
  if (earlier.requestHash !== caller.bodyHash) return MISMATCH;
  if (earlier.status !== 'refused') return tellOffered(dependencies, around, earlier);
  const { code, detail } = earlier.refusal;
  return new Refusal(code, detail);
}

/** A mistake in the request is neither an event nor remembered. */
async function refuse(
  dependencies: Dependencies,
  { caller, config, masking, standing, wanted, id, now }: Attempt,
  refusal: Refusal,
): Promise<Delegation | Refusal> {
  if (refusal.code === 'invalid_request') return refusal;
  const around = { request: caller.facts, config, standing };
  const capabilities = shown(masking, wanted.capabilities).map(({ capability, parameters }) => ({
    capability,
    ...(parameters === undefined ? {} : { parameters }),
  }));
  const asked = { to: wanted.agent, capabilities };
  const unwritten = await tellRefused(dependencies, around, asked, refusal, now);
  if (unwritten !== undefined || caller.idempotencyKey === undefined) return unwritten ?? refusal;
  const { code, detail } = refusal;
  const record: RefusedDelegation = {
    status: 'refused',
    requestHash: caller.bodyHash,
    refusal: { code, detail },
  };
  const options = { expiresAt: new Date(now.getTime() + DAY) };
  try {
    const claimed = await dependencies.records.create(delegationKey(id), record as unknown as Json, options);
    if (claimed.created) return refusal;
    // Another request with this key was quicker: what it got, this one gets.
    return await repeat(dependencies, caller, around, claimed.existing.value as unknown as Remembered);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    dependencies.log.error('back end unavailable', { backend: error.backend });
    return refusal;
  }
}
