// The broker under test, as HTTP shows it. Every answer is held to what all answers must be, whatever the test is about.
import { expect, inject } from 'vitest';
import { type AuditEvent, type Credentials, type Opened, type Problem, STATUS_OF_CODE } from './contract.ts';
import { answerProblem, type Document } from './openapi.ts';
import { type AgentName, agentToken, auditorToken } from './tokens.ts';
import './global-setup.ts';

export const brokerUrl = (): string => inject('brokerUrl');

export interface Sending {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: unknown;
}

function headersFor({ token, body, key, headers }: Sending): Record<string, string> {
  return {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(key === undefined ? {} : { 'idempotency-key': key }),
    ...headers,
  };
}

let published: Promise<Document> | undefined;

export function openApi(): Promise<Document> {
  published ??= fetch(`${brokerUrl()}/openapi.json`).then((response) => response.json() as Promise<Document>);
  return published;
}

/** On every answer, as SECURITY headers go: it is for the caller alone, and no page. */
const ALWAYS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
};

function expectProblem({ status, headers, body }: Answer): void {
  expect(headers.get('content-type')).toBe('application/problem+json');
  const { code, detail, requestId, title, type, ...problem } = body as Problem;
  expect({ code, status: problem.status, sent: status }).toEqual({
    code,
    status,
    sent: STATUS_OF_CODE[code],
  });
  expect(requestId).toBe(headers.get('bailiwick-request-id'));
  expect(detail).toMatch(/\S.*[.)]$/s);
  expect(title).toMatch(/\S/);
  expect(type).toBe('about:blank');
}

async function expectSound(method: string, path: string, answer: Answer): Promise<void> {
  const { status, headers, body } = answer;
  expect(headers.get('bailiwick-request-id')).toMatch(/^[\w-]{8,64}$/);
  for (const [name, value] of Object.entries(ALWAYS))
    expect([name, headers.get(name)]).toEqual([name, value]);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  if (method === 'HEAD') return;
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  // The token endpoint refuses in OAuth's own way, which test/e2e/token.test.ts looks at.
  const isTokenError = method === 'POST' && path === '/v1/token' && type === 'application/json';
  if (status >= 400 && !isTokenError) expectProblem(answer);
  const problem = answerProblem(await openApi(), { method, path, status, type, body });
  expect(problem).toBeUndefined();
}

/** Sends one request. Fails the test where the answer is not what every answer must be. */
export async function send(method: string, path: string, sending: Sending = {}): Promise<Answer> {
  const { raw, body } = sending;
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(`${brokerUrl()}${path}`, {
    method,
    headers: headersFor(sending),
    redirect: 'manual',
    ...(payload === undefined ? {} : { body: payload }),
  });
  const text = await response.text();
  const answer: Answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: method === 'HEAD' ? undefined : JSON.parse(text),
  };
  await expectSound(method, path, answer);
  return answer;
}

/** The refusal that an answer is. */
const DIGEST = expect.stringMatching(/^[0-9a-f]{64}$/);

/** All but what is said to whoever is nobody yet. */
function isDecision(code: string): boolean {
  return (
    STATUS_OF_CODE[code] === 403 && !['unknown_agent', 'ambiguous_identity', 'proof_required'].includes(code)
  );
}

export function refusalIn(answer: Answer, code: string): Problem {
  const problem = answer.body as Problem;
  expect(problem).toMatchObject({ code, status: STATUS_OF_CODE[code] });
  expect(answer.status).toBe(STATUS_OF_CODE[code]);
  if (isDecision(code)) expect(problem.decision).toMatchObject({ outcome: 'denied', configDigest: DIGEST });
  return problem;
}

function granted<T>(answer: Answer, status: number): T {
  expect({ status: answer.status, text: status === answer.status ? '' : answer.text }).toEqual({
    status,
    text: '',
  });
  return answer.body as T;
}

export interface Wanted {
  readonly capability: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export const LIST: Wanted = { capability: 'reports:list' };
export const READ: Wanted = { capability: 'reports:read', parameters: { prefix: 'team-a', kind: 'weekly' } };

export function taskBody(capabilities: readonly Wanted[] = [LIST], more: object = {}): object {
  return { purpose: 'Build the weekly report', capabilities, ...more };
}

/** A task of that agent, opened. */
export async function openTask(
  agent: AgentName,
  capabilities: readonly Wanted[] = [LIST],
  more: object = {},
): Promise<Opened> {
  const body = taskBody(capabilities, more);
  return granted(await send('POST', '/v1/tasks', { token: agentToken(agent), body }), 201);
}

export function askCredentials(opened: Opened, body: unknown, sending: Sending = {}): Promise<Answer> {
  return send('POST', `/v1/tasks/${opened.task.id}/credentials`, { token: opened.token, body, ...sending });
}

export async function credentials(opened: Opened, body: unknown, sending?: Sending): Promise<Credentials> {
  return granted(await askCredentials(opened, body, sending), 200);
}

export function finish(opened: Opened, sending: Sending = {}): Promise<Answer> {
  return send('POST', `/v1/tasks/${opened.task.id}/finish`, { token: opened.token, ...sending });
}

/** All events of a task, as someone who may read the audit sees them. */
export async function eventsOf(task: string): Promise<readonly AuditEvent[]> {
  const answer = await send('GET', `/v1/tasks/${task}/events?limit=500`, { token: auditorToken() });
  return granted<{ events: readonly AuditEvent[] }>(answer, 200).events;
}
