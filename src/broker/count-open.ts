// How many tasks of an agent are open.
import { type AgentState, agentKey, generationOf } from '../agents/index.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import { openTasksPartition, type Task, taskKey } from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { readSome } from './latest-first.ts';
import { statusOf, taskIn } from './standing.ts';

type Reading = Pick<BrokerDependencies, 'records' | 'clock'>;

export interface OpenTasks {
  readonly openTasks: number;
  /** There may be more: so many were looked at, and no further. */
  readonly openTasksAtLeast: boolean;
}

/** Of what is listed of one agent, so much is looked at. */
const MOST_LOOKED_AT = 1000;
const PAGE = 500;

function nameOf({ partition, sort }: RecordKey): string {
  return JSON.stringify([partition, sort]);
}

/** What stands above these tasks, each record once however many tasks are below it. */
async function readAbove(
  dependencies: Reading,
  tasks: readonly Task[],
): Promise<ReadonlyMap<string, StoredRecord>> {
  const keys = tasks.flatMap(({ ancestors }) =>
    ancestors.flatMap(({ task, agent }) => [taskKey(task), agentKey(agent)]),
  );
  const distinct = new Map(keys.map((key) => [nameOf(key), key]));
  const found = await readSome(dependencies, [...distinct.values()]);
  return new Map(found.map((record) => [nameOf(record.key), record]));
}

/** The index may be a moment behind: what it shows is read fresh. */
async function openAmong(
  dependencies: Reading,
  keys: readonly RecordKey[],
  agent: AgentState | undefined,
): Promise<number> {
  const records = await readSome(dependencies, keys);
  const listed = records.flatMap((record) => {
    const task = taskIn(record, (record.value as unknown as Task).id);
    return task === undefined ? [] : [{ task, version: record.version }];
  });
  const above = await readAbove(
    dependencies,
    listed.map(({ task }) => task),
  );
  const now = dependencies.clock.now();
  const open = listed.filter(({ task, version }) => {
    const links = task.ancestors.map((named) => ({
      named,
      task: taskIn(above.get(nameOf(taskKey(named.task))), named.task),
      agent: above.get(nameOf(agentKey(named.agent)))?.value as unknown as AgentState | undefined,
    }));
    return statusOf({ task, version, agent, above: links }, now) === 'open';
  });
  return open.length;
}

export async function countOpen(
  dependencies: Reading,
  agent: string,
  state: AgentState | undefined,
): Promise<OpenTasks> {
  const from = dependencies.clock.now().toISOString();
  let [openTasks, lookedAt] = [0, 0];
  let cursor: string | undefined;
  do {
    const listed = await dependencies.records.listIndex(openTasksPartition(agent, generationOf(state)), {
      limit: PAGE,
      from,
      ...(cursor === undefined ? {} : { cursor }),
    });
    openTasks += await openAmong(dependencies, listed.items, state);
    lookedAt += listed.items.length;
    cursor = listed.cursor;
  } while (cursor !== undefined && lookedAt < MOST_LOOKED_AT);
  return { openTasks, openTasksAtLeast: cursor !== undefined };
}
