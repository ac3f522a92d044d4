// What the broker does, one use case a file.
export type { Caller } from './caller.ts';
export type { BrokerDependencies, ConfigOnly, Rules } from './dependencies.ts';
export { finishTask } from './finish-task.ts';
export { issueCredentials } from './issue-credentials.ts';
export { openTask, type WantedTask } from './open-task.ts';
export type { WantedCapability } from './plan-session.ts';
export { readTaskEvents } from './read-events.ts';
export { readTask } from './read-task.ts';
export { reconcile } from './reconcile.ts';
export { recordConfig } from './record-config.ts';
