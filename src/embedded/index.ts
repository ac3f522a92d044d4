// The broker in one process on one machine.

export { consoleLog } from './console-log.ts';
export { type RunningBroker, start } from './start.ts';
export { DEFAULT_DATA, walkLines } from './walk.ts';
export { CannotStart } from './why-not.ts';
