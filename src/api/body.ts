// Reads what a request carries: its body, its query, and the headers that mean something here.
import type * as z from 'zod/mini';
import { parse, safeParse } from 'zod/mini';
import { headerText, withoutStandIns } from '../connectors/http/index.ts';
import { type FieldProblem, Refusal } from '../shared/errors.ts';
import { type ApiRequest, MAX_BODY_BYTES, MAX_PASSED_BODY_BYTES } from './http.ts';

export const TOO_LARGE = new Refusal(
  'request_too_large',
  `The body may have at most ${MAX_BODY_BYTES} bytes.`,
);

export const TOO_LARGE_TO_PASS = new Refusal(
  'request_too_large',
  `A body that goes on to a target may have at most ${MAX_PASSED_BODY_BYTES} bytes.`,
);

/** A body of nothing but mistakes must not make an answer larger than itself. */
const MOST_ERRORS = 50;
const MOST_PATH_CHARACTERS = 200;

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part, place) =>
      typeof part === 'number' ? `[${part}]` : `${place === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
  return text.slice(0, MOST_PATH_CHARACTERS);
}

const EXPECTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const UNITS: Readonly<Record<string, readonly [one: string, many: string]>> = {
  string: [' character', ' characters'],
  array: [' entry', ' entries'],
};

function limit(origin: string, count: number | bigint): string {
  const [one, many] = UNITS[origin] ?? ['', ''];
  return `${count}${count === 1 ? one : many}`;
}

function problemOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.path.length > 0
        ? 'is required'
        : `must be ${EXPECTED[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return `must be at least ${limit(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `must be at most ${limit(issue.origin, issue.maximum)}`;
    case 'invalid_value':
      return issue.input === undefined && issue.path.length > 0
        ? 'is required'
        : `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    default:
      return issue.message;
  }
}

/** One after the other, so that nobody writes out those that are not told. */
function* flatten(
  issues: readonly z.core.$ZodIssue[],
  at: readonly PropertyKey[] = [],
): Generator<FieldProblem> {
  for (const issue of issues) {
    const path = [...at, ...issue.path];
    if (issue.code === 'invalid_union') {
      // The alternative that fits best is the one that was meant.
      const [closest] = [...issue.errors].sort((a, b) => a.length - b.length);
      if (closest !== undefined) yield* flatten(closest, path);
    } else if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) yield { path: pathText([...path, key]), problem: 'is not known here' };
    } else {
      yield { path: pathText(path), problem: problemOf(issue) };
    }
  }
}

export function fieldProblems(error: z.core.$ZodError): readonly FieldProblem[] {
  const told: FieldProblem[] = [];
  for (const problem of flatten(error.issues)) {
    if (told.push(problem) === MOST_ERRORS) break;
  }
  return told;
}

function invalid(error: z.core.$ZodError, what: string): Refusal {
  return new Refusal('invalid_request', `The ${what} is not as the API expects it.`, {
    errors: fieldProblems(error),
  });
}

const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

export function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

/** Several times as many as the largest request that anyone can mean. */
const MOST_VALUES = 20_000;

export class TooManyValues extends Error {
  override readonly name = 'TooManyValues';

  constructor() {
    super(`must hold at most ${MOST_VALUES} values`);
  }
}

/**
 * Half of a surrogate pair is no text: other parsers refuse it or turn it into something else. And of `__proto__` no
 * two parsers think alike.
 */
function isSound(text: string): boolean {
  return text !== '__proto__' && text.isWellFormed();
}

/** Nobody has been asked who they are yet: what is made of many small things is given up on before most are looked at. */
function checkSound(parsed: unknown): void {
  const pending = [parsed];
  let seen = 0;
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string' && !value.isWellFormed()) throw new SyntaxError('not sound');
    if (typeof value !== 'object' || value === null) continue;
    const isList = Array.isArray(value);
    const keys = isList ? [] : Object.keys(value);
    seen += isList ? value.length : keys.length;
    if (seen > MOST_VALUES) throw new TooManyValues();
    if (!keys.every(isSound)) throw new SyntaxError('not sound');
    pending.push(...Object.values(value));
  }
}

/** Throws where the text is no JSON, or none that everyone reads alike, or too much of it. */
export function parseJson(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  checkSound(parsed);
  return parsed;
}

export function parseBody<Schema extends z.core.$ZodType>(
  request: ApiRequest,
  schema: Schema,
  optional: boolean,
): z.output<Schema> | Refusal {
  const { body, headers } = request;
  if (body === undefined || body.length > MAX_BODY_BYTES) {
    return TOO_LARGE;
  }
  if (body.length === 0 && optional) return parse(schema, {});
  const type = headers['content-type'];
  if (body.length > 0 && (type === undefined || !JSON_TYPE.test(type))) {
    return new Refusal(
      'unsupported_media_type',
      'The body must be sent as `content-type: application/json`.',
    );
  }
  let value: unknown;
  try {
    value = parseJson(textOf(body) ?? '');
  } catch (error) {
    if (error instanceof TooManyValues) {
      return new Refusal('invalid_request', 'The body is not as the API expects it.', {
        errors: [{ path: '', problem: error.message }],
      });
    }
    const what = body.length === 0 ? 'The request has no body' : 'The body is not valid JSON';
    return new Refusal('malformed_request', `${what}; a JSON object is expected.`);
  }
  const parsed = safeParse(schema, value, { reportInput: true });
  return parsed.success ? parsed.data : invalid(parsed.error, 'body');
}

export function parseQuery<Schema extends z.core.$ZodType>(
  request: ApiRequest,
  schema: Schema,
): z.output<Schema> | Refusal {
  const names = request.query.map(([name]) => name);
  const twice = names.find((name, place) => names.indexOf(name) !== place);
  if (twice !== undefined) {
    return new Refusal('invalid_request', 'The query is not as the API expects it.', {
      errors: [{ path: twice.slice(0, 64), problem: 'may be given once' }],
    });
  }
  const parsed = safeParse(schema, Object.fromEntries(request.query), { reportInput: true });
  return parsed.success ? parsed.data : invalid(parsed.error, 'query');
}

/** A token that is bound to a key says so (RFC 9449); it is the proof beside it that is asked for, not the word. */
const BEARER = /^(?:Bearer|DPoP) +([^\s]+)$/i;

export function bearerToken(request: ApiRequest): string | undefined {
  return BEARER.exec(request.headers['authorization'] ?? '')?.[1];
}

export const IDEMPOTENCY_KEY = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

export function idempotencyKey(request: ApiRequest): string | undefined | Refusal {
  const key = request.headers['idempotency-key'];
  if (key === undefined || IDEMPOTENCY_KEY.test(key)) return key;
  return new Refusal('invalid_request', 'The Idempotency-Key is not usable.', {
    errors: [{ path: 'Idempotency-Key', problem: 'must be 1 to 255 printable ASCII characters' }],
  });
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
/** As long as a reason may be. */
export const MAX_REASON = 1000;
/** So much more of it is read: it is cut once it is masked, so that no value is cut in two and escapes. */
const BEYOND_REASON = 500;

/** What else is recorded of a call. A malformed trace context is ignored, as its standard asks. */
export function recordedHeaders(request: ApiRequest): { reason?: string; traceparent?: string } {
  const given = request.headers['bailiwick-reason'] ?? '';
  const reason = withoutStandIns(headerText(given) ?? given).slice(0, MAX_REASON + BEYOND_REASON);
  const traceparent = request.headers['traceparent'];
  return {
    ...(reason === '' ? {} : { reason }),
    ...(traceparent === undefined || !TRACEPARENT.test(traceparent) ? {} : { traceparent }),
  };
}
