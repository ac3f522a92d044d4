// The codes and their statuses, as the contract's table has them.
import { describe, expect, it } from 'vitest';
import { CODES, STATUS_OF_CODE } from '../../src/shared/codes.ts';

/** The contract's whole table; codes that come with later parts of the broker are in it too. */
const CONTRACT: Readonly<Record<number, readonly string[]>> = {
  400: ['malformed_request', 'invalid_request'],
  401: ['unauthenticated'],
  403: [
    ...['unknown_agent', 'ambiguous_identity', 'agent_quarantined', 'agent_disabled', 'review_overdue'],
    ...[
      'outside_ceiling',
      'outside_task',
      'task_over',
      'denied_by_policy',
      'not_permitted',
      'proof_required',
    ],
    ...['secret_egress', 'approval_denied', 'approval_expired', 'approval_void'],
  ],
  404: ['not_found'],
  405: ['method_not_allowed'],
  413: ['request_too_large'],
  415: ['unsupported_media_type'],
  409: ['conflict', 'drifted_from_preview'],
  422: ['idempotency_mismatch'],
  429: ['rate_limited'],
  500: ['internal', 'outcome_unknown'],
  502: ['target_failed', 'response_over_cap'],
  503: ['audit_unavailable', 'target_unavailable'],
  504: ['call_timeout'],
};

describe('the codes', () => {
  it.each(CODES)('%s travels under the status that the contract gives it', (code) => {
    expect(CONTRACT[STATUS_OF_CODE[code]]).toContain(code);
  });

  it('are a closed list', () => {
    expect(CODES).toEqual(Object.keys(STATUS_OF_CODE));
    expect(new Set(CODES).size).toBe(CODES.length);
  });
});
