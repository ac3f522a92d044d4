// What events have in common: the request, the task, the call and the approval that they are of.
import type { Operation } from '../policy/index.ts';
import type { Ancestor, CallKind, Owner, Requester, StoredBody } from '../tasks/index.ts';

/** What every event of a request says of that request. */
export interface RequestFacts {
  readonly id: string;
  readonly method: string;
  /** The route's template. */
  readonly route: string;
  readonly sourceAddress?: string;
  readonly traceparent?: string;
  /** SHA-256 of the token that came with it, in hex; of a decision by login, of the ID token of that login. */
  readonly tokenHash?: string;
  /** Why, in the agent's own words: shown as theirs. */
  readonly reason?: string;
  readonly idempotencyKeyHash?: string;
  /** What was masked of what the request says: by type, how often. The event says it beside the request. */
  readonly masked?: Readonly<Record<string, number>>;
}

/** What every event of a task says of that task. */
export interface TaskFacts {
  readonly task: string;
  /** The whole chain above the task, the root first. */
  readonly ancestors: readonly Ancestor[];
  readonly agent: string;
  readonly owner?: Owner;
  readonly requester?: Requester;
  readonly purpose?: string;
}

export interface Common {
  readonly configDigest: string;
  /** Left out of what the broker does by itself. */
  readonly request?: RequestFacts;
  /** What was masked: by type, how often. Left out where nothing was. */
  readonly masked?: Readonly<Record<string, number>>;
}

export interface OfTask extends Common, TaskFacts {}

export interface OfCall extends OfTask {
  readonly call: string;
  /** Where an Idempotency-Key was met again: the id that this request's own intent names. */
  readonly repetition?: string;
  readonly kind: CallKind;
  /** As it was asked for: left out where several were at once. */
  readonly target?: string;
  /** Of HTTP, masked: `GET /tickets/42`. */
  readonly requestLine?: string;
  /** The approval that it waited for. */
  readonly approval?: string;
}

export interface OfApproval extends OfCall {
  readonly approval: string;
  /** What people are asked about, as far as it is known: of approvals that an earlier broker asked for, it is not. */
  readonly operation?: readonly Operation[];
}

/** A body as it is written down: masked, and where it is large by itself. Of what is no text only what it is told apart by. */
export type RecordedBody =
  | { readonly text: string }
  | StoredBody
  | { readonly binary: true; readonly sha256: string; readonly bytes: number };

/** A request or an answer as it is written down: masked. */
export interface RecordedMessage {
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: RecordedBody;
}
