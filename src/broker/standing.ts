// How a task stands at this moment: the task itself, those above it, and its agent, read fresh in one consistent read.
import { type AgentState, agentKey, statusProblem } from '../agents/index.ts';
import type { StoredRecord } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import { isId } from '../shared/ids.ts';
import { statusAt, type Task, type TaskRecord, type TaskTokenClaims, taskKey } from '../tasks/index.ts';
import type { BrokerDependencies } from './dependencies.ts';

export interface Standing {
  readonly task: Task;
  readonly version: number;
  readonly ancestors: readonly (Task | undefined)[];
  readonly agent: AgentState | undefined;
}

/** The task in a record, if it is the one with that id: a key holds only an id's tail. */
function taskIn(record: StoredRecord | undefined, id: string): Task | undefined {
  const value = record?.value as unknown as TaskRecord | undefined;
  return value !== undefined && value.status !== 'refused' && value.id === id ? value : undefined;
}

/** A task of that agent, or the refusal that says no more than that there is none. */
export async function readTaskOf(
  { records }: Pick<BrokerDependencies, 'records'>,
  id: string,
  agent: string,
): Promise<{ readonly task: Task; readonly version: number } | Refusal> {
  const missing = new Refusal('not_found', 'There is no such task, or it is not yours.');
  if (!isId('task', id)) return missing;
  const [record] = await records.read([taskKey(id)]);
  const task = taskIn(record, id);
  if (record === undefined || task === undefined || task.agent !== agent) return missing;
  return { task, version: record.version };
}

export async function readStanding(
  { records }: Pick<BrokerDependencies, 'records'>,
  claims: TaskTokenClaims,
): Promise<Standing | undefined> {
  const [record, agentRecord, ...above] = await records.read([
    taskKey(claims.task),
    agentKey(claims.agent),
    ...claims.ancestors.map(taskKey),
  ]);
  const task = taskIn(record, claims.task);
  if (record === undefined || task === undefined) return undefined;
  return {
    task,
    version: record.version,
    ancestors: claims.ancestors.map((id, place) => taskIn(above[place], id)),
    agent: agentRecord?.value as unknown as AgentState | undefined,
  };
}

const OVER = {
  finished: 'The task is finished. Open a new one.',
  expired: 'The task has expired. Open a new one.',
  revoked: 'The task was revoked. Ask the operators before opening another.',
};

/** Why nothing may happen under the task now, if so. */
export function standingProblem(standing: Standing | undefined, now: Date): Refusal | undefined {
  if (standing === undefined) return new Refusal('task_over', 'The task is over, and no longer kept.');
  const status = statusAt(standing.task, now);
  if (status !== 'open') return new Refusal('task_over', OVER[status]);
  if (standing.ancestors.some((above) => above === undefined || statusAt(above, now) !== 'open')) {
    return new Refusal('task_over', 'A task above this one is over, so this one is too.');
  }
  return statusProblem(standing.task.agent, standing.agent);
}
