// Every function exports a handler that is wrapped in the chain: a bare one would have no log, no metrics, no headers.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PUBLIC_URL } from '../support/api.ts';
import { apiEvent, asDeployed, bodyOf, CONTEXT, capture, type Handler } from './support.ts';

const LAMBDAS = new URL('../../lambdas/', import.meta.url);
const FUNCTIONS = readdirSync(LAMBDAS).filter((name) => existsSync(new URL(`${name}/handler.ts`, LAMBDAS)));
const BACKGROUND = ['reconcile', 'revoke-sessions', 'rotate-keys', 'archive-events', 'sign-digest'];
const STEPS = ['ask-approvers', 'execute-call'];

let directory: string;
beforeAll(() => {
  ({ directory } = asDeployed());
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true });
});
afterEach(() => vi.restoreAllMocks());

const load = async (name: string) =>
  (await import(new URL(`${name}/handler.ts`, LAMBDAS).href)) as { handler: Handler; createHandler: unknown };

it('finds the functions', () => {
  expect(FUNCTIONS).toEqual(
    expect.arrayContaining([...BACKGROUND, 'open-task', 'issue-credentials', 'front']),
  );
});

describe.each(FUNCTIONS)('%s', (name) => {
  it('exports a handler of middy, made by its createHandler', async () => {
    const { handler, createHandler } = await load(name);
    expect(handler).toBeTypeOf('function');
    expect(createHandler).toBeTypeOf('function');
    for (const method of ['use', 'before', 'after', 'onError', 'handler']) {
      expect(handler).toHaveProperty(method, expect.any(Function));
    }
  });

  it('refuses to start without what it reads from its environment', async () => {
    const { environment } = (await import(new URL(`${name}/env.ts`, LAMBDAS).href)) as {
      environment: { readonly shape: object; parse(given: unknown): unknown };
    };
    for (const variable of Object.keys(environment.shape)) {
      const { [variable]: _, ...without } = process.env;
      expect(() => environment.parse(without)).toThrow();
      expect(() => environment.parse({ ...without, [variable]: '' })).toThrow();
    }
    expect(() => environment.parse(process.env)).not.toThrow();
  });
});

it.each(FUNCTIONS.filter((name) => ![...BACKGROUND, ...STEPS].includes(name)))(
  '%s answers through the whole chain',
  async (name) => {
    const { handler } = await load(name);
    const printed = capture();
    const response = await handler(apiEvent('GET', '/nothing'), CONTEXT);
    expect(response.statusCode).toBe(404);
    expect(response.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'bailiwick-request-id': 'req-of-the-gateway',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    expect(bodyOf(response)).toMatchObject({ code: 'not_found', requestId: 'req-of-the-gateway' });
    expect(printed.log()).toEqual([
      expect.objectContaining({
        message: 'request handled',
        service: 'bailiwick',
        function_request_id: 'req-of-lambda',
        status: 404,
      }),
    ]);
    // And says nothing beside: a warning at every request is a cost.
    expect(printed.lines()).toHaveLength(1);
    expect(printed.text().trim().split('\n')).toHaveLength(1);
  },
);

it.each(STEPS)('%s says in the history of an execution only that it failed', async (name) => {
  const { handler } = await load(name);
  const printed = capture();
  const canary = { step: 'canary-of-the-step', approval: { canary: 'canary-of-the-step' } };
  await expect(Promise.resolve(handler(canary as never, CONTEXT))).rejects.toThrow(
    /^the step failed; the log says where$/,
  );
  expect(printed.text()).not.toContain('canary-of-the-step');
});

describe('front, as it is deployed', () => {
  it('serves what everyone may read', async () => {
    capture();
    const { handler } = await load('front');
    expect(bodyOf(await handler(apiEvent('GET', '/healthz'), CONTEXT))).toEqual({ status: 'ok' });
    const document = bodyOf(await handler(apiEvent('GET', '/openapi.json'), CONTEXT));
    expect(document).toMatchObject({ openapi: '3.1.1', servers: [{ url: PUBLIC_URL }] });
    const metadata = bodyOf(await handler(apiEvent('GET', '/.well-known/oauth-protected-resource'), CONTEXT));
    expect(metadata).toMatchObject({ resource: PUBLIC_URL });
  });

  it('knows a wrong method from a wrong path', async () => {
    capture();
    const { handler } = await load('front');
    const wrong = await handler(apiEvent('DELETE', '/v1/tasks'), CONTEXT);
    expect([wrong.statusCode, wrong.headers?.['allow'], bodyOf(wrong)['code']]).toEqual([
      405,
      'POST, GET',
      'method_not_allowed',
    ]);
    const none = await handler(apiEvent('GET', '/{proxy+}'), CONTEXT);
    expect(none.statusCode).toBe(404);
  });
});
