// What STS is asked for: the role, cut down by policy, named after the task, no longer than it needs to be.
import type { AwsTarget } from '../config/index.ts';
import type { SessionRequest } from '../ports/session-issuer.ts';
import { tailOf } from '../shared/ids.ts';
import type { Task } from '../tasks/index.ts';
import type { Places } from './bound-to.ts';
import { type CapabilityGrant, compileSessionPolicy } from './session-policy.ts';

/** STS gives no session for less. The policy's condition ends shorter ones on time. */
const MIN_SECONDS = 900;
/** The most that role chaining allows. */
const MAX_SECONDS = 3600;

function longest(grants: readonly CapabilityGrant[]): number {
  return Math.min(
    MAX_SECONDS,
    ...grants.map(({ definition }) => definition.maxSessionSeconds ?? MAX_SECONDS),
  );
}

/** When the policy must end the session: with the task, or sooner where the operator wants less than STS gives. */
export function sessionEnd(grants: readonly CapabilityGrant[], task: Task, now: Date): Date {
  const seconds = longest(grants);
  const taskEnds = Date.parse(task.expiresAt);
  return new Date(seconds < MIN_SECONDS ? Math.min(taskEnds, now.getTime() + seconds * 1000) : taskEnds);
}

export function sessionRequest(
  target: AwsTarget,
  grants: readonly CapabilityGrant[],
  task: Task,
  /** An id of this one session's own. */
  session: string,
  now: Date,
  places?: Places,
): SessionRequest {
  const left = Math.ceil((Date.parse(task.expiresAt) - now.getTime()) / 1000);
  const { roleArn, externalId, boundary } = target.connection;
  return {
    roleArn,
    ...(externalId === undefined ? {} : { externalId }),
    ...(boundary === undefined ? {} : { boundary }),
    // 48 of the 64 characters that STS allows; unique, and both ends can be found in the audit.
    sessionName: `${task.id}-${tailOf(session)}`,
    sourceIdentity: task.agent,
    tags: {
      agent: task.agent,
      task: task.id,
      root: task.ancestors[0]?.task ?? task.id,
      environment: target.environment,
    },
    policy: compileSessionPolicy(grants, sessionEnd(grants, task, now), places),
    durationSeconds: Math.max(MIN_SECONDS, Math.min(left, longest(grants))),
  };
}
