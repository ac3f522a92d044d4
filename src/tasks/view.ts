// A task as the API shows it.
import { statusAt } from './life.ts';
import type { HeldCapability, Requester, Task, TaskStatus } from './model.ts';

export interface TaskView {
  readonly id: string;
  readonly agent: string;
  readonly status: TaskStatus;
  readonly purpose: string;
  readonly requester?: Requester;
  readonly capabilities: readonly HeldCapability[];
  readonly openedAt: string;
  readonly expiresAt: string;
}

export function viewTask(task: Task, now: Date): TaskView {
  const { id, agent, purpose, requester, capabilities, openedAt, expiresAt } = task;
  return {
    id,
    agent,
    status: statusAt(task, now),
    purpose,
    ...(requester === undefined ? {} : { requester }),
    capabilities,
    openedAt,
    expiresAt,
  };
}
