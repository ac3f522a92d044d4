// The endpoints over a whole broker: what comes back over HTTP, in good cases, in bad ones, and for any request at all.
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { openTaskAnswer, problemDocument } from '../../src/api/answers.ts';
import { type ApiRequest, type ApiResponse, answer, dressed, type RouteName } from '../../src/api/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { apiRequest, bodyOf, endpointsOf, jsonBody, PUBLIC_URL, textOf } from '../support/api.ts';
import { createWorld, HELD, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

function send(name: RouteName, given: Partial<ApiRequest> = {}): Promise<ApiResponse> {
  const endpoint = endpointsOf(world).find(({ route }) => route.name === name);
  if (endpoint === undefined) throw new Error(`no endpoint ${name}`);
  const request = apiRequest({ method: endpoint.route.method, ...given });
  return answer(endpoint, request, world.dependencies.log, PUBLIC_URL);
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const sending = (token: string, body: unknown, more: Readonly<Record<string, string>> = {}) => ({
  headers: { ...bearer(token), 'content-type': 'application/json', ...more },
  body: jsonBody(body),
});
const ASKED: readonly RouteName[] = [
  ...(['openTask', 'readTask', 'finishTask', 'issueCredentials'] as const),
  ...(['readTaskEvents', 'readEvents'] as const),
];
const WANTED = { purpose: 'Build the weekly report', capabilities: HELD };

async function opened() {
  const body = bodyOf(await send('openTask', sending(world.agentToken(), WANTED))) as {
    readonly task: { readonly id: string };
    readonly token: string;
  };
  return { parameters: { task: body.task.id }, token: body.token };
}

describe('the walk', () => {
  it('opens, reads, issues, finishes and shows what happened', async () => {
    const response = await send('openTask', sending(world.agentToken(), WANTED));
    expect(response.status).toBe(201);
    const { task, token } = bodyOf(response) as { task: { id: string }; token: string };
    expect(openTaskAnswer.parse(bodyOf(response))).toEqual({ task, token });
    const parameters = { task: task.id };

    const read = await send('readTask', { parameters, headers: bearer(token) });
    expect([read.status, bodyOf(read)]).toEqual([200, { task }]);

    const issued = await send('issueCredentials', {
      parameters,
      ...sending(token, { capability: 'reports:read' }),
    });
    expect(issued.status).toBe(200);
    expect(bodyOf(issued)).toEqual({
      credentials: {
        accessKeyId: 'ASIAEXAMPLE1',
        secretAccessKey: 'canary-secret-1',
        sessionToken: 'canary-token-1',
        expiration: expect.stringMatching(/Z$/),
      },
      call: expect.stringMatching(/^call_/),
    });

    const finished = await send('finishTask', { parameters, headers: bearer(token) });
    expect(bodyOf(finished)).toMatchObject({ task: { ...task, status: 'finished' }, revocation: 'pending' });

    const headers = bearer(world.personToken(['security']));
    const first = await send('readTaskEvents', { parameters, headers, query: [['limit', '3']] });
    const { events, cursor = '' } = bodyOf(first) as { events: { type: string }[]; cursor?: string };
    const rest = await send('readTaskEvents', { parameters, headers, query: [['cursor', cursor]] });
    const all = [...events, ...(bodyOf(rest)['events'] as { type: string }[])].map(({ type }) => type);
    expect(all.sort()).toEqual(['call.requested', 'credentials.issued', 'task.finished', 'task.opened']);
    expect(bodyOf(rest)).not.toHaveProperty('cursor');
  });

  it('tells everyone how it is, what it takes and where tokens come from', async () => {
    expect(bodyOf(await send('health'))).toEqual({ status: 'ok' });
    expect(bodyOf(await send('openApi'))).toMatchObject({ openapi: '3.1.1' });
    expect(bodyOf(await send('protectedResource'))).toMatchObject({
      resource: PUBLIC_URL,
      authorization_servers: ['https://issuer.example.com'],
    });
  });

  it('records request, reason and trace with the event', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const more = { 'bailiwick-reason': 'It is Monday', traceparent, 'idempotency-key': 'k' };
    await send('openTask', sending(world.agentToken(), WANTED, more));
    expect(world.told('task.opened')).toMatchObject([
      {
        request: {
          id: 'req-of-a-test',
          method: 'POST',
          route: '/v1/tasks',
          sourceAddress: '192.0.2.1',
          reason: 'It is Monday',
          traceparent,
          idempotencyKeyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });
});

describe('an Idempotency-Key', () => {
  const key = { 'idempotency-key': 'k' };
  it('knows a body by its meaning, not by its bytes', async () => {
    const first = await send('openTask', sending(world.agentToken(), WANTED, key));
    const { purpose, capabilities } = WANTED;
    const turned = { capabilities, purpose: ` ${purpose} ` };
    const second = await send('openTask', sending(world.agentToken(), turned, key));
    expect(bodyOf(second)['task']).toEqual(bodyOf(first)['task']);
    const other = await send('openTask', sending(world.agentToken(), { ...WANTED, ttlSeconds: 60 }, key));
    expect([other.status, bodyOf(other)['code']]).toEqual([422, 'idempotency_mismatch']);
  });

  it('that is none is refused before anything else is done', async () => {
    const response = await send('openTask', sending(world.agentToken(), WANTED, { 'idempotency-key': ' ' }));
    expect([response.status, bodyOf(response)['code']]).toEqual([400, 'invalid_request']);
    expect(world.tasks()).toEqual([]);
  });

  it('means nothing where nothing is changed', async () => {
    const { parameters, token } = await opened();
    const headers = { ...bearer(token), 'idempotency-key': ' ' };
    expect((await send('readTask', { parameters, headers })).status).toBe(200);
  });
});

describe('refused at the door', () => {
  it.each(ASKED)('%s without a token, before the body is looked at', async (name) => {
    const response = await send(name, { body: Buffer.from('{'), headers: {} });
    expect([response.status, bodyOf(response)['code']]).toEqual([401, 'unauthenticated']);
    expect(response.headers['www-authenticate']).toContain(`${PUBLIC_URL}/.well-known/`);
  });

  it.each<RouteName>(['openTask', 'finishTask', 'issueCredentials'])(
    '%s with a token that proves nothing, whatever the body is',
    async (name) => {
      const { parameters } = await opened();
      for (const body of [Buffer.from('{'), jsonBody({ else: 1 })]) {
        const headers = { ...bearer('nothing'), 'content-type': 'application/json' };
        const response = await send(name, { parameters, headers, body });
        expect([response.status, bodyOf(response)['code']]).toEqual([401, 'unauthenticated']);
      }
    },
  );

  it('says what is wrong with the body to those who prove who they are', async () => {
    const { parameters, token } = await opened();
    for (const name of ['finishTask', 'issueCredentials'] as const) {
      const response = await send(name, { parameters, ...sending(token, { else: 1 }) });
      expect([response.status, bodyOf(response)['code']]).toEqual([400, 'invalid_request']);
    }
    expect(world.tasks()).toMatchObject([{ status: 'open' }]);
    expect(world.calls()).toEqual([]);
  });

  it('is not what policy wants an approval of: that waits, and whoever asks is told where to look', async () => {
    const capabilities = [{ capability: 'reports:write', parameters: {} }];
    const response = await send('openTask', sending(world.agentToken(), { ...WANTED, capabilities }));
    const { task, token } = bodyOf(response) as { task: { id: string }; token: string };
    const waits = await send('issueCredentials', {
      parameters: { task: task.id },
      ...sending(token, { capability: 'reports:write' }),
    });
    expect(waits.status).toBe(202);
    const body = bodyOf(waits) as { readonly call: string };
    expect(body).toEqual({
      call: expect.stringMatching(/^call_/),
      approval: {
        id: expect.stringMatching(/^appr_/),
        needed: { count: 1, of: {} },
        expiresAt: expect.any(String),
      },
      statusUrl: `${PUBLIC_URL}/v1/calls/${body.call}`,
    });
    expect(waits.headers).toMatchObject({
      location: `${PUBLIC_URL}/v1/calls/${body.call}`,
      'retry-after': '5',
    });
  });

  it.each(['nonsense', 'bnVsbA', ''])('takes no cursor that it did not give: %j', async (cursor) => {
    const { parameters } = await opened();
    const headers = bearer(world.personToken(['security']));
    for (const name of ['readTaskEvents', 'readEvents'] as const) {
      const response = await send(name, { parameters, headers, query: [['cursor', cursor]] });
      expect([response.status, bodyOf(response)['code']]).toEqual([400, 'invalid_request']);
    }
  });
});

describe('a fault', () => {
  it.each([
    [new Unavailable('records'), 500, 'internal'],
    [new Unavailable('events'), 503, 'audit_unavailable'],
    [new Error('canary-fault'), 500, 'internal'],
  ])('%s is answered with a request id, and no more', async (fault, status, code) => {
    const { parameters, token } = await opened();
    world.meddle = async () => {
      throw fault;
    };
    const response = await send('finishTask', { parameters, headers: bearer(token) });
    expect([response.status, bodyOf(response)['code']]).toEqual([status, code]);
    expect(bodyOf(response)['requestId']).toBe('req-of-a-test');
    expect(JSON.stringify([response, world.logged])).not.toContain('canary');
  });

  it('of the keys says that it is not the caller', async () => {
    Object.assign(world.keySets, {
      keys: async () => {
        throw new Unavailable('keys');
      },
    });
    const response = await send('openTask', sending(world.agentToken(), WANTED));
    expect([response.status, response.headers['retry-after']]).toEqual([503, '5']);
  });
});

it('dresses every response alike, and lets it add to that', () => {
  const { headers } = dressed({ status: 200, headers: { 'content-type': 'text/html' }, body: '' }, 'req-1');
  expect(headers).toMatchObject({
    'bailiwick-request-id': 'req-1',
    'cache-control': 'no-store',
    'content-type': 'text/html',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
});

describe('any request', () => {
  /** Near enough to a real one to get past the first checks now and then. */
  const anyRequest = (tokens: readonly string[], tasks: readonly string[]) => {
    const token = fc.oneof(fc.constantFrom(...tokens), fc.string());
    const instant = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    const number = fc.integer().map((any) => any.toString(36));
    const cursor = fc.tuple(number, number, fc.string()).map((parts) => parts.join('.'));
    const value = fc.oneof(fc.string(), instant, cursor);
    const capability = fc.record(
      {
        capability: fc.oneof(
          fc.constantFrom('reports:read', 'reports:write', 'x:__proto__', 'constructor:read'),
          fc.string(),
        ),
        parameters: fc.dictionary(fc.constantFrom('prefix', '__proto__', 'constructor'), fc.string()),
      },
      { requiredKeys: ['capability'] },
    );
    const body = fc.oneof(
      fc.record(
        {
          purpose: fc.string({ unit: 'binary' }),
          requester: fc.string({ unit: 'binary' }),
          capabilities: fc.array(capability),
          ttlSeconds: fc.integer(),
        },
        { requiredKeys: ['purpose', 'capabilities'] },
      ),
      capability,
      fc.record({ capabilities: fc.array(capability) }),
      fc.jsonValue(),
    );
    return fc.record({
      parameters: fc.record({ task: fc.oneof(fc.constantFrom(...tasks), fc.string({ unit: 'binary' })) }),
      query: fc.array(
        fc.tuple(fc.constantFrom('limit', 'cursor', '__proto__', 'x', 'since', 'until'), value),
      ),
      headers: fc.record(
        {
          authorization: token.map((one) => `Bearer ${one}`),
          'content-type': fc.oneof({ weight: 9, arbitrary: fc.constant('application/json') }, fc.string()),
          'idempotency-key': fc.oneof(fc.constantFrom('k', 'l'), fc.string()),
          'bailiwick-reason': fc.string({ unit: 'binary' }),
          traceparent: fc.string(),
        },
        { requiredKeys: [] },
      ),
      body: fc.oneof(body.map(jsonBody), fc.uint8Array(), fc.constant(undefined)),
    });
  };

  it('has an answer that is no fault, with a code where it is a refusal', async () => {
    const { parameters, token } = await opened();
    const tokens = [token, world.agentToken(), world.personToken(['security']), world.agentToken('else')];
    const name = fc.constantFrom(...ASKED);
    await fc.assert(
      fc.asyncProperty(name, anyRequest(tokens, [parameters.task, 'x']), async (route, request) => {
        const response = await send(route, request);
        expect(response.status, textOf(response)).toBeLessThan(500);
        if (response.status >= 400)
          expect(problemDocument.parse(bodyOf(response)).status).toBe(response.status);
        expect(world.logged.filter(({ level }) => level === 'error')).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});
