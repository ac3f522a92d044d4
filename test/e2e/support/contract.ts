// Codes and statuses as CONTRACT.md lists them, written down here once more so that the broker can be held to them.

export const STATUS_OF_CODE: Readonly<Record<string, number>> = {
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
  request_too_large: 413,
  unsupported_media_type: 415,
  conflict: 409,
  drifted_from_preview: 409,
  idempotency_mismatch: 422,
  rate_limited: 429,
  internal: 500,
  outcome_unknown: 500,
  target_failed: 502,
  response_over_cap: 502,
  audit_unavailable: 503,
  target_unavailable: 503,
  call_timeout: 504,
};

export interface Decision {
  readonly outcome: 'allowed' | 'denied' | 'needsApproval';
  readonly code?: string;
  readonly approvals?: { readonly count: number; readonly of: Readonly<Record<string, number>> };
  readonly policies: readonly string[];
  readonly configDigest: string;
}

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string;
  readonly errors?: readonly { readonly path: string; readonly problem: string }[];
  readonly decision?: Decision;
  readonly call?: string;
}

export interface TaskView {
  readonly id: string;
  readonly agent: string;
  readonly status: string;
  readonly purpose: string;
  readonly requester?: { readonly id: string; readonly proven: boolean };
  readonly capabilities: readonly {
    readonly capability: string;
    readonly parameters: Readonly<Record<string, string>>;
    readonly decision: Decision;
  }[];
  readonly openedAt: string;
  readonly expiresAt: string;
}

export interface Opened {
  readonly task: TaskView;
  readonly token: string;
}

export interface Credentials {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: string;
  };
  readonly call: string;
}

export interface AuditEvent extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly at: string;
  readonly type: string;
}

/** `task_` and 26 characters of which the first ten are the time. */
export function idPattern(prefix: string): RegExp {
  return new RegExp(`^${prefix}_[0-9a-z]{20,40}$`);
}
