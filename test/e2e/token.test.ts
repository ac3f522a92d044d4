// Token exchange, as a client that knows OAuth 2.0 and nothing of Bailiwick: RFC 6749, 8693, 9396 and 9449.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { brokerUrl, eventsOf, LIST, openApi, openTask, READ, refusalIn, send } from './support/broker.ts';
import { idPattern, type TaskView } from './support/contract.ts';
import { answerProblem } from './support/openapi.ts';
import { agentToken, base64url, compact, personToken, seconds, tokenOf } from './support/tokens.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
const PUBLIC_URL = 'https://bailiwick.example.com';

type Parameters = Readonly<Record<string, string | undefined>>;

interface Exchanged {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Of the agent by its own token, unless another is given. */
function form(changes: Parameters = {}): URLSearchParams {
  const subject = agentToken('report-builder');
  const honest = {
    grant_type: GRANT,
    subject_token: subject,
    subject_token_type: JWT,
    scope: 'reports:list',
  };
  const given = Object.entries({ ...honest, ...changes });
  return new URLSearchParams(given.filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** Everything that the RFCs demand of any answer is checked here. */
async function exchange(
  body: URLSearchParams,
  headers: Readonly<Record<string, string>> = {},
): Promise<Exchanged> {
  const response = await fetch(`${brokerUrl()}/v1/token`, { method: 'POST', body, headers });
  const text = await response.text();
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(response.headers.get('pragma')).toBe('no-cache');
  const answer = { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
  const sent = { method: 'POST', path: '/v1/token', type: 'application/json', ...answer };
  expect(answerProblem(await openApi(), sent)).toBeUndefined();
  return answer;
}

async function granted(changes?: Parameters, headers?: Readonly<Record<string, string>>) {
  const answer = await exchange(form(changes), headers);
  expect([answer.status, answer.status === 200 ? '' : answer.text]).toEqual([200, '']);
  expect(answer.body).toMatchObject({
    access_token: expect.stringMatching(/^[\x21-\x7e]+$/),
    issued_token_type: ACCESS_TOKEN,
    expires_in: expect.any(Number),
    task: expect.stringMatching(idPattern('task')),
  });
  return answer.body as Readonly<Record<string, unknown>> & {
    access_token: string;
    task: string;
    expires_in: number;
  };
}

async function refused(body: URLSearchParams, error: string, code: string, status = 400, headers = {}) {
  const answer = await exchange(body, headers);
  expect([answer.body['error'], answer.body['code'], answer.status]).toEqual([error, code, status]);
  expect(answer.body['error_description']).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
  expect(answer.body['requestId']).toBe(answer.headers.get('bailiwick-request-id'));
  expect(answer.headers.get('www-authenticate')).toBeNull();
  return answer;
}

async function taskOf({
  task,
  access_token: token,
}: {
  task: string;
  access_token: string;
}): Promise<TaskView> {
  return ((await send('GET', `/v1/tasks/${task}`, { token })).body as { task: TaskView }).task;
}

function details(...capabilities: readonly object[]): Parameters {
  const list = capabilities.map((one) => ({ type: 'bailiwick_capability', ...one }));
  return { scope: undefined, authorization_details: JSON.stringify(list) };
}

describe('a token for capabilities', () => {
  test('named as scope opens a task, and is its token', async () => {
    const answer = await granted({ scope: 'reports:list reports:export' });
    expect(answer).toMatchObject({ token_type: 'Bearer', scope: 'reports:list reports:export' });
    expect(answer).not.toHaveProperty('authorization_details');
    const task = await taskOf(answer);
    expect(task).toMatchObject({
      agent: 'report-builder',
      status: 'open',
      purpose: 'Build the weekly report',
    });
    expect(answer.expires_in).toBeGreaterThan(0);
    expect(answer.expires_in).toBeLessThanOrEqual(3600);
    const credentials = { token: answer.access_token, body: LIST };
    expect((await send('POST', `/v1/tasks/${answer.task}/credentials`, credentials)).status).toBe(200);
    const [opened] = await eventsOf(answer.task);
    expect(opened).toMatchObject({ type: 'task.opened', request: { method: 'POST', route: '/v1/token' } });
  });

  test('named as details has their parameters', async () => {
    const answer = await granted({ ...details(READ, LIST), purpose: 'Look at team-a', ttl_seconds: '60' });
    expect(answer['authorization_details']).toEqual([
      { type: 'bailiwick_capability', ...READ },
      { type: 'bailiwick_capability', ...LIST },
    ]);
    expect(answer['scope']).toBe('reports:read reports:list');
    expect(answer.expires_in).toBeLessThanOrEqual(60);
    expect(await taskOf(answer)).toMatchObject({ purpose: 'Look at team-a' });
  });

  test('of an agent that acts for a person', async () => {
    const answer = await granted({
      subject_token: personToken(),
      subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
      actor_token: agentToken('report-builder'),
      actor_token_type: JWT,
    });
    expect(await taskOf(answer)).toMatchObject({
      agent: 'report-builder',
      requester: { id: 'kim@example.com', proven: true },
    });
  });

  test('by delegation, under another task', async () => {
    const parent = await openTask('report-builder');
    const body = { agent: 'archivist', capabilities: [LIST] };
    const path = `/v1/tasks/${parent.task.id}/delegations`;
    const offered = await send('POST', path, { token: parent.token, body });
    const { delegation } = offered.body as { delegation: { id: string } };
    const answer = await granted({ subject_token: agentToken('archivist'), delegation: delegation.id });
    expect(await taskOf(answer)).toMatchObject({
      agent: 'archivist',
      ancestors: [{ task: parent.task.id, agent: 'report-builder' }],
    });
  });

  test('of an access token, for this broker, with what other clients send along', async () => {
    await granted({
      subject_token: tokenOf('cognito', { sub: 'from-cognito' }),
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      resource: `${PUBLIC_URL}/`,
      audience: PUBLIC_URL,
      client_id: 'a-client',
    });
  });

  test('with a key is the same task, and a fresh token proves the agent again', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const first = await granted({}, headers);
    expect((await granted({}, headers)).task).toBe(first.task);
    await refused(form({ ttl_seconds: '60' }), 'invalid_request', 'idempotency_mismatch', 422, headers);
  });
});

describe('DPoP', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const proof = (path: string, claims: object = {}) =>
    compact(
      { typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) },
      { jti: randomUUID(), htm: 'POST', htu: `${PUBLIC_URL}${path}`, iat: seconds(), ...claims },
      privateKey,
    );

  test('binds the token to the key', async () => {
    const answer = await granted({}, { dpop: proof('/v1/token') });
    expect(answer['token_type']).toBe('DPoP');
    const path = `/v1/tasks/${answer.task}/finish`;
    refusalIn(await send('POST', path, { token: answer.access_token }), 'proof_required');
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(answer.access_token));
    const headers = {
      authorization: `DPoP ${answer.access_token}`,
      dpop: proof(path, { ath: base64url(new Uint8Array(hash)) }),
    };
    expect((await send('POST', path, { headers })).status).toBe(200);
  });

  test('that proves nothing is refused', async () => {
    await refused(form(), 'invalid_request', 'unauthenticated', 400, { dpop: proof('/v1/tasks') });
  });
});

describe('refused', () => {
  const cases: Readonly<Record<string, readonly [() => Parameters, string, string]>> = {
    'without a grant type': [() => ({ grant_type: undefined }), 'invalid_request', 'invalid_request'],
    'by another grant type': [
      () => ({ grant_type: 'client_credentials' }),
      'unsupported_grant_type',
      'invalid_request',
    ],
    'without a subject': [() => ({ subject_token: undefined }), 'invalid_request', 'invalid_request'],
    'without the kind of its subject': [
      () => ({ subject_token_type: undefined }),
      'invalid_request',
      'invalid_request',
    ],
    'with an actor of no kind': [
      () => ({ actor_token: agentToken('report-builder') }),
      'invalid_request',
      'invalid_request',
    ],
    'with an expired subject': [
      () => ({ subject_token: agentToken('report-builder', { exp: seconds(-300) }) }),
      'invalid_request',
      'unauthenticated',
    ],
    'of nobody': [
      () => ({ subject_token: tokenOf('ci', { sub: 'stranger' }) }),
      'invalid_request',
      'unknown_agent',
    ],
    'of an agent that nobody reviewed': [
      () => ({ subject_token: agentToken('forgotten') }),
      'invalid_request',
      'review_overdue',
    ],
    'for another kind of token': [
      () => ({ requested_token_type: JWT }),
      'invalid_request',
      'invalid_request',
    ],
    'for another resource': [
      () => ({ resource: 'https://elsewhere.example.com' }),
      'invalid_target',
      'invalid_request',
    ],
    'for nothing': [() => ({ scope: undefined }), 'invalid_scope', 'invalid_request'],
    'for a scope that is no capability': [() => ({ scope: 'openid' }), 'invalid_scope', 'invalid_request'],
    'beyond the ceiling': [() => ({ scope: 'archive:list' }), 'invalid_scope', 'outside_ceiling'],
    'beyond the ceiling, in details': [
      () => details({ capability: 'archive:list' }),
      'invalid_authorization_details',
      'outside_ceiling',
    ],
    'with details of another type': [
      () => ({ scope: undefined, authorization_details: '[{"type":"payment_initiation"}]' }),
      'invalid_authorization_details',
      'invalid_request',
    ],
    'by a wildcard': [
      () => details({ ...READ, parameters: { prefix: '*', kind: 'weekly' } }),
      'invalid_authorization_details',
      'invalid_request',
    ],
    'by policy': [
      () => ({
        subject_token: agentToken('staging-bot'),
        ...details(READ),
      }),
      'invalid_authorization_details',
      'denied_by_policy',
    ],
  };

  test.for(Object.keys(cases))('%s', async (name) => {
    const [changes, error, code] = cases[name] ?? [];
    const answer = await refused(form(changes?.()), error ?? '', code ?? '');
    if (code === 'denied_by_policy') expect(answer.body['decision']).toMatchObject({ outcome: 'denied' });
  });

  test('with a parameter twice', async () => {
    const body = form();
    body.append('subject_token', agentToken('archivist'));
    await refused(body, 'invalid_request', 'invalid_request');
  });

  test('by a token that is in the header, not in the form', async () => {
    const headers = { authorization: `Bearer ${agentToken('report-builder')}` };
    await refused(form({ subject_token: undefined }), 'invalid_request', 'invalid_request', 400, headers);
  });

  test('as JSON', async () => {
    const headers = { 'content-type': 'application/json' };
    await refused(form(), 'invalid_request', 'unsupported_media_type', 400, headers);
  });
});
