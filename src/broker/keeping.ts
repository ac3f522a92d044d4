// How long the broker's records are kept, and how long an Idempotency-Key is remembered through them.
import type { RecordOptions } from '../ports/records.ts';
import { type Call, dueKey, type Task, type TaskRecord } from '../tasks/index.ts';

const DAY = 86_400_000;
const KEEP_DAYS = 30;

function later(...times: readonly number[]): Date {
  return new Date(Math.max(...times));
}

/** A day after the request, or as long as the task that it opened may last. */
export function keyHeldUntil(record: TaskRecord): Date {
  return record.status === 'refused'
    ? new Date(Date.parse(record.refusedAt) + DAY)
    : later(Date.parse(record.openedAt) + DAY, Date.parse(record.expiresAt));
}

export function taskOptions(task: Task): RecordOptions {
  return {
    expiresAt: new Date(Date.parse(task.expiresAt) + KEEP_DAYS * DAY),
    heldUntil: keyHeldUntil(task),
    // The reconciler makes sure that the end of a task is in the audit.
    ...(task.ended === undefined ? {} : { index: dueKey({ id: task.id, deadline: task.ended.at }) }),
  };
}

export function callOptions(call: Call, heldUntil?: Date): RecordOptions {
  const requestedAt = Date.parse(call.requestedAt);
  return {
    expiresAt: new Date(requestedAt + KEEP_DAYS * DAY),
    heldUntil: heldUntil ?? new Date(requestedAt + DAY),
    index: dueKey(call),
  };
}
