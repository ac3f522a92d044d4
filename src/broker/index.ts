// What the broker does, one use case a file.
export { backtest, type Change, type Counters, WAYS } from './backtest.ts';
export { type ChangeGroup, createChangeGroups } from './backtest-groups.ts';
export type { CallDependencies } from './call-dependencies.ts';
export type { Caller } from './caller.ts';
export { changeAgent } from './change-agent.ts';
export { delegate, type WantedDelegation } from './delegate.ts';
export type {
  BrokerDependencies,
  DecidingRules,
  Rules,
  WithoutPolicy,
} from './dependencies.ts';
export { finishTask } from './finish-task.ts';
export type { MadeCall } from './hand-answer.ts';
export { issueCredentials } from './issue-credentials.ts';
export { type AgentStanding, agentStanding, listAgents, readAgent } from './list-agents.ts';
export { listRefusedTokens, listUnknownAgents } from './list-refused.ts';
export { listTasks } from './list-tasks.ts';
export { makeCall } from './make-call.ts';
export { type MaskTally, maskedIn, maskedText } from './mask-counts.ts';
export { maskedStores } from './masked-stores.ts';
export { createMasking, type Masking, needsKeys } from './masking.ts';
export { openTask } from './open-task.ts';
export type { OpenedTask, WantedTask } from './opening.ts';
export type { WantedCapability } from './plan-session.ts';
export { type CaseResult, type CasesRun, runPolicyCases } from './policy-cases.ts';
export { readTaskEvents } from './read-events.ts';
export { readEvents } from './read-events-between.ts';
export { readTask } from './read-task.ts';
export { reconcile } from './reconcile.ts';
export { recordConfig } from './record-config.ts';
export { type RecordedDecisions, readDecisions } from './recorded-decisions.ts';
export { revokeAsked } from './revoke-asked.ts';
export { type RevokerDependencies, type RoleOutcome, revokeSessions } from './revoke-sessions.ts';
export { revokeTask } from './revoke-task.ts';
export { type Standing, statusOf } from './standing.ts';
export { createTally } from './tally.ts';
export { createTargetCredentials, type TargetCredentials } from './target-credentials.ts';
export type { WantedHttp } from './wanted-http.ts';
