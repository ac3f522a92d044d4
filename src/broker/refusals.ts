// Refusals that several use cases give.
import { Refusal } from '../shared/errors.ts';

export const AUDIT_UNAVAILABLE = new Refusal(
  'audit_unavailable',
  'The audit could not be written, so nothing was done. Try again.',
  { retryAfterSeconds: 1 },
);

export const UNAUTHENTICATED = new Refusal('unauthenticated', 'A valid bearer token is required.');

/** To whoever it does not belong to, a task is as good as none. */
export const NO_SUCH_TASK = new Refusal('not_found', 'There is no such task, or it is not yours.');

export const MISMATCH = new Refusal(
  'idempotency_mismatch',
  'This Idempotency-Key was used for another body before. Use a new key for a new request.',
);

export function outcomeUnknown(call: string): Refusal {
  return new Refusal(
    'outcome_unknown',
    `It is not known how the call ended, because its outcome could not be written. Its id is ${call}.`,
    { call },
  );
}

/** A body that was read and can't be used is not the one that its key came with before, when that could be. */
export function isOfBody({ code }: Refusal): boolean {
  return code === 'invalid_request' || code === 'malformed_request';
}

/** Whether it was the operator's files that refused, so that other files may answer otherwise. */
export function isOfFiles({ code }: Refusal): boolean {
  return code === 'outside_ceiling';
}
