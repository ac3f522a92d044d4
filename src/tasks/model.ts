// A task as it is recorded. The task is the grant: nothing happens outside one.
import type { DecidedTask, Decision, Permission } from '../policy/index.ts';
import type { Code } from '../shared/codes.ts';
import type { JsonObject } from '../shared/json.ts';

export type Parameters = Readonly<Record<string, string>>;

export interface RequestedCapability {
  /** `target:capability`. */
  readonly capability: string;
  readonly parameters: Parameters;
}

export interface HeldCapability extends RequestedCapability {
  /** As decided when the task was opened; each use is decided again. */
  readonly decision: Decision;
}

export interface Requester {
  readonly id: string;
  /** Whether the person's own token proves it; else it is what the agent claims. */
  readonly proven: boolean;
}

/** Who answers for an agent. */
export interface Owner {
  readonly team: string;
  readonly email: string;
}

/** A task above another one, and whose it is. */
export interface Ancestor {
  readonly task: string;
  readonly agent: string;
}

export type TaskStatus = 'open' | 'finished' | 'expired' | 'revoked';

export interface TaskEnd {
  readonly at: string;
  /** Where the event of its end stands. */
  readonly event: string;
  /** The person who revoked it, and why. */
  readonly by?: string;
  readonly reason?: string;
  /** By which policies that person was let do it. */
  readonly permission?: Permission;
  /** What is recorded of the request that ended it. */
  readonly request?: JsonObject;
}

export interface Task {
  readonly id: string;
  readonly agent: string;
  /** At the time when it was opened. */
  readonly owner: Owner;
  /** `expired` is never recorded: the clock says it. */
  readonly status: Exclude<TaskStatus, 'expired'>;
  readonly purpose: string;
  readonly requester?: Requester;
  /** Their parameters as they are shown: masked. */
  readonly capabilities: readonly HeldCapability[];
  /** Their parameters as they were given, where these are others: see `withOwnParameters`. */
  readonly sealed?: string;
  /** What those above were when that was decided; the rest that it was decided by stands here anyway. */
  readonly above?: readonly DecidedTask[];
  /** The agent's generation when it was opened; see the agent's state. */
  readonly generation?: number;
  /** The delegation it was opened with. */
  readonly delegation?: string;
  /** Tasks above this one, the root first. */
  readonly ancestors: readonly Ancestor[];
  readonly openedAt: string;
  /** From when its request came until it was decided. */
  readonly milliseconds?: number;
  readonly expiresAt: string;
  readonly ended?: TaskEnd;
  readonly configDigest: string;
  /** SHA-256 of the OIDC token that opened it. */
  readonly tokenHash: string;
  /** The thumbprint of the key that its token is bound to. */
  readonly boundTo?: string;
  /** Of the request that opened it, to tell a repetition from a reuse of its key. */
  readonly requestHash: string;
  /** What is recorded of the request that opened it. */
  readonly request?: JsonObject;
  /** Where its `task.opened` event stands, so that a repetition can make sure that it is there. */
  readonly openedEvent: string;
}

/** What an Idempotency-Key remembers of a request that opened no task. */
export interface RefusedOpening {
  readonly agent: string;
  readonly status: 'refused';
  readonly refusedAt: string;
  readonly requestHash: string;
  readonly refusal: { readonly code: Code; readonly detail: string; readonly decision?: Decision };
}

export type TaskRecord = Task | RefusedOpening;
