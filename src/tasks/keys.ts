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

const SHARDS = 8;

/** Where the reconciler finds the calls whose deadline falls into a minute, spread over a few partitions. */
export function dueKey(call: { readonly id: string; readonly deadline: string }): RecordKey {
  const shard = Number.parseInt(tailOf(call.id).slice(-1), 36) % SHARDS;
  return { partition: duePartitions(new Date(call.deadline))[shard] ?? '', sort: call.id };
}

export function duePartitions(minute: Date): readonly string[] {
  const name = minute.toISOString().slice(0, 16);
  return Array.from({ length: SHARDS }, (_, shard) => `due/${name}/${shard}`);
}
