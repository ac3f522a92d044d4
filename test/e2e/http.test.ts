// HTTP itself: routes, methods, and what goes with every answer.
import { describe, expect, test } from 'vitest';
import { brokerUrl, openTask, refusalIn, send, taskBody } from './support/broker.ts';
import { agentToken } from './support/tokens.ts';

const token = () => agentToken('report-builder');

describe('what everyone may read', () => {
  test('/healthz', async () => {
    expect((await send('GET', '/healthz')).body).toEqual({ status: 'ok' });
  });

  test('/.well-known/oauth-protected-resource, by RFC 9728', async () => {
    const { body } = await send('GET', '/.well-known/oauth-protected-resource');
    expect(body).toMatchObject({
      resource: 'https://bailiwick.example.com',
      authorization_servers: expect.arrayContaining(['https://ci.example.com']),
      bearer_methods_supported: ['header'],
    });
  });

  test('needs no token, and minds none', async () => {
    for (const path of ['/healthz', '/openapi.json', '/.well-known/oauth-protected-resource']) {
      expect((await send('GET', path, { token: 'nonsense' })).status).toBe(200);
    }
  });
});

describe('routes and methods', () => {
  test.for([
    '/nothing',
    '/v1',
    '/v1/',
    '/v2/tasks',
    '/V1/tasks',
    '/v1/task',
    '/v1/tasks/x/credentials/y',
    '/v1/tasks/x/nothing',
    '/healthz/x',
    '/openapi.yaml',
    '/.env',
    '/v1/tokens',
    '/v1/agents/x/y',
    '/v1/agents/x/nothing',
  ])('%s is nothing', async (path) => {
    refusalIn(await send('GET', path), 'not_found');
    refusalIn(await send('POST', path, { token: token(), body: taskBody() }), 'not_found');
  });

  test.for<[string, string, string]>([
    ['PUT', '/v1/tasks', 'POST, GET'],
    ['PATCH', '/v1/tasks', 'POST, GET'],
    ['DELETE', '/v1/tasks', 'POST, GET'],
    ['OPTIONS', '/v1/tasks', 'POST, GET'],
    ['GET', '/v1/token', 'POST'],
    ['POST', '/v1/agents', 'GET'],
    ['GET', '/v1/agents/x/disable', 'POST'],
    ['GET', '/v1/tasks/x/delegations', 'POST'],
    ['GET', '/v1/tasks/x/revoke', 'POST'],
    ['POST', '/v1/tasks/x', 'GET'],
    ['DELETE', '/v1/tasks/x', 'GET'],
    ['GET', '/v1/tasks/x/finish', 'POST'],
    ['GET', '/v1/tasks/x/credentials', 'POST'],
    ['PUT', '/v1/tasks/x/credentials', 'POST'],
    ['POST', '/v1/tasks/x/events', 'GET'],
    ['POST', '/healthz', 'GET'],
    ['POST', '/openapi.json', 'GET'],
    ['DELETE', '/.well-known/oauth-protected-resource', 'GET'],
  ])('%s %s is told what the path takes: %s', async ([method, path, allow]) => {
    const answer = await send(method, path);
    refusalIn(answer, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('HEAD is no GET here', async () => {
    const answer = await send('HEAD', '/healthz');
    expect(answer.status).toBe(405);
    expect(answer.text).toBe('');
  });

  test('a method override is no method', async () => {
    const opened = await openTask('report-builder');
    const headers = { 'x-http-method-override': 'POST', 'x-http-method': 'POST' };
    const answer = await send('GET', `/v1/tasks/${opened.task.id}?_method=POST`, {
      token: opened.token,
      headers,
    });
    expect(answer.body).toEqual({ task: opened.task });
  });

  test.for(['x', 'task_', '...', 'task_00000000000000000000000000', 'a'.repeat(500), '*', "'--", '漢字'])(
    'a task called %s is not found',
    async (id) => {
      const path = `/v1/tasks/${encodeURIComponent(id)}`;
      refusalIn(await send('GET', path, { token: token() }), 'not_found');
    },
  );
});

test('every request has an id of its own', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => send('GET', '/healthz')));
  const ids = answers.map(({ headers }) => headers.get('bailiwick-request-id'));
  expect(new Set(ids).size).toBe(20);
});

test('no answer lets a page of another site read it', async () => {
  const headers = { origin: 'https://evil.example.com' };
  for (const method of ['GET', 'OPTIONS']) {
    const response = await fetch(`${brokerUrl()}/healthz`, { method, headers });
    await response.text();
    const cors = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
    expect(cors).toEqual([]);
  }
});
