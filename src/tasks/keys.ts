// Under which keys tasks and calls are kept. All of one task is one partition, so that a task's load is its own.
import type { RecordKey } from '../ports/records.ts';
import { tailOf } from '../shared/ids.ts';

/** A task's key depends on its id's tail alone, so that a claim by Idempotency-Key meets the task it opened. */
export function taskKey(task: string): RecordKey {
  return { partition: `task/${tailOf(task)}`, sort: 'task' };
}

export const CALLS_PREFIX = 'call/';

export function callKey(task: string, call: string): RecordKey {
  return { partition: taskKey(task).partition, sort: `${CALLS_PREFIX}${tailOf(call)}` };
}

export const CHILDREN_PREFIX = 'child/';

/** Beside a task, which tasks were opened under it. */
export function childKey(parent: string, child: string): RecordKey {
  return { partition: taskKey(parent).partition, sort: `${CHILDREN_PREFIX}${tailOf(child)}` };
}

/** Where an agent's open tasks are listed, the one that ends first at the beginning. */
export function openTasksPartition(agent: string, generation: number): string {
  return `open/${agent}/${generation}`;
}

export function openTaskIndex(task: {
  readonly id: string;
  readonly agent: string;
  readonly generation?: number;
  readonly expiresAt: string;
}): RecordKey {
  return {
    partition: openTasksPartition(task.agent, task.generation ?? 0),
    sort: `${task.expiresAt}/${task.id}`,
  };
}

const SHARDS = 8;
/** Of a tail: of one that follows the time, this changes every 32 ms, so that what comes at once goes to one place. */
const OF_THE_SHARD = 2;

/** Where the reconciler finds what is due in a minute, spread over a few partitions. */
export function dueKey(due: { readonly id: string; readonly deadline: string }): RecordKey {
  const shard = Number.parseInt(tailOf(due.id).charAt(OF_THE_SHARD), 36) % SHARDS;
  return { partition: duePartition(due.deadline, shard), sort: due.id };
}

/** Of a moment as `toISOString` writes it, as all are that stand in records. */
function duePartition(moment: string, shard: number): string {
  return `due/${moment.slice(0, 'yyyy-mm-ddThh:mm'.length)}/${shard}`;
}

export function duePartitions(minute: Date): readonly string[] {
  return Array.from({ length: SHARDS }, (_, shard) => duePartition(minute.toISOString(), shard));
}
