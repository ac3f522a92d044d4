// /openapi.json: what it publishes is what there is. Every answer of the suite is held to it as well.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { brokerUrl, openApi, refusalIn, send, taskBody } from './support/broker.ts';
import { agentToken } from './support/tokens.ts';

/** The routes of the contract that exist so far. */
const ROUTES: Readonly<Record<string, readonly string[]>> = {
  '/v1/tasks': ['post', 'get'],
  '/v1/tasks/{task}': ['get'],
  '/v1/tasks/{task}/finish': ['post'],
  '/v1/tasks/{task}/credentials': ['post'],
  '/v1/tasks/{task}/http/{target}/{path}': ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'],
  '/v1/tasks/{task}/http/{target}': ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'],
  '/v1/tasks/{task}/delegations': ['post'],
  '/v1/tasks/{task}/revoke': ['post'],
  '/v1/tasks/{task}/events': ['get'],
  '/v1/audit/events': ['get'],
  '/v1/calls/{call}': ['get'],
  '/v1/calls/{call}/response': ['get'],
  '/v1/approvals': ['get'],
  '/v1/approvals/{approval}': ['get'],
  '/v1/approvals/{approval}/decision': ['post'],
  '/v1/slack/interactions': ['post'],
  '/approve/{approval}': ['get', 'post'],
  '/approve/{approval}/operation': ['post'],
  '/approve/{approval}/login': ['get'],
  '/approve/login/callback': ['get'],
  '/v1/token': ['post'],
  '/v1/agents': ['get'],
  '/v1/agents/{agent}': ['get'],
  '/v1/agents/{agent}/quarantine': ['post'],
  '/v1/agents/{agent}/disable': ['post'],
  '/v1/agents/{agent}/reinstate': ['post'],
  '/v1/agents/{agent}/attest': ['post'],
  '/healthz': ['get'],
  '/openapi.json': ['get'],
  '/.well-known/oauth-protected-resource': ['get'],
};

test('it is OpenAPI 3.1 of the address that the operator published', async () => {
  const document = await openApi();
  expect(document.openapi).toMatch(/^3\.1\.\d$/);
  expect(document.servers).toEqual([{ url: 'https://bailiwick.example.com' }]);
});

test('every route is there, with a schema for each answer', async () => {
  const { paths } = await openApi();
  for (const [path, methods] of Object.entries(ROUTES)) {
    expect([path, Object.keys(paths[path] ?? {})]).toEqual([path, methods]);
  }
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  for (const { responses } of operations) {
    expect(Object.keys(responses)).toContain('default');
    // What only sends a browser on, and what Slack is told, has no body. Who came by a link reads a refusal on a page.
    for (const [status, { content }] of Object.entries(responses))
      if (content !== undefined) {
        const types = Object.keys(content).filter((type) => status !== 'default' || type !== 'text/html');
        expect(types).toHaveLength(1);
      }
  }
});

test('lists publish their bounds', async () => {
  const { parameters = [] } = (await openApi()).paths['/v1/tasks/{task}/events']?.['get'] ?? {};
  const bounds = parameters.find(({ name }) => name === 'limit')?.schema;
  expect(bounds).toMatchObject({ type: 'integer', minimum: 1, maximum: 500, default: 100 });
  expect(parameters.find(({ name }) => name === 'cursor')?.schema).toMatchObject({ type: 'string' });
});

test('each path names its parameters, and nothing that it names is missing', async () => {
  const { paths, components } = await openApi();
  const text = JSON.stringify(await openApi());
  for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    expect(Object.keys(components.schemas)).toContain(name);
  }
  for (const [path, methods] of Object.entries(paths)) {
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    for (const { parameters = [], security = [] } of Object.values(methods)) {
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
      for (const scheme of security.flatMap(Object.keys)) {
        expect(Object.keys(components.securitySchemes)).toContain(scheme);
      }
    }
  }
});

test('what each route publishes of its tokens is so', async () => {
  const { paths } = await openApi();
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { security = [] }] of Object.entries(methods)) {
      // A page is for people; who they are is seen by their link or login.
      if (path.startsWith('/approve/') || path === '/v1/slack/interactions') continue;
      const answer = await send(method.toUpperCase(), path.replace(/\{\w+\}/g, 'x'));
      // A token exchange brings its tokens in its form, and says in its own way that there is none.
      if (path === '/v1/token') expect(answer.status).toBe(400);
      else if (method === 'head') expect(answer.status).toBe(401);
      else if (security.length === 0) expect(answer.status).toBe(200);
      else refusalIn(answer, 'unauthenticated');
    }
  }
});

test('the schema of a body takes what the broker takes, and refuses what it refuses', async () => {
  const { paths } = await openApi();
  const schema = paths['/v1/tasks']?.['post']?.requestBody?.content['application/json']?.schema ?? false;
  const published = z.fromJSONSchema(schema);
  const bodies: readonly unknown[] = [
    taskBody(),
    taskBody(undefined, { requester: 'kim', ttlSeconds: 60 }),
    taskBody([]),
    taskBody(undefined, { ttlSeconds: 0 }),
    taskBody(undefined, { ttl: 1 }),
    taskBody([{ capability: 'reports' }]),
    {},
    [],
    null,
  ];
  for (const body of bodies) {
    const { status } = await send('POST', '/v1/tasks', { token: agentToken('report-builder'), body });
    expect([body, published.safeParse(body).success]).toEqual([body, status === 201]);
  }
});

test('it is the same for everyone', async () => {
  const [plain, signed] = await Promise.all([
    fetch(`${brokerUrl()}/openapi.json`).then((response) => response.text()),
    send('GET', '/openapi.json', { token: agentToken('report-builder') }).then(({ text }) => text),
  ]);
  expect(signed).toBe(plain);
});
