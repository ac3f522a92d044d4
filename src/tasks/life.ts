// The task's life: which state may follow which. The clock alone expires a task.
import { readMoment } from '../shared/moments.ts';
import type { Task, TaskEnd, TaskStatus } from './model.ts';

export function statusAt(task: Task, now: Date): TaskStatus {
  if (task.status !== 'open') return task.status;
  return now.getTime() < readMoment(task.expiresAt) ? 'open' : 'expired';
}

interface TaskChange {
  readonly from: readonly TaskStatus[];
  readonly to: Task['status'];
}

export const TASK_CHANGES = {
  finish: { from: ['open'], to: 'finished' },
  revoke: { from: ['open'], to: 'revoked' },
} as const satisfies Readonly<Record<string, TaskChange>>;

export type TaskChangeName = keyof typeof TASK_CHANGES;

/** The task after the change, or undefined where its state at that time does not allow it. */
export function endTask(task: Task, name: TaskChangeName, end: TaskEnd): Task | undefined {
  const change: TaskChange = TASK_CHANGES[name];
  if (!change.from.includes(statusAt(task, new Date(end.at)))) return undefined;
  return { ...task, status: change.to, ended: end };
}
