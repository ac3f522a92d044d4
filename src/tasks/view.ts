// A task as the API shows it.
import type { Ancestor, HeldCapability, Requester, Task, TaskStatus } from './model.ts';

export interface TaskView {
  readonly id: string;
  readonly agent: string;
  readonly status: TaskStatus;
  readonly purpose: string;
  readonly requester?: Requester;
  readonly delegation?: string;
  /** The root first. */
  readonly ancestors?: readonly Ancestor[];
  readonly capabilities: readonly HeldCapability[];
  readonly openedAt: string;
  readonly expiresAt: string;
}

export function viewTask(task: Task, status: TaskStatus): TaskView {
  const { id, agent, purpose, requester, delegation, ancestors, capabilities, openedAt, expiresAt } = task;
  return {
    id,
    agent,
    status,
    purpose,
    ...(requester === undefined ? {} : { requester }),
    ...(delegation === undefined ? {} : { delegation }),
    // The first of a chain has none, which goes without saying.
    ...(ancestors.length === 0 ? {} : { ancestors }),
    capabilities,
    openedAt,
    expiresAt,
  };
}
