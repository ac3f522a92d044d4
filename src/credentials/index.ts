// Session credentials: what a session may do, for how long, from where, and how it is revoked.
export { type NotBound, placesOf } from './bound-to.ts';
export { dateText } from './date-text.ts';
export { type EndedTask, planDeny } from './deny.ts';
export { isNarrower } from './narrower.ts';
export { policyProblem } from './policy-check.ts';
export { type CapabilityGrant, compileSessionPolicy, MAX_POLICY_CHARACTERS } from './session-policy.ts';
export { sessionEnd, sessionRequest } from './session-request.ts';
export {
  ASKED_PARTITIONS,
  askedIndex,
  askedKey,
  mayStillWork,
  type RoleDeny,
  roleDenyKey,
  roleHash,
  type TaskDeny,
  taskDenyKey,
  type VendedSession,
  vendedKey,
  vendedPartitions,
  vendedSession,
} from './vended.ts';
