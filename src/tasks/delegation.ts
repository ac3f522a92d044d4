// A delegation: part of a task, offered to one named agent, which may open its own task with it once.
import type { RecordKey } from '../ports/records.ts';
import type { Code } from '../shared/codes.ts';
import { tailOf } from '../shared/ids.ts';
import type { Ancestor, RequestedCapability } from './model.ts';

/** So many tasks may stand above one. */
export const MOST_ANCESTORS = 5;

export interface Delegation {
  readonly id: string;
  readonly status: 'offered' | 'accepted';
  /** The task it is part of, and whose. */
  readonly task: string;
  readonly from: string;
  /** Above a task opened with it: that task's ancestors and the task itself. */
  readonly ancestors: readonly Ancestor[];
  /** The only agent that it is of use to. */
  readonly agent: string;
  /** Their parameters as they are shown: masked. */
  readonly capabilities: readonly RequestedCapability[];
  /** As a task's. */
  readonly sealed?: string;
  readonly offeredAt: string;
  readonly expiresAt: string;
  /** The task that was opened with it. */
  readonly acceptedAs?: string;
  readonly requestHash: string;
  readonly event: string;
  readonly configDigest: string;
}

/** What an Idempotency-Key remembers of a request that offered nothing. */
export interface RefusedDelegation {
  readonly status: 'refused';
  readonly requestHash: string;
  readonly refusal: { readonly code: Code; readonly detail: string };
}

/** By its id's tail alone, so that a claim by Idempotency-Key meets the delegation it made. */
export function delegationKey(id: string): RecordKey {
  return { partition: `delegation/${tailOf(id)}`, sort: 'delegation' };
}

/** The delegation once it is accepted as that task, or undefined where it was accepted as another. */
export function acceptDelegation(delegation: Delegation, task: string): Delegation | undefined {
  if (delegation.acceptedAs !== undefined) {
    // By its tail: a repetition with the same Idempotency-Key names the same task at another time.
    return tailOf(delegation.acceptedAs) === tailOf(task) ? delegation : undefined;
  }
  return { ...delegation, status: 'accepted', acceptedAs: task };
}
