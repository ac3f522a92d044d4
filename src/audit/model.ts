// The audit's events: a closed union, each saying who, what, why and with which outcome.
import type { Decision } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { Json } from '../shared/json.ts';
import type { CallRefusal, HeldCapability, Owner, RequestedCapability, Requester } from '../tasks/index.ts';

/** Every type there is: what an event's body may say, and what the docs must explain. */
export const EVENT_TYPES = [
  'task.opened',
  'task.repeated',
  'task.refused',
  'task.finished',
  'call.requested',
  'call.denied',
  'call.failed',
  'call.unknown',
  'call.repeated',
  'credentials.issued',
  'credentials.withheld',
  'config.loaded',
] as const satisfies readonly EventBody['type'][];

/** What every event of a request says of that request. */
export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly sourceAddress?: string;
  readonly traceparent?: string;
  /** Why, in the agent's own words: shown as theirs. */
  readonly reason?: string;
  readonly idempotencyKeyHash?: string;
}

/** What every event of a task says of that task. */
export interface TaskFacts {
  readonly task: string;
  readonly ancestors: readonly string[];
  readonly agent: string;
  readonly owner?: Owner;
  readonly requester?: Requester;
  readonly purpose?: string;
}

interface Common {
  readonly configDigest: string;
  readonly request?: RequestFacts;
}

interface OfTask extends Common, TaskFacts {}

interface OfCall extends OfTask {
  readonly call: string;
  /** Where an Idempotency-Key was met again: the id that this request's own intent names. */
  readonly repetition?: string;
  readonly kind: 'credentials';
}

export type EventBody =
  | (OfTask & {
      readonly type: 'task.opened';
      readonly capabilities: readonly HeldCapability[];
      readonly expiresAt: string;
      readonly tokenHash: string;
    })
  | (Common & {
      readonly type: 'task.refused';
      readonly agent: string;
      readonly owner?: Owner;
      readonly requester?: Requester;
      readonly purpose: string;
      readonly capabilities: readonly RequestedCapability[];
      readonly code: Code;
      readonly detail: string;
      readonly decision?: Decision;
      readonly tokenHash: string;
    })
  | (OfTask & { readonly type: 'task.repeated'; readonly tokenHash: string })
  | (OfTask & { readonly type: 'task.finished'; readonly revocation: 'none' | 'pending' | 'inForce' })
  | (OfCall & { readonly type: 'call.requested'; readonly requested: Json })
  | (OfCall & {
      readonly type: 'call.denied' | 'call.failed';
      readonly operation?: readonly RequestedCapability[];
      readonly decision?: Decision;
      readonly refusal: CallRefusal;
      readonly milliseconds: number;
    })
  | (OfCall & {
      readonly type: 'credentials.issued';
      readonly target: string;
      readonly operation: readonly RequestedCapability[];
      readonly decision: Decision;
      readonly session: {
        readonly accessKeyId: string;
        readonly expiresAt: string;
        readonly real: boolean;
        readonly roleArn: string;
        readonly sessionName: string;
        readonly policy: string;
        readonly policyHash: string;
      };
      readonly milliseconds: number;
    })
  | (OfCall & { readonly type: 'credentials.withheld'; readonly code: Code; readonly detail: string })
  | (OfCall & { readonly type: 'call.repeated'; readonly answer: Code })
  | (OfCall & {
      readonly type: 'call.unknown';
      readonly detail: string;
      readonly session?: { readonly accessKeyId: string; readonly expiresAt: string; readonly real: boolean };
    })
  | (Common & { readonly type: 'config.loaded'; readonly agents: number; readonly targets: number });
