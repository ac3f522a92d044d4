// The broker in one process on one machine.

export { consoleLog } from './console-log.ts';
export {
  demoAgentToken,
  demoHumanToken,
  NoDemoToken,
  namesDemoIssuer,
  openDemoIssuer,
} from './demo-issuer.ts';
export { readLastRun } from './last-run.ts';
export { type RunningBroker, start } from './start.ts';
export { DEFAULT_DATA, walkLines } from './walk.ts';
export { CannotStart, whyNot } from './why-not.ts';
