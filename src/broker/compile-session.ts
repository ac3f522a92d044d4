// What STS is asked for, compiled from what policy has allowed, and looked at once more before it is asked.
import type { AwsTarget } from '../config/index.ts';
import {
  type CapabilityGrant,
  compileSessionPolicy,
  MAX_POLICY_CHARACTERS,
  type NotBound,
  placesOf,
  policyProblem,
  sessionEnd,
  sessionRequest,
} from '../credentials/index.ts';
import type { SessionRequest } from '../ports/session-issuer.ts';
import { Refusal } from '../shared/errors.ts';
import type { RequestedCapability, Task } from '../tasks/index.ts';
import type { Caller } from './caller.ts';

export interface CompiledSession {
  readonly request: SessionRequest;
  /** The policy as it is shown: made of parameters that are masked. */
  readonly shownPolicy: string;
  /** When the session policy ends it, whatever STS says. */
  readonly ends: Date;
  /** How much of a policy each of the capabilities takes by itself, in their order. */
  readonly sizes: readonly number[];
}

export interface WantedSession {
  readonly target: AwsTarget;
  readonly operation: readonly RequestedCapability[];
  readonly grants: readonly CapabilityGrant[];
  /** The same, with the parameters as they are shown. */
  readonly shown: readonly CapabilityGrant[];
  readonly task: Task;
  /** An id of this one session's own. */
  readonly session: string;
  readonly caller: Pick<Caller, 'facts'>;
  readonly now: Date;
}

const NOT_BOUND: Readonly<Record<NotBound, Refusal>> = {
  different: new Refusal(
    'invalid_request',
    'These capabilities are bound to different places (`boundTo`). Ask for them one at a time.',
  ),
  noAddress: new Refusal(
    'denied_by_policy',
    'These credentials are bound to the address of whoever asks for them, and that of this request is not known.',
  ),
};

/** What takes up most of a policy that is too large, and what to do about it. */
export function tooLarge(
  says: string,
  operation: readonly RequestedCapability[],
  sizes: readonly number[],
): Refusal {
  const largest = operation[sizes.indexOf(Math.max(...sizes))]?.capability;
  return operation.length > 1
    ? new Refusal('invalid_request', `${says} Ask for fewer capabilities at once: most of it is ${largest}.`)
    : new Refusal(
        'target_failed',
        `${says} The operator must split ${largest}, or give it fewer actions and shorter resources.`,
      );
}

export function compileSession(wanted: WantedSession): CompiledSession | Refusal {
  const { target, operation, grants, task, session, caller, now } = wanted;
  const places = placesOf(target, grants, caller.facts.sourceAddress);
  if (typeof places === 'string') return NOT_BOUND[places];
  const ends = sessionEnd(grants, task, now);
  const request = sessionRequest(target, grants, task, session, now, places);
  const problem = policyProblem(request.policy, grants, { ends, places });
  // Nothing that anybody asks for may come to this: it is a fault of the broker's own.
  if (problem !== undefined) throw new TypeError(`the session policy is not what was written: ${problem}`);
  const sizes = grants.map((grant) => compileSessionPolicy([grant], ends).length);
  const { length } = request.policy;
  return length <= MAX_POLICY_CHARACTERS
    ? { request, shownPolicy: compileSessionPolicy(wanted.shown, ends, places), ends, sizes }
    : tooLarge(
        `The session policy would have ${length} characters; STS takes ${MAX_POLICY_CHARACTERS}.`,
        operation,
        sizes,
      );
}
