// Where every code that the broker can answer has its case.

/** What nobody can provoke through the API alone. The directories of the tests that provoke it in another way. */
export const NOT_FROM_OUTSIDE: Readonly<Record<string, string>> = {
  // Something must go wrong inside.
  internal: 'test/api',
  audit_unavailable: 'test/broker',
  // People must, and time must pass.
  approval_denied: 'test/e2e',
  approval_expired: 'test/e2e',
  approval_void: 'test/e2e',
  // A target must do its part.
  outcome_unknown: 'test/e2e',
  target_failed: 'test/e2e',
  target_unavailable: 'test/e2e',
  response_over_cap: 'test/e2e',
  call_timeout: 'test/e2e',
  // Only the deployed front door throttles, and only by the operator's numbers.
  rate_limited: 'test/infra',
};
