// The closed list of refusal codes, each with the HTTP status it travels under.

export const STATUS_OF_CODE = {
  malformed_request: 400,
  invalid_request: 400,
  unauthenticated: 401,
  unknown_agent: 403,
  ambiguous_identity: 403,
  agent_quarantined: 403,
  agent_disabled: 403,
  review_overdue: 403,
  outside_ceiling: 403,
  outside_task: 403,
  task_over: 403,
  denied_by_policy: 403,
  not_permitted: 403,
  proof_required: 403,
  secret_egress: 403,
  approval_denied: 403,
  approval_expired: 403,
  approval_void: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  request_too_large: 413,
  unsupported_media_type: 415,
  idempotency_mismatch: 422,
  rate_limited: 429,
  internal: 500,
  outcome_unknown: 500,
  target_failed: 502,
  response_over_cap: 502,
  audit_unavailable: 503,
  target_unavailable: 503,
  call_timeout: 504,
} as const;

export type Code = keyof typeof STATUS_OF_CODE;

export const CODES = Object.keys(STATUS_OF_CODE) as readonly Code[];
