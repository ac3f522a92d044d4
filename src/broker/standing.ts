// How a task stands at this moment: the task itself, those above it, and their agents, read fresh.
import { type AgentState, agentKey, generationOf, statusProblem } from '../agents/index.ts';
import type { RecordKey, StoredRecord } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import {
  type Ancestor,
  statusAt,
  type Task,
  type TaskRecord,
  type TaskStatus,
  type TaskTokenClaims,
  type TokenKeys,
  taskKey,
  withOwnParameters,
} from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';
import { NO_SUCH_TASK } from './refusals.ts';

/** A task above, which is gone where its record is no longer kept. */
export interface Above {
  readonly named: Ancestor;
  readonly task: Task | undefined;
  readonly agent: AgentState | undefined;
}

export interface Standing {
  readonly task: Task;
  readonly version: number;
  /** The root first. */
  readonly above: readonly Above[];
  readonly agent: AgentState | undefined;
}

type Reading = Pick<BrokerDependencies, 'records'>;

/** The task in a record, if it is the one with that id: a key holds only an id's tail. */
export function taskIn(record: StoredRecord | undefined, id: string): Task | undefined {
  const value = record?.value as unknown as TaskRecord | undefined;
  return value !== undefined && value.status !== 'refused' && value.id === id ? value : undefined;
}

function stateIn(record: StoredRecord | undefined): AgentState | undefined {
  return record?.value as unknown as AgentState | undefined;
}

type Named = Pick<TaskTokenClaims, 'task' | 'agent' | 'ancestors'>;

/** The task, its agent, and each of those above with theirs. */
function keysOf({ task, agent, ancestors }: Named): readonly RecordKey[] {
  const keys = [taskKey(task), agentKey(agent)];
  for (const one of ancestors) keys.push(taskKey(one.task), agentKey(one.agent));
  return keys;
}

function standingIn(
  named: Named,
  [record, agent, ...others]: readonly (StoredRecord | undefined)[],
): Standing | undefined {
  const task = taskIn(record, named.task);
  if (record === undefined || task === undefined) return undefined;
  return {
    task,
    version: record.version,
    above: named.ancestors.map((one, place) => ({
      named: one,
      task: taskIn(others[2 * place], one.task),
      agent: stateIn(others[2 * place + 1]),
    })),
    agent: stateIn(agent),
  };
}

/** Everything in one consistent read: the names of those above stand in the task's token and in its record. */
export async function readStanding({ records }: Reading, claims: Named): Promise<Standing | undefined> {
  return standingIn(claims, await records.read(keysOf(claims)));
}

/** With all parameters as they were given. Only for what is compared and compiled: nothing of it is shown. */
export function standingWithOwn(standing: Standing, keys: TokenKeys): Standing {
  return {
    ...standing,
    task: withOwnParameters(standing.task, keys),
    above: standing.above.map((one) =>
      one.task === undefined ? one : { ...one, task: withOwnParameters(one.task, keys) },
    ),
  };
}

const MOST_KEYS_A_READ = 100;
const READS_AT_ONCE = 10;

/** Records in as many reads as it takes. */
export async function readMany(
  { records }: Reading,
  keys: readonly RecordKey[],
): Promise<readonly (StoredRecord | undefined)[]> {
  const found: (StoredRecord | undefined)[] = [];
  const step = MOST_KEYS_A_READ * READS_AT_ONCE;
  for (let from = 0; from < keys.length; from += step) {
    const some = keys.slice(from, from + step);
    const reads: Promise<readonly (StoredRecord | undefined)[]>[] = [];
    for (let at = 0; at < some.length; at += MOST_KEYS_A_READ) {
      reads.push(records.read(some.slice(at, at + MOST_KEYS_A_READ)));
    }
    found.push(...(await Promise.all(reads)).flat());
  }
  return found;
}

/** How many tasks stand, each record read once. What ended before this began is seen to be over. */
export async function readStandings(
  dependencies: Reading,
  tasks: readonly Named[],
): Promise<readonly (Standing | undefined)[]> {
  const keys = new Map<string, RecordKey>();
  const nameOf = ({ partition, sort }: RecordKey) => `${partition} ${sort}`;
  for (const key of tasks.flatMap(keysOf)) keys.set(nameOf(key), key);
  const found = await readMany(dependencies, [...keys.values()]);
  const byName = new Map([...keys.keys()].map((name, place) => [name, found[place]]));
  return tasks.map((named) =>
    standingIn(
      named,
      keysOf(named).map((key) => byName.get(nameOf(key))),
    ),
  );
}

/** For that long after a task's deadline, attempts under it are still written down. */
const RECORDED_AFTER_END = 24 * 3_600_000;
const LONG_OVER = new Refusal('task_over', 'The task is long over. Open a new one.');

/** What is long over costs nothing any more; until then every attempt is written down. */
export function longOver({ expiresAt }: Pick<TaskTokenClaims, 'expiresAt'>, now: Date): Refusal | undefined {
  return now.getTime() > expiresAt.getTime() + RECORDED_AFTER_END ? LONG_OVER : undefined;
}

/** How a task stands of which only the id is known. */
export async function standingOf(dependencies: Reading, id: string): Promise<Standing | undefined> {
  if (!isId('task', id)) return undefined;
  const [record] = await dependencies.records.read([taskKey(id)]);
  const task = taskIn(record, id);
  return task === undefined
    ? undefined
    : readStanding(dependencies, { task: id, agent: task.agent, ancestors: task.ancestors });
}

/** A task of that agent, or the refusal that says no more than that there is none. */
export async function readTaskOf(
  dependencies: Reading,
  id: string,
  agent: string,
): Promise<Standing | Refusal> {
  const standing = await standingOf(dependencies, id);
  return standing === undefined || standing.task.agent !== agent ? NO_SUCH_TASK : standing;
}

/** Of one task alone: its own end, the clock, or the end of all tasks that its agent had. */
function ownStatus(task: Task, agent: AgentState | undefined, now: Date): TaskStatus {
  const status = statusAt(task, now);
  return status === 'open' && (task.generation ?? 0) !== generationOf(agent) ? 'revoked' : status;
}

/** The task's status with all that stands above it: what ends a task ends all below it. */
export function statusOf(standing: Standing, now: Date): TaskStatus {
  const own = ownStatus(standing.task, standing.agent, now);
  if (own !== 'open') return own;
  return overAbove(standing, now)?.status ?? 'open';
}

function overAbove({ above }: Standing, now: Date): { readonly status: TaskStatus } | undefined {
  for (const { task, agent } of above) {
    const status = task === undefined ? 'expired' : ownStatus(task, agent, now);
    if (status !== 'open') return { status };
  }
  return undefined;
}

/** The tasks above, all of which are there where `standingProblem` finds none. */
export function linksAbove({ above }: Standing): readonly Task[] {
  return above.flatMap(({ task }) => task ?? []);
}

const OVER = {
  finished: 'The task is finished. Open a new one.',
  expired: 'The task has expired. Open a new one.',
  revoked: 'The task was revoked. Ask the operators before opening another.',
};

/** Why nothing may happen under the task now, if so: agents first, then the tasks, the nearest first. */
export function standingProblem(standing: Standing | undefined, now: Date): Refusal | undefined {
  if (standing === undefined) return new Refusal('task_over', 'The task is over, and no longer kept.');
  const { task, agent, above } = standing;
  for (const { id, state } of [
    { id: task.agent, state: agent },
    ...above.map((one) => ({ id: one.named.agent, state: one.agent })),
  ]) {
    const problem = statusProblem(id, state);
    if (problem !== undefined) return problem;
  }
  const status = ownStatus(task, agent, now);
  if (status !== 'open') return new Refusal('task_over', OVER[status]);
  if (overAbove(standing, now) === undefined) return undefined;
  return new Refusal('task_over', 'A task above this one is over, so this one is too.');
}
