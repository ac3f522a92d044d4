// The agents of the operator's files, each with how it stands: what people see who may contain them.
import {
  type AgentState,
  agentKey,
  changedSinceReview,
  gained,
  isOverdue,
  seenKey,
} from '../agents/index.ts';
import type { AgentDefinition } from '../config/index.ts';
import type { CountedValue, Page } from '../ports/records.ts';
import { BadCursor } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import { agentForOperator } from './change-agent.ts';
import { countOpen, type OpenTasks } from './count-open.ts';
import { notPermitted, type Operating, type Operator, operatorOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';
import type { Seen } from './seen.ts';

export interface AgentStanding extends OpenTasks {
  readonly agent: AgentDefinition;
  readonly state: AgentState | undefined;
  readonly lastSeen: Seen | undefined;
  /** Past its review date, and nobody attested it since. */
  readonly reviewOverdue: boolean;
  readonly changedSinceReview: boolean;
  /** What its ceiling gained since somebody attested it, or since it was first used. */
  readonly gained: readonly string[];
}

/** So many agents' open tasks are counted at the same time. */
const AT_ONCE = 10;

async function standingOfAgent(
  dependencies: Operating,
  operator: Operator,
  agent: AgentDefinition,
  [stateRecord, seenRecord]: readonly ({ readonly value: unknown } | undefined)[],
): Promise<AgentStanding> {
  const state = stateRecord?.value as AgentState | undefined;
  const seen = seenRecord?.value as CountedValue | undefined;
  const now = dependencies.clock.now();
  return {
    agent,
    state,
    lastSeen: seen?.last as unknown as Seen | undefined,
    ...(await countOpen(dependencies, agent.id, state)),
    reviewOverdue: isOverdue(agent, state, operator.rules.config.broker.timeZone, now),
    changedSinceReview: changedSinceReview(agent, state),
    gained: gained(agent, state),
  };
}

async function standings(
  dependencies: Operating,
  operator: Operator,
  agents: readonly AgentDefinition[],
): Promise<readonly AgentStanding[]> {
  const found: AgentStanding[] = [];
  for (let from = 0; from < agents.length; from += AT_ONCE) {
    const some = agents.slice(from, from + AT_ONCE);
    const records = await dependencies.records.read(some.flatMap(({ id }) => [agentKey(id), seenKey(id)]));
    const pairs = some.map((agent, place) =>
      standingOfAgent(dependencies, operator, agent, records.slice(2 * place, 2 * place + 2)),
    );
    found.push(...(await Promise.all(pairs)));
  }
  return found;
}

/** In the order of their ids; a cursor is the last id shown. */
export async function listAgents(
  dependencies: Operating,
  caller: Caller,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<AgentStanding> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const { agents } = operator.rules.config;
  if (cursor !== undefined && !/^[a-z0-9-]{2,40}$/.test(cursor)) throw new BadCursor();
  const shown = Object.values(agents)
    .filter(({ id }) => notPermitted(operator, 'contain', { type: 'Agent', id }) === undefined)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  if (shown.length === 0) {
    const refused = await refuseAccess(dependencies, operator, caller, 'contain', { type: 'Broker' });
    if (refused !== undefined) return refused;
  }
  const after = shown.filter(({ id }) => cursor === undefined || id > cursor);
  const page = after.slice(0, limit);
  const last = page.at(-1);
  return {
    items: await standings(dependencies, operator, page),
    ...(after.length > page.length && last !== undefined ? { cursor: last.id } : {}),
  };
}

export async function readAgent(
  dependencies: Operating,
  caller: Caller,
  id: string,
): Promise<AgentStanding | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const agent = await agentForOperator(dependencies, operator, caller, 'contain', id);
  return agent instanceof Refusal ? agent : agentStanding(dependencies, operator, agent);
}

export async function agentStanding(
  dependencies: Operating,
  operator: Operator,
  agent: AgentDefinition,
): Promise<AgentStanding> {
  const [standing] = await standings(dependencies, operator, [agent]);
  if (standing === undefined) throw new TypeError('an agent without a standing');
  return standing;
}
