// Where every code that the broker can answer has its case.

/** What nobody can provoke through the API alone. The directories of the tests that provoke it in another way. */
export const NOT_FROM_OUTSIDE: Readonly<Record<string, string>> = {
  // Something must go wrong inside.
  internal: 'test/api',
  audit_unavailable: 'test/broker',
  outcome_unknown: 'test/broker',
  target_failed: 'test/broker',
  target_unavailable: 'test/broker',
  // No call goes to a target that could be too slow yet.
  call_timeout: 'test/broker',
  // Only the deployed front door throttles, and only by the operator's numbers.
  rate_limited: 'test/infra',
};
