// A request and a response, the same whichever door they come through.
import type { Route } from './routes.ts';

export interface ApiRequest {
  readonly method: string;
  /** As the door got it, without its query. */
  readonly path: string;
  /** Decoded values of the route's `{parameters}`. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  /** Names in lower case; a header that was sent several times is joined by commas, as HTTP has it. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** As they were sent, each line by itself. */
  readonly headerLines: readonly (readonly [name: string, value: string])[];
  /** Undefined when it was larger than the door takes. */
  readonly body: Uint8Array | undefined;
  readonly sourceAddress: string | undefined;
  readonly requestId: string;
}

export interface ApiResponse {
  readonly status: number;
  /** Several values are several lines. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

/** One of the broker's own, rather than a target's. */
export interface TextResponse extends ApiResponse {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Larger bodies are refused. */
export const MAX_BODY_BYTES = 1_048_576;
/** Of requests that go on to a target. Lambda takes six megabytes, in base64. */
export const MAX_PASSED_BODY_BYTES = 4 * 1_048_576;

export function mostBodyBytes({ method }: Pick<Route, 'method'>): number {
  return method === 'ANY' ? MAX_PASSED_BODY_BYTES : MAX_BODY_BYTES;
}

/** What a use case answers with another status, or with headers of its own. */
export class Answered {
  readonly response: TextResponse;

  constructor(response: TextResponse) {
    this.response = response;
  }
}

/** On every response: it is for the caller alone, is what it says it is, and is no page for a frame. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export const REQUEST_ID_HEADER = 'bailiwick-request-id';

/** What was masked of a request or in its answer, by type: `EMAIL=3, CREDIT_CARD=1`. */
export const MASKED_HEADER = 'bailiwick-masked';
/** The agent's headers that do not go on to the target. */
export const DROPPED_HEADER = 'bailiwick-dropped';

/** The code of a refusal: what has it is the broker's own answer, and no target's. */
export const REFUSED_HEADER = 'bailiwick-refused';

/** The id of the call that an answer is of. */
export const CALL_HEADER = 'bailiwick-call';

export function json(status: number, value: unknown): TextResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}
