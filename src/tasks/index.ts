// The task's life, what it covers, its tokens, and the calls made under it.
export {
  CALL_CHANGES,
  CALL_STATUSES,
  type Call,
  type CallAnswer,
  type CallChangeName,
  type CallEnding,
  type CallKind,
  type CallRefusal,
  type CallSession,
  type CallStatus,
  changeCall,
  hasEnded,
  type StoredBody,
} from './call.ts';
export { coverageOf, isWithin, type Narrower } from './coverage.ts';
export {
  acceptDelegation,
  type Delegation,
  delegationKey,
  MOST_ANCESTORS,
  type RefusedDelegation,
} from './delegation.ts';
export {
  CALLS_PREFIX,
  CHILDREN_PREFIX,
  callKey,
  childKey,
  dueKey,
  duePartitions,
  openTaskIndex,
  openTasksPartition,
  taskKey,
} from './keys.ts';
export { endTask, statusAt, TASK_CHANGES, type TaskChangeName } from './life.ts';
export type {
  Ancestor,
  HeldCapability,
  Owner,
  Parameters,
  RefusedOpening,
  RequestedCapability,
  Requester,
  Task,
  TaskEnd,
  TaskRecord,
  TaskStatus,
} from './model.ts';
export { parameterProblems } from './parameters.ts';
export { SealBroken, sealedBeside, withOwnParameters } from './sealed.ts';
export {
  isTaskTokenForm,
  mintTaskToken,
  openTaskToken,
  signingKey,
  type TaskTokenClaims,
  type TokenKeys,
} from './token.ts';
export { BadTokenKeys, freshTokenKey, rotatedKeys, tokenKeysOf, tokenKeysText } from './token-keys.ts';
export { type TaskView, viewTask } from './view.ts';
