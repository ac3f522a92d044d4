// Quarantines, disables, reinstates or attests an agent, for a person whom policy lets. It holds from the next call on.
import {
  AGENT_CHANGES,
  type AgentChange,
  type AgentChangeName,
  type AgentState,
  agentKey,
  attested,
  changeStatus,
  generationOf,
} from '../agents/index.ts';
import { agentStream, type RequestFacts, storedEvent } from '../audit/index.ts';
import type { AgentDefinition } from '../config/index.ts';
import type { Events } from '../ports/events.ts';
import type { StoredRecord } from '../ports/records.ts';
import { Refusal, Unavailable } from '../shared/errors.ts';
import { makeId } from '../shared/ids.ts';
import type { Json } from '../shared/json.ts';
import { askRevocation, rolesOf } from './ask-revocation.ts';
import type { Caller } from './caller.ts';
import type { ConfigOnly } from './dependencies.ts';
import { hear } from './hear.ts';
import { agentOptions } from './keeping.ts';
import { type Operating, type Operator, onceFor, operatorOf, permissionOf } from './operator.ts';
import { ownerOf } from './owner.ts';
import { AUDIT_UNAVAILABLE } from './refusals.ts';
import { refuseAccess } from './refuse-access.ts';

export interface ChangedAgent {
  readonly agent: AgentDefinition;
  readonly state: AgentState | undefined;
  readonly operator: Operator;
}

const NEEDS = { quarantine: 'contain', disable: 'contain', reinstate: 'restore', attest: 'restore' } as const;

const EVENT_OF = {
  quarantine: 'agent.quarantined',
  disable: 'agent.disabled',
  reinstate: 'agent.reinstated',
  attest: 'agent.attested',
} as const;

/** So many changes wait to be written down; then somebody must look at the audit first. */
const MOST_UNTOLD = 10;
/** Others change it at the same time; each of them changes it once. */
const ATTEMPTS = 5;

/** As the agent's state remembers it, whoever writes it down. */
function agentEvent(agent: string, change: AgentChange) {
  const { name, at, by, reason, event, configDigest, owner, attested: what, permission, request } = change;
  return storedEvent(agentStream(agent, new Date(at)), event, new Date(at), {
    type: EVENT_OF[name],
    agent,
    ...(owner === undefined ? {} : { owner }),
    by,
    why: reason,
    ...(what === undefined ? {} : { attested: what }),
    ...permission,
    configDigest,
    ...(request === undefined ? {} : { request: request as unknown as RequestFacts }),
  });
}

/** The agent, to those who may do that to it. Of an unknown one only those learn it who may do it to all. */
export async function agentForOperator(
  dependencies: Operating,
  operator: Operator,
  caller: Caller,
  action: 'contain' | 'restore',
  id: string,
): Promise<AgentDefinition | Refusal> {
  const { agents } = operator.rules.config;
  const agent = Object.hasOwn(agents, id) ? agents[id] : undefined;
  const resource = { type: 'Agent', id: agent?.id ?? '-' } as const;
  const refused = await refuseAccess(dependencies, operator, caller, action, resource);
  return refused ?? agent ?? new Refusal('not_found', 'There is no such agent.');
}

interface WantedChange {
  readonly reason: string;
  /** Of the agent's file, as whoever attests it has read it. */
  readonly digest?: string | undefined;
}

/** Nobody vouches for a file that is not the one they have read. */
function otherFile({ id, digest }: AgentDefinition, read: string | undefined): Refusal | undefined {
  if (read === undefined || read === digest) return undefined;
  return new Refusal(
    'conflict',
    `Nothing is attested: the file of ${id} that is in force has another digest, ${digest}. Look at that file.`,
  );
}

export async function changeAgent(
  dependencies: Operating,
  sender: Caller,
  name: AgentChangeName,
  id: string,
  asked: WantedChange | Refusal,
): Promise<ChangedAgent | Refusal> {
  const operator = await operatorOf(dependencies, sender);
  if (operator instanceof Refusal) return operator;
  const agent = await agentForOperator(dependencies, operator, sender, NEEDS[name], id);
  if (agent instanceof Refusal) return agent;
  if (asked instanceof Refusal) return asked;
  const { caller, wanted } = hear(operator.rules.masking, sender, asked);
  const state = await onceFor(dependencies, caller, operator.human, async (again) => {
    if (again) return { state: await stateOf(dependencies, id) };
    const other = otherFile(agent, wanted.digest);
    return other ?? change(dependencies, operator, agent, { name, reason: wanted.reason }, caller.facts);
  });
  return state instanceof Refusal ? state : { agent, state: state.state, operator };
}

async function stateOf({ records }: Operating, agent: string): Promise<AgentState | undefined> {
  const [record] = await records.read([agentKey(agent)]);
  return record?.value as unknown as AgentState | undefined;
}

function after(
  state: AgentState | undefined,
  agent: AgentDefinition,
  change: AgentChange,
): AgentState | undefined {
  const { name } = change;
  return name === 'attest' ? attested(state, agent, change) : changeStatus(state, name, change);
}

async function change(
  dependencies: Operating,
  operator: Operator,
  agent: AgentDefinition,
  wanted: Pick<AgentChange, 'name' | 'reason'>,
  request: RequestFacts,
): Promise<{ readonly state: AgentState } | Refusal> {
  const { records, events, clock, ids } = dependencies;
  const permission = permissionOf(operator, NEEDS[wanted.name], { type: 'Agent', id: agent.id });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const [record] = await records.read([agentKey(agent.id)]);
    const before = record?.value as unknown as AgentState | undefined;
    const now = clock.now();
    const next = after(before, agent, {
      ...wanted,
      at: now.toISOString(),
      by: operator.human.id,
      event: makeId('evt', now, ids.random(10)),
      configDigest: operator.rules.config.digest,
      owner: ownerOf(agent),
      permission,
      request: { ...request },
    });
    if (next === undefined) return wrongState(agent.id, before, wanted.name);
    // Whoever asks again makes sure that it was written down.
    if (next === before) return (await told(dependencies, agent.id, before)) ?? { state: before };
    const untold = await tellChanges(events, agent.id, before);
    // Containing must work while the audit does not. Letting loose must not.
    if (untold.length > MOST_UNTOLD || (untold.length > 0 && NEEDS[wanted.name] === 'restore')) {
      return AUDIT_UNAVAILABLE;
    }
    const { untold: _, ...rest } = next;
    const state: AgentState = untold.length === 0 ? rest : { ...rest, untold };
    if (await save(records, agent.id, record, state)) {
      return (await told(dependencies, agent.id, state)) ?? { state };
    }
  }
  return new Refusal('conflict', 'Others are changing this agent at the same time. Try again.', {
    retryAfterSeconds: 1,
  });
}

async function save(
  records: Operating['records'],
  agent: string,
  record: StoredRecord | undefined,
  state: AgentState,
): Promise<boolean> {
  const [key, options] = [agentKey(agent), agentOptions(state)];
  return record === undefined
    ? (await records.create(key, state as unknown as Json, options)).created
    : records.replace(key, record.version, state as unknown as Json, options);
}

function wrongState(agent: string, state: AgentState | undefined, name: AgentChangeName): Refusal {
  const from = name === 'attest' ? [] : AGENT_CHANGES[name].from;
  return new Refusal(
    'conflict',
    `The agent ${agent} is ${state?.status ?? 'active'}: only one that is ${from.join(' or ')} can be changed so.`,
  );
}

/** Writes down what the state remembers of changes. Those that could not be written are what is left. */
export async function tellChanges(
  events: Pick<Events, 'append'>,
  agent: string,
  state: AgentState | undefined,
): Promise<readonly AgentChange[]> {
  const { untold = [], lastChange } = state ?? {};
  const changes = [...untold, ...(lastChange === undefined ? [] : [lastChange])];
  const written = await Promise.allSettled(changes.map((one) => events.append(agentEvent(agent, one))));
  const fault = written.find((one) => one.status === 'rejected' && !(one.reason instanceof Unavailable));
  if (fault?.status === 'rejected') throw fault.reason;
  return changes.filter((_, place) => written[place]?.status === 'rejected');
}

/**
 * What was vended to an agent that is disabled may be of any role, and what is vended once it is not any more may do
 * what it says. One that was never disabled has nothing to be asked for.
 */
export async function revokeOf(
  dependencies: Pick<Operating, 'records' | 'clock'> & ConfigOnly,
  state: AgentState,
): Promise<void> {
  if (generationOf(state) === 0) return;
  await askRevocation(dependencies, rolesOf((await dependencies.rules()).config));
}

/** The events come last: where they are missing, the reconciler makes up for both. */
async function told(dependencies: Operating, agent: string, state: AgentState): Promise<Refusal | undefined> {
  const { events, log } = dependencies;
  try {
    await revokeOf(dependencies, state);
    if ((await tellChanges(events, agent, state)).length === 0) return undefined;
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  log.error('outcome not recorded', { agent });
  return new Refusal(
    'outcome_unknown',
    'The agent is changed, but that could not be written down yet. Ask again to be sure.',
  );
}
