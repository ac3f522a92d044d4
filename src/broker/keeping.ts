// How long the broker's records are kept, and how long an Idempotency-Key is remembered through them.
import type { AgentState } from '../agents/index.ts';
import type { RecordOptions } from '../ports/records.ts';
import { readMoment } from '../shared/moments.ts';
import {
  type Call,
  type Delegation,
  dueKey,
  openTaskIndex,
  type Task,
  type TaskRecord,
} from '../tasks/index.ts';

const DAY = 86_400_000;
const KEEP_DAYS = 30;
export const FAR_FUTURE = new Date('9999-01-01T00:00:00Z');

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
    // While it is open, people can list it. Then the reconciler makes sure that its end is in the audit.
    index: task.ended === undefined ? openTaskIndex(task) : dueKey({ id: task.id, deadline: task.ended.at }),
  };
}

export function callOptions(call: Call, heldUntil?: Date): RecordOptions {
  const requestedAt = readMoment(call.requestedAt);
  const deadline = readMoment(call.deadline);
  return {
    expiresAt: later(requestedAt + KEEP_DAYS * DAY, deadline + DAY),
    heldUntil: heldUntil ?? later(requestedAt + DAY, deadline),
    index: dueKey(call),
  };
}

/** While people may decide it, what waits is not another's to replace; nor while what they decided is carried out. */
export function waitingHeldUntil(call: Call, { expiresAt }: { readonly expiresAt: string }): Date {
  return later(Date.parse(call.requestedAt) + DAY, Date.parse(expiresAt) + DAY);
}

/** A day after the request, or as long as what was offered may be accepted. */
export function delegationHeldUntil({ offeredAt, expiresAt }: Delegation): Date {
  return later(Date.parse(offeredAt) + DAY, Date.parse(expiresAt));
}

/** As long as the task that was opened with it could be asked after. */
export function delegationOptions(delegation: Delegation): RecordOptions {
  return {
    expiresAt: new Date(Date.parse(delegation.expiresAt) + KEEP_DAYS * DAY),
    heldUntil: delegationHeldUntil(delegation),
  };
}

/** Beside the task above, as long as the one below is kept. */
export function childOptions({ expiresAt }: Task): RecordOptions {
  return { expiresAt: new Date(Date.parse(expiresAt) + KEEP_DAYS * DAY) };
}

/** The reconciler makes sure that the change is in the audit. */
export function agentOptions({ lastChange }: AgentState): RecordOptions {
  return {
    expiresAt: FAR_FUTURE,
    ...(lastChange === undefined ? {} : { index: dueKey({ id: lastChange.event, deadline: lastChange.at }) }),
  };
}
