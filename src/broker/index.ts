// What the broker does, one use case a file.

export type { ApprovalDependencies } from './approval-dependencies.ts';
export { approvalStep, type StepDependencies } from './approval-steps.ts';
export { type Awaiting, isAwaiting } from './awaiting.ts';
export { backtest, type Change, type Counters, WAYS } from './backtest.ts';
export { type ChangeGroup, createChangeGroups } from './backtest-groups.ts';
export type { CallDependencies } from './call-dependencies.ts';
export type { Caller } from './caller.ts';
export { changeAgent } from './change-agent.ts';
export { decideApproval } from './decide-approval.ts';
export { decideAsOperator, readApprovalAsOperator } from './decide-as-operator.ts';
export { decideInSlack, type SlackDependencies } from './decide-in-slack.ts';
export { delegate, type WantedDelegation } from './delegate.ts';
export type {
  BrokerDependencies,
  DecidingRules,
  Rules,
  WithoutPolicy,
} from './dependencies.ts';
export { type ExecuteDependencies, executeApproved } from './execute-approved.ts';
export { finishTask } from './finish-task.ts';
export type { MadeCall } from './hand-answer.ts';
export { issueCredentials } from './issue-credentials.ts';
export { type AgentStanding, agentStanding, listAgents, readAgent } from './list-agents.ts';
export { listApprovals } from './list-approvals.ts';
export { listRefusedTokens, listUnknownAgents } from './list-refused.ts';
export { listTasks } from './list-tasks.ts';
export {
  type AnsweredLogin,
  beginLogin,
  type FinishedLogin,
  finishLogin,
  LOGIN_CALLBACK_PATH,
  LOGIN_SECONDS,
  type LoginDependencies,
  type WantedLogin,
} from './log-in.ts';
export { SESSION_SECONDS, sessionOf } from './login-session.ts';
export {
  decidedBy,
  isThereApproval,
  type LookDependencies,
  type Looking,
  lookAtApproval,
  type MustLogIn,
  notForThem,
  refuseLook,
  revealOperation,
} from './look-at-approval.ts';
export { type MakeCallDependencies, makeCall } from './make-call.ts';
export { type MaskTally, maskedIn, maskedText } from './mask-counts.ts';
export { maskedStores } from './masked-stores.ts';
export { createMasking, type Masking, needsKeys } from './masking.ts';
export { mendApprovals } from './mend-approvals.ts';
export { createOnceAMinute } from './once-a-minute.ts';
export { openTask } from './open-task.ts';
export type { OpenedTask, WantedTask } from './opening.ts';
export type { WantedCapability } from './plan-session.ts';
export { type CaseResult, type CasesRun, runPolicyCases } from './policy-cases.ts';
export { type CallStanding, readCall, readCallAnswer } from './read-call.ts';
export { readTaskEvents } from './read-events.ts';
export { readEvents } from './read-events-between.ts';
export { readTask } from './read-task.ts';
export { reconcile } from './reconcile.ts';
export { recordConfig, recordNewConfig } from './record-config.ts';
export { type RecordedDecisions, readDecisions } from './recorded-decisions.ts';
export { revokeAsked } from './revoke-asked.ts';
export { type RevokerDependencies, type RoleOutcome, revokeSessions } from './revoke-sessions.ts';
export { revokeTask } from './revoke-task.ts';
export { type Standing, statusOf } from './standing.ts';
export { createTally } from './tally.ts';
export { createTargetCredentials, type TargetCredentials } from './target-credentials.ts';
export type { WantedHttp } from './wanted-http.ts';
