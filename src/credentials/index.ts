// Session credentials: what a session may do, and for how long.
export { isNarrower } from './narrower.ts';
export { type CapabilityGrant, compileSessionPolicy, MAX_POLICY_CHARACTERS } from './session-policy.ts';
export { sessionEnd, sessionRequest } from './session-request.ts';
