// What OAuth 2.0 clients know by name: grant and token types, and the errors of token endpoints (RFC 6749, 5.2).
import { type Code, STATUS_OF_CODE } from '../shared/codes.ts';
import { type FieldProblem, Refusal, type RefusalExtras } from '../shared/errors.ts';
import { MASKED_HEADER, type TextResponse } from './http.ts';

export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
export const ACCESS_TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:access_token';
/** The one `type` that authorization_details may have here (RFC 9396). */
export const CAPABILITY_TYPE = 'bailiwick_capability';

export const OAUTH_ERRORS = [
  'invalid_request',
  'invalid_scope',
  'unsupported_grant_type',
  'invalid_target',
  'invalid_authorization_details',
  'invalid_dpop_proof',
  'temporarily_unavailable',
  'server_error',
] as const;

export type OAuthError = (typeof OAUTH_ERRORS)[number];

/**
 * Whatever is wrong with a token, or makes it unacceptable, is an invalid request by RFC 8693 (2.2.2). What the agent
 * may not have is an invalid scope.
 */
const ERROR_OF_CODE: Readonly<Record<Code, OAuthError>> = {
  malformed_request: 'invalid_request',
  invalid_request: 'invalid_request',
  unauthenticated: 'invalid_request',
  unknown_agent: 'invalid_request',
  ambiguous_identity: 'invalid_request',
  agent_quarantined: 'invalid_request',
  agent_disabled: 'invalid_request',
  review_overdue: 'invalid_request',
  outside_ceiling: 'invalid_scope',
  outside_task: 'invalid_scope',
  task_over: 'invalid_request',
  denied_by_policy: 'invalid_scope',
  not_permitted: 'invalid_request',
  proof_required: 'invalid_dpop_proof',
  approval_denied: 'invalid_scope',
  approval_expired: 'invalid_scope',
  approval_void: 'invalid_scope',
  secret_egress: 'invalid_scope',
  not_found: 'invalid_request',
  method_not_allowed: 'invalid_request',
  conflict: 'invalid_request',
  request_too_large: 'invalid_request',
  unsupported_media_type: 'invalid_request',
  idempotency_mismatch: 'invalid_request',
  rate_limited: 'temporarily_unavailable',
  internal: 'server_error',
  outcome_unknown: 'server_error',
  response_over_cap: 'server_error',
  target_failed: 'server_error',
  audit_unavailable: 'temporarily_unavailable',
  target_unavailable: 'temporarily_unavailable',
  call_timeout: 'temporarily_unavailable',
};

/** By RFC 6749 an error is a 400. These say more than that, to whoever tries again. */
const KEPT: readonly number[] = [409, 413, 422, 429];

export function oauthStatus(code: Code): number {
  const status = STATUS_OF_CODE[code];
  return status >= 500 || KEPT.includes(status) ? status : 400;
}

/** A refusal that the doors show as an OAuth error. */
export class OAuthRefusal extends Refusal {
  readonly error: OAuthError;

  constructor(error: OAuthError, code: Code, detail: string, extras?: RefusalExtras) {
    super(code, detail, extras);
    this.error = error;
  }

  override saying(detail: string, extras: RefusalExtras): OAuthRefusal {
    return new OAuthRefusal(this.error, this.code, detail, extras);
  }
}

/** How a token request names the capabilities it wants. */
export type Way = 'scope' | 'authorization_details';

/** Use cases speak of their own fields; these are the parameters that they came in. */
const PARAMETER_OF_FIELD: Readonly<Record<string, string>> = {
  ttlSeconds: 'ttl_seconds',
  requesterToken: 'subject_token',
};

const CAPABILITIES = /^capabilities(?=\[|$)/;

function asParameter({ path, problem }: FieldProblem, way: Way): FieldProblem {
  return { path: PARAMETER_OF_FIELD[path] ?? path.replace(CAPABILITIES, way), problem };
}

export function oauthRefusal(refusal: Refusal, way: Way = 'scope'): OAuthRefusal {
  if (refusal instanceof OAuthRefusal) return refusal;
  const { code, detail, extras } = refusal;
  const { errors } = extras;
  const isOfCapabilities =
    ERROR_OF_CODE[code] === 'invalid_scope' || errors?.some(({ path }) => CAPABILITIES.test(path)) === true;
  const ofCapabilities = way === 'scope' ? 'invalid_scope' : 'invalid_authorization_details';
  return new OAuthRefusal(isOfCapabilities ? ofCapabilities : ERROR_OF_CODE[code], code, detail, {
    ...extras,
    ...(errors === undefined ? {} : { errors: errors.map((one) => asParameter(one, way)) }),
  });
}

/** RFC 6749 allows printable ASCII in a description, without quotes and backslashes. */
export function oauthDescription(text: string): string {
  return text
    .replaceAll('"', "'")
    .replaceAll('…', '...')
    .replace(/[^\x20-\x5b\x5d-\x7e]/gu, '?');
}

export const OAUTH_HEADERS = { 'content-type': 'application/json', pragma: 'no-cache' };

export function oauthProblem(refusal: OAuthRefusal, requestId: string): TextResponse {
  const { error, code, detail, extras } = refusal;
  const { errors, decision, retryAfterSeconds, masked } = extras;
  const body = { error, error_description: oauthDescription(detail), code, requestId, errors, decision };
  return {
    status: oauthStatus(code),
    headers: {
      ...OAUTH_HEADERS,
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
      ...(masked === undefined ? {} : { [MASKED_HEADER]: masked }),
    },
    body: `${JSON.stringify(body)}\n`,
  };
}
