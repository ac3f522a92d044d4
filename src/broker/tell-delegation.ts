// Writes down what was handed on, or why it was not, in the events of the task it is part of.
import { type EventBody, type RequestFacts, storedEvent, type TaskFacts } from '../audit/index.ts';
import type { Config } from '../config/index.ts';
import type { Refusal } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Delegation } from '../tasks/index.ts';
import { append } from './append.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { ownerIfKnown } from './owner.ts';
import type { Standing } from './standing.ts';

type Dependencies = Pick<BrokerDependencies, 'events' | 'ids' | 'log'>;

/** The request, and the task that it came under. */
export interface Surroundings {
  /** Undefined where another request makes sure that the event is there. */
  readonly request?: RequestFacts;
  readonly config: Config;
  /** Undefined where the task is no longer kept. */
  readonly standing: Standing | undefined;
}

function factsOf({ request, config, standing }: Surroundings, of: TaskFacts) {
  const { requester, purpose } = standing?.task ?? {};
  return {
    ...of,
    ...ownerIfKnown(config.agents[of.agent]),
    ...(requester === undefined ? {} : { requester }),
    ...(purpose === undefined ? {} : { purpose }),
    configDigest: config.digest,
    ...(request === undefined ? {} : { request }),
  };
}

export async function tellOffered(
  dependencies: Dependencies,
  around: Surroundings,
  delegation: Delegation,
): Promise<Delegation | Refusal> {
  const {
    id,
    task,
    from: agent,
    ancestors,
    event,
    offeredAt,
    agent: to,
    capabilities,
    expiresAt,
  } = delegation;
  const body = {
    ...factsOf(around, { task, agent, ancestors: ancestors.slice(0, -1) }),
    ...{ delegation: id, to, capabilities, expiresAt },
    // That of the request that offered it, whoever makes sure of it later.
    configDigest: delegation.configDigest,
    type: 'delegation.offered',
  } as const;
  return (await append(dependencies, storedEvent(task, event, new Date(offeredAt), body))) ?? delegation;
}

type Refused = Extract<EventBody, { readonly type: 'delegation.refused' }>;

export async function tellRefused(
  dependencies: Dependencies,
  around: Surroundings & { readonly standing: Standing },
  asked: Pick<Refused, 'to' | 'capabilities'>,
  { code, detail }: Refusal,
  now: Date,
): Promise<Refusal | undefined> {
  const { id: task, agent, ancestors } = around.standing.task;
  const facts = factsOf(around, { task, agent, ancestors });
  const event = makeId('evt', now, dependencies.ids.random(10));
  const body = { ...facts, ...asked, type: 'delegation.refused', code, detail } as const;
  return append(dependencies, storedEvent(task, event, now, body));
}
