// The open tasks of agents, for people who may contain them.
import { type AgentState, agentKey, generationOf } from '../agents/index.ts';
import { BadCursor, type Page, type PageRequest } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { openTasksPartition, type Task } from '../tasks/index.ts';
import type { Caller } from './caller.ts';
import { notPermitted, type Operating, type Operator, operatorOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';
import { taskForOperator } from './revoke-task.ts';
import { readStanding, type Standing, statusOf, taskIn } from './standing.ts';

type Reading = Pick<Operating, 'records' | 'clock'>;

const AT_ONCE = 20;
/** So many agents are looked at for one page. */
const MOST_AGENTS = 100;

/** Each with what stands above it; a task that is gone by now, or over with one above it, is left out. */
async function stillOpen({ records, clock }: Reading, tasks: readonly Task[]): Promise<readonly Standing[]> {
  const now = clock.now();
  const found: Standing[] = [];
  for (let from = 0; from < tasks.length; from += AT_ONCE) {
    const some = tasks.slice(from, from + AT_ONCE);
    const read = some.map(({ id, agent, ancestors }) =>
      readStanding({ records }, { task: id, agent, ancestors }),
    );
    for (const standing of await Promise.all(read)) {
      if (standing !== undefined && statusOf(standing, now) === 'open') found.push(standing);
    }
  }
  return found;
}

/** The one that ends first at the beginning. The index may be a moment behind; what it shows is read fresh. */
async function openTasksOf(
  { records, clock }: Reading,
  agent: string,
  generation: number,
  page: PageRequest,
): Promise<Page<Standing>> {
  const listed = await records.listIndex(openTasksPartition(agent, generation), {
    ...page,
    from: clock.now().toISOString(),
  });
  const tasks: Task[] = [];
  for (let from = 0; from < listed.items.length; from += 100) {
    const keys = listed.items.slice(from, from + 100);
    for (const record of await records.read(keys)) {
      const task = record?.value as unknown as Task | undefined;
      if (task !== undefined && taskIn(record, task.id) !== undefined) tasks.push(task);
    }
  }
  return {
    items: await stillOpen({ records, clock }, tasks),
    ...(listed.cursor === undefined ? {} : { cursor: listed.cursor }),
  };
}

export interface WantedTasks extends PageRequest {
  /** Of this agent only. */
  readonly agent?: string | undefined;
  /** This one only, open or not. */
  readonly task?: string | undefined;
}

async function agentsShown(
  dependencies: Operating,
  operator: Operator,
  caller: Caller,
  wanted: string | undefined,
): Promise<readonly string[] | Refusal> {
  const ids = Object.keys(operator.rules.config.agents).sort();
  const asked = wanted === undefined ? ids : ids.filter((id) => id === wanted);
  const shown = asked.filter((id) => notPermitted(operator, 'contain', { type: 'Agent', id }) === undefined);
  if (shown.length > 0) return shown;
  return (await refuseAccess(dependencies, operator, caller, 'contain', { type: 'Broker' })) ?? shown;
}

/** Where a list of several agents' tasks goes on: at an agent, and within its tasks. */
interface Place {
  readonly agent: string;
  readonly cursor?: string;
}

function placeOf(cursor: string | undefined): Place | undefined {
  if (cursor === undefined) return undefined;
  const border = cursor.indexOf('~');
  if (border < 2) throw new BadCursor();
  const inner = cursor.slice(border + 1);
  return { agent: cursor.slice(0, border), ...(inner === '' ? {} : { cursor: inner }) };
}

/** Agent by agent. A page may be short: only one without a cursor is the last. */
export async function listTasks(
  dependencies: Operating,
  caller: Caller,
  wanted: WantedTasks,
): Promise<Page<Standing> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  if (wanted.task !== undefined) {
    const standing = await taskForOperator(dependencies, operator, caller, wanted.task);
    return standing instanceof Refusal ? standing : { items: [standing] };
  }
  const agents = await agentsShown(dependencies, operator, caller, wanted.agent);
  if (agents instanceof Refusal) return agents;
  return pageOf(dependencies, agents, wanted);
}

async function pageOf(
  dependencies: Operating,
  agents: readonly string[],
  { limit, cursor }: PageRequest,
): Promise<Page<Standing>> {
  const place = placeOf(cursor);
  const items: Standing[] = [];
  const rest = agents.filter((id) => place === undefined || id >= place.agent);
  for (const [number, agent] of rest.entries()) {
    const left = limit - items.length;
    if (left === 0 || number === MOST_AGENTS) return { items, cursor: `${agent}~` };
    const [record] = await dependencies.records.read([agentKey(agent)]);
    const generation = generationOf(record?.value as unknown as AgentState | undefined);
    const within = agent === place?.agent ? place.cursor : undefined;
    const page = await openTasksOf(dependencies, agent, generation, {
      limit: left,
      ...(within === undefined ? {} : { cursor: within }),
    });
    items.push(...page.items);
    if (page.cursor !== undefined) return { items, cursor: `${agent}~${page.cursor}` };
  }
  return { items };
}
