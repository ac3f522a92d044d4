// The functions behind the API, with plain objects around them: from an event to a response, in good and in bad times.
import { rmSync } from 'node:fs';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTools } from '../../lambdas/shared/tools.ts';
import { MAX_BODY_BYTES } from '../../src/api/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { PUBLIC_URL } from '../support/api.ts';
import type { World } from '../support/world.ts';
import { bearer, type Functions, sending, startFunctions, WANTED } from './functions.ts';
import { apiEvent, asDeployed, bodyOf, CONTEXT, type Handler, type Printed, RESOURCE } from './support.ts';

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});

let world: World;
let printed: Printed;
let send: Functions['send'];
let opened: Functions['opened'];
let issuing: Functions['issuing'];
beforeEach(async () => {
  ({ world, printed, send, opened, issuing } = await startFunctions());
});
afterEach(() => vi.restoreAllMocks());

describe('the walk', () => {
  it('goes from token to credentials to audit', async () => {
    const { pathParameters, token } = await opened();
    const issued = await send('issue-credentials', 'POST', 'issueCredentials', {
      pathParameters,
      ...sending(token, { capability: 'reports:read' }),
    });
    expect([issued.statusCode, bodyOf(issued)]).toEqual([
      200,
      { credentials: expect.objectContaining({ accessKeyId: 'ASIAEXAMPLE1' }), call: expect.any(String) },
    ]);
    const read = await send('tasks', 'GET', 'readTask', { pathParameters, headers: bearer(token) });
    expect(bodyOf(read)).toMatchObject({ task: { status: 'open' } });
    const finished = await send('tasks', 'POST', 'finishTask', { pathParameters, headers: bearer(token) });
    expect(bodyOf(finished)).toMatchObject({ task: { status: 'finished' }, revocation: 'pending' });
    const events = await send('read-events', 'GET', 'readTaskEvents', {
      pathParameters,
      headers: bearer(world.personToken(['security'])),
      query: { limit: ['2'] },
    });
    expect(bodyOf(events)['events']).toHaveLength(2);
    expect(bodyOf(events)['cursor']).toEqual(expect.any(String));
  });

  it('records who called by the context of the request, never by a header', async () => {
    const given = sending(world.agentToken(), WANTED);
    const headers = { ...given.headers, 'X-Forwarded-For': '203.0.113.9', 'X-Real-IP': '203.0.113.9' };
    await send('open-task', 'POST', 'openTask', { ...given, headers });
    expect(world.told('task.opened')).toMatchObject([
      { request: { id: 'req-of-the-gateway', sourceAddress: '192.0.2.7' } },
    ]);
    expect(JSON.stringify(world.told())).not.toContain('203.0.113.9');
  });

  it('takes a body in base64, and headers in any case', async () => {
    const event = apiEvent('POST', RESOURCE['openTask'] ?? '', sending(world.agentToken(), WANTED));
    const { createHandler } = await import('../../lambdas/open-task/handler.ts');
    const tools = { ...createTools(), publicUrl: async () => PUBLIC_URL };
    const handler = createHandler({ ...world.dependencies, tools }) as unknown as Handler;
    const body = Buffer.from(event.body ?? '').toString('base64');
    expect((await handler({ ...event, body, isBase64Encoded: true }, CONTEXT)).statusCode).toBe(201);
    const multiValueHeaders = Object.fromEntries(
      Object.entries(event.multiValueHeaders).map(([name, values]) => [name.toUpperCase(), values ?? []]),
    );
    expect((await handler({ ...event, multiValueHeaders, headers: {} }, CONTEXT)).statusCode).toBe(201);
    // Two tokens are none.
    const twice = { ...multiValueHeaders, AUTHORIZATION: ['Bearer a', 'Bearer b'] };
    expect((await handler({ ...event, multiValueHeaders: twice }, CONTEXT)).statusCode).toBe(401);
  });
});

describe('refused', () => {
  it.each<[string, () => Promise<APIGatewayProxyResult>, number, string]>([
    ['no token', () => send('open-task', 'POST', 'openTask'), 401, 'unauthenticated'],
    [
      'no JSON',
      () => send('open-task', 'POST', 'openTask', sending(world.agentToken(), '{')),
      400,
      'malformed_request',
    ],
    [
      'another type',
      () => send('open-task', 'POST', 'openTask', { headers: bearer(world.agentToken()), body: '{}' }),
      415,
      'unsupported_media_type',
    ],
    [
      'more than 1 MiB',
      () =>
        send('open-task', 'POST', 'openTask', sending(world.agentToken(), 'x'.repeat(MAX_BODY_BYTES + 1))),
      413,
      'request_too_large',
    ],
    [
      'another agent',
      () => send('open-task', 'POST', 'openTask', sending(world.agentToken('x'), WANTED)),
      403,
      'unknown_agent',
    ],
    ['another method', () => send('open-task', 'GET', 'openTask'), 404, 'not_found'],
    [
      'no such task',
      () =>
        send('tasks', 'GET', 'readTask', {
          pathParameters: { task: '../x' },
          headers: bearer(world.agentToken()),
        }),
      404,
      'not_found',
    ],
    [
      'no query',
      () =>
        send('read-events', 'GET', 'readTaskEvents', {
          pathParameters: { task: 'x' },
          headers: bearer(world.personToken(['security'])),
          query: { limit: ['1', '2'] },
        }),
      400,
      'invalid_request',
    ],
  ])('%s', async (what, attempt, status, code) => {
    const response = await attempt();
    expect([response.statusCode, bodyOf(response)['code']]).toEqual([status, code]);
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'bailiwick-request-id': 'req-of-the-gateway',
      'x-frame-options': 'DENY',
    });
    expect(printed.metrics()).toEqual(what === 'another agent' ? ['TokenRefused'] : []);
  });

  it('says where tokens come from', async () => {
    const response = await send('open-task', 'POST', 'openTask');
    expect(response.headers?.['www-authenticate']).toContain(PUBLIC_URL);
  });
});

describe('when something is broken', () => {
  const breaking = (fault: unknown, name?: string) => {
    world.meddle = async (operation, run) => {
      if (name !== undefined && operation.name !== name) return run();
      throw fault;
    };
  };

  it.each<[string, unknown]>([
    ['an error', new Error('canary-fault')],
    ['an error of several lines', new Error('no\n    at canary-fault (file.ts:1:1)')],
    ['text', 'canary-fault'],
    ['a back end with a cause', new Unavailable('records', new Error('canary-fault'))],
  ])('%s is a problem document, and its message is nowhere', async (_, fault) => {
    const { pathParameters, token } = await opened();
    breaking(fault);
    const response = await send('tasks', 'GET', 'readTask', { pathParameters, headers: bearer(token) });
    expect(response.statusCode).toBe(500);
    expect(bodyOf(response)).toMatchObject({ code: 'internal', requestId: 'req-of-the-gateway' });
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'bailiwick-request-id': 'req-of-the-gateway',
      'cache-control': 'no-store',
    });
    expect(JSON.stringify(response) + printed.text()).not.toContain('canary');
    // It is logged all the same, and the request is accounted for.
    const messages = printed.log().map(({ level, message }) => [level, message]);
    expect(messages.at(-1)).toEqual(['INFO', 'request handled']);
    expect(messages.filter(([level]) => level === 'ERROR')).toHaveLength(1);
  });

  it('AuditUnavailable is counted where the intent cannot be written, so that somebody wakes up', async () => {
    const { pathParameters, token } = await opened();
    expect(printed.metrics()).toEqual([]);
    breaking(new Unavailable('events'), 'events.append');
    const body = { capability: 'reports:read' };
    const response = await send('issue-credentials', 'POST', 'issueCredentials', {
      pathParameters,
      ...sending(token, body),
    });
    expect([response.statusCode, bodyOf(response)['code']]).toEqual([503, 'audit_unavailable']);
    expect(response.headers?.['retry-after']).toBe('1');
    expect(world.sessions.asked).toEqual([]);
    expect(printed.metrics()).toEqual(['AuditUnavailable']);
    expect(printed.lines().find((line) => '_aws' in line)).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Namespace: 'Bailiwick', Dimensions: [['service']] }] },
      service: 'bailiwick',
      AuditUnavailable: 1,
    });
  });

  it('AuditUnavailable is counted where the audit is a fault, too', async () => {
    const { pathParameters } = await opened();
    breaking(new Unavailable('events'), 'events.list');
    const response = await send('read-events', 'GET', 'readTaskEvents', {
      pathParameters,
      headers: bearer(world.personToken(['security'])),
    });
    expect(response.statusCode).toBe(503);
    expect(printed.metrics()).toEqual(['AuditUnavailable']);
  });

  it('OutcomeUnknown is counted where the outcome cannot be written, and no credentials leave', async () => {
    let appended = 0;
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') appended += 1;
      // The task's event, the intent, then the outcome.
      if (name === 'events.append' && appended === 3) throw new Unavailable('events');
      return run();
    };
    const response = await issuing();
    expect([response.statusCode, bodyOf(response)['code']]).toEqual([500, 'outcome_unknown']);
    expect(JSON.stringify(response) + printed.text()).not.toContain('canary');
    expect(printed.metrics()).toEqual(['OutcomeUnknown']);
  });

  it('a caller who writes the name of a code changes no number', async () => {
    const capabilities = [{ capability: '"audit_unavailable"', parameters: {} }];
    await send('open-task', 'POST', 'openTask', sending(world.agentToken(), { ...WANTED, capabilities }));
    expect(printed.metrics()).toEqual([]);
  });
});
