// A call of a target through the door: where the token stands, what the answer's headers say, and how refusals look.
import { beforeEach, describe, expect, it } from 'vitest';
import { type ApiRequest, type ApiResponse, answer, matchRoute } from '../../src/api/index.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import type { OutboundAnswer } from '../../src/ports/outbound.ts';
import { apiRequest, bodyOf, endpointsOf, textOf } from '../support/api.ts';
import { openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { jsonAnswer } from '../support/outside.ts';
import { proofMaker } from '../support/proof.ts';
import { PUBLIC_URL, type World } from '../support/world.ts';

const FREE = { policies: 'permit (principal, action, resource);' };
const EMAIL = 'canary.bird@example.net';
let world: World;
let opened: Awaited<ReturnType<World['opened']>>;
beforeEach(async () => {
  world = await worldWithTickets(TICKETS, FREE);
  opened = await openFor(world, 'tickets:read', 'tickets:write');
});

type Lines = ApiRequest['headerLines'];

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly target?: string;
  readonly lines?: Lines;
  readonly body?: Uint8Array | undefined;
  readonly query?: ApiRequest['query'];
  readonly token?: string | undefined;
}

/** As a door makes it of what came over the wire. */
async function send(sent: Sent = {}): Promise<ApiResponse> {
  const { method = 'GET', path = '/tickets/42', target = 'tickets', query = [] } = sent;
  const token = 'token' in sent ? sent.token : opened.token;
  const lines: Lines = [
    ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
    ...(sent.lines ?? []),
  ];
  const whole = `/v1/tasks/${opened.task.id}/http/${target}${path}`;
  const matched = matchRoute(method, whole);
  if (!('route' in matched)) throw new Error(matched.detail);
  const endpoint = endpointsOf(world).find(({ route }) => route.name === matched.route.name);
  if (endpoint === undefined) throw new Error(`no endpoint for ${whole}`);
  const headers: Record<string, string> = {};
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
  }
  const request = apiRequest({
    ...{ method, path: whole, parameters: matched.parameters, query, headers, headerLines: lines },
    ...('body' in sent ? { body: sent.body as Uint8Array } : {}),
    requestId: `req-${world.outside.sent.length}`,
  });
  return answer(endpoint, request, world.dependencies.log, PUBLIC_URL);
}

const answers = (given: Partial<OutboundAnswer>) => {
  world.outside.answer = async () => ({ status: 200, headers: [], body: new Uint8Array(), ...given });
};
const sentHeaders = () =>
  Object.fromEntries(
    (world.outside.sent.at(-1)?.headers ?? []).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value.open(),
    ]),
  );

describe('an answer', () => {
  it('is the target’s own, with the id of its call', async () => {
    answers({
      status: 418,
      headers: [
        ['Content-Type', 'application/json'],
        ['X-Note', 'a'],
        ['x-note', 'b'],
        ['ETag', '"7"'],
      ],
      body: Buffer.from('{"short":true}'),
    });
    const response = await send();
    expect(response).toMatchObject({
      status: 418,
      headers: {
        'content-type': 'application/json',
        'x-note': ['a', 'b'],
        etag: '"7"',
        'bailiwick-call': world.calls()[0]?.id,
      },
    });
    expect(textOf(response)).toBe('{"short":true}');
    for (const name of ['masked', 'dropped', 'withheld', 'truncated']) {
      expect(response.headers).not.toHaveProperty(`bailiwick-${name}`);
    }
  });

  it('says what was masked, of the request and in the answer, by type', async () => {
    answers({
      headers: [
        ['content-type', 'application/json'],
        ['x-note', EMAIL],
      ],
      body: Buffer.from(JSON.stringify({ a: EMAIL, b: '4242 4242 4242 4242' })),
    });
    const response = await send({ path: `/tickets/${EMAIL}` });
    expect(response.headers).toMatchObject({
      'bailiwick-masked': 'EMAIL=3, CREDIT_CARD=1',
      'x-note': '[EMAIL]',
    });
    expect(bodyOf(response)).toEqual({ a: '[EMAIL]', b: '[CREDIT_CARD]' });
  });

  it('says what was dropped, what was withheld, and what was cut', async () => {
    answers({
      headers: [
        ['Location', 'https://elsewhere.example/x'],
        ['Content-Type', 'text/event-stream'],
      ],
      body: Buffer.from('data: 1\n\n'),
      cut: 'time',
    });
    const response = await send({
      lines: [
        ['X-Api-Key', 'k'],
        ['Cookie', 'a=b'],
      ],
    });
    expect(response.headers).toMatchObject({
      'bailiwick-dropped': 'cookie, x-api-key',
      'bailiwick-withheld': 'location',
      'bailiwick-truncated': 'time',
    });
    expect(response.headers).not.toHaveProperty('location');
    expect(world.told('call.requested', 'call.succeeded')).toMatchObject([
      { dropped: ['cookie', 'x-api-key'] },
      { withheld: ['location'], answered: { truncated: 'time' } },
    ]);
  });

  it('that people have to allow first says what was masked and dropped of the request', async () => {
    const asking = 'permit (principal, action, resource) when { context.approvals.count >= 1 };';
    await world.use(partsWith(TICKETS, { policies: asking }));
    const response = await send({ path: `/tickets/${EMAIL}`, lines: [['cookie', 'a=b']] });
    expect(response).toMatchObject({
      status: 202,
      headers: { 'bailiwick-masked': 'EMAIL=1', 'bailiwick-dropped': 'cookie' },
    });
    expect(world.outside.sent).toEqual([]);
  });

  it('speaks for nobody but the target', async () => {
    answers({
      headers: [
        ['bailiwick-call', 'call_forged'],
        ['Bailiwick-Masked', 'NOTHING=1'],
        ['bailiwick-approval', 'yes'],
        ['date', 'Mon, 02 Mar 2026 12:00:30 GMT'],
        ['server', 'nginx'],
        ['www-authenticate', 'Basic'],
      ],
    });
    const { headers } = await send();
    expect(headers).toMatchObject({
      'bailiwick-call': world.calls()[0]?.id,
      'bailiwick-target-date': 'Mon, 02 Mar 2026 12:00:30 GMT',
      'bailiwick-target-server': 'nginx',
      'bailiwick-target-www-authenticate': 'Basic',
    });
    expect(JSON.stringify(headers)).not.toMatch(/forged|NOTHING|approval/);
  });

  it('leads back to the broker where it leads to the target', async () => {
    answers({ status: 302, headers: [['location', '/api/tickets/43?a=1']] });
    const { status, headers } = await send();
    expect([status, headers['location']]).toEqual([
      302,
      `${PUBLIC_URL}/v1/tasks/${opened.task.id}/http/tickets/tickets/43?a=1`,
    ]);
  });

  it('of a HEAD has no body, and of the base URL itself is one too', async () => {
    const capabilities = {
      ...TICKETS.capabilities,
      read: { ...TICKETS.capabilities['read'], routes: [{ route: 'GET /', otherFields: false }] },
    } as HttpTarget['capabilities'];
    await world.use(partsWith({ ...TICKETS, capabilities }, FREE));
    for (const path of ['', '/']) {
      const response = await send({ method: 'HEAD', path });
      expect([response.status, textOf(response)]).toEqual([200, '']);
    }
    expect(world.outside.sent.map(({ method, path }) => [method, path])).toEqual([
      ['HEAD', '/api'],
      ['HEAD', '/api'],
    ]);
  });
});

describe('the task token', () => {
  const basic = (text: string) => Buffer.from(text).toString('base64');
  it.each<[string, (token: string) => Lines]>([
    ['as Bearer', (token) => [['Authorization', `Bearer ${token}`]]],
    ['as DPoP', (token) => [['authorization', `DPoP ${token}`]]],
    ['as token', (token) => [['authorization', `token ${token}`]]],
    ['as Basic’s password', (token) => [['authorization', `Basic ${basic(`x:${token}`)}`]]],
    ['as Basic’s password alone', (token) => [['authorization', `Basic ${basic(`:${token}`)}`]]],
    ['where the credential goes', (token) => [['PRIVATE-TOKEN', token]]],
    ['with the words around it', (token) => [['private-token', `Key ${token}`]]],
  ])('is taken %s, and never goes on', async (_, lines) => {
    const inject = [{ header: 'Private-Token', value: 'Key ${secret.token}' }];
    await world.use(partsWith({ ...TICKETS, inject }, FREE));
    const response = await send({ token: undefined, lines: lines(opened.token) });
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty('bailiwick-dropped');
    expect(sentHeaders()).toEqual({ 'private-token': 'Key canary-target-key-1' });
  });

  it.each<[string, Lines]>([
    ['none', []],
    ['none, and a key of the agent’s', [['x-api-key', 'key']]],
    ['Basic of somebody else', [['authorization', `Basic ${basic('me:secret')}`]]],
    ['an OIDC token', [['authorization', 'Bearer eyJhbGciOiJub25lIn0.e30.']]],
    ['nonsense', [['authorization', 'Bearer bwt_nonsense']]],
  ])('that is %s is 401, and no target is called', async (_, lines) => {
    const response = await send({ token: undefined, lines });
    expect(response).toMatchObject({
      status: 401,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(response)).toMatchObject({ code: 'unauthenticated' });
    expect(world.outside.sent).toEqual([]);
  });

  it('that is bound comes with a proof for the very URL, escapes and all', async () => {
    const client = proofMaker();
    const now = world.clock.now();
    opened = await world.opened({
      capabilities: [{ capability: 'tickets:read', parameters: {} }],
      proof: client.prove({ url: `${PUBLIC_URL}/v1/tasks`, now }),
    });
    const url = `${PUBLIC_URL}/v1/tasks/${opened.task.id}/http/tickets/tickets/4%20%C3%A9`;
    const proof = client.prove({ url, method: 'GET', now, token: opened.token });
    const path = '/tickets/4%20%C3%A9';
    expect((await send({ path, lines: [['dpop', proof]] })).status).toBe(200);
    expect((await send({ path, lines: [['dpop', proof]] })).status).toBe(401);
    expect((await send({ path })).status).toBe(403);
  });
});

describe('a refusal', () => {
  it.each<[string, Sent, string, number]>([
    ['of a target that there is not', { target: 'nowhere' }, 'outside_task', 403],
    ['of a target by a name that objects have', { target: '__proto__' }, 'outside_task', 403],
    ['of a target of another kind', { target: 'reports' }, 'outside_task', 403],
    ['of a path that no route covers', { path: '/users' }, 'outside_task', 403],
    ['of a path that could mean two things', { path: '/tickets/..%2f42' }, 'outside_task', 403],
    ['of a path with a dot segment', { path: '/tickets/%2e%2e/users' }, 'outside_task', 403],
    ['of a body that was too large for the door', { body: undefined }, 'request_too_large', 413],
    ['of a word that is no yes and no no', { lines: [['bailiwick-export', 'yes']] }, 'invalid_request', 400],
  ])('%s is a problem document', async (_, sent, code, status) => {
    const response = await send(sent);
    expect(response).toMatchObject({
      status,
      headers: { 'content-type': 'application/problem+json' },
    });
    expect(bodyOf(response)).toMatchObject({ code, status });
    expect(world.outside.sent).toEqual([]);
  });

  it('says the call where there is one, and what was masked', async () => {
    const response = await send({ path: `/users/${EMAIL}` });
    expect(bodyOf(response)).toMatchObject({ code: 'outside_task', call: world.calls()[0]?.id });
    expect(response.headers).toMatchObject({ 'bailiwick-masked': expect.stringContaining('EMAIL=1') });
  });

  it('repeats nothing of the request unmasked', async () => {
    const capabilities = {
      ...TICKETS.capabilities,
      read: {
        ...TICKETS.capabilities['read'],
        routes: [{ route: 'GET /tickets', query: {}, otherFields: false }],
      },
    } as HttpTarget['capabilities'];
    await world.use(partsWith({ ...TICKETS, capabilities }, FREE));
    for (const sent of [{ path: '/tickets', query: [[EMAIL, '1']] as const }, { target: EMAIL }]) {
      const response = await send(sent);
      expect(response.status).toBe(403);
      expect(textOf(response)).not.toContain('canary');
    }
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toContain('canary.bird');
  });

  it('of the target’s own making is the target’s own', async () => {
    world.outside.answer = async () => jsonAnswer({ code: 'denied_by_policy' }, 403);
    const response = await send();
    expect([response.status, bodyOf(response)]).toEqual([403, { code: 'denied_by_policy' }]);
    expect(response.headers['content-type']).toBe('application/json');
  });

  it.each([
    ['unavailable', 503, 'target_unavailable'],
    ['failed', 502, 'target_failed'],
    ['timeout', 504, 'call_timeout'],
    ['too_large', 502, 'response_over_cap'],
  ] as const)('of a target that is %s is %i', async (problem, status, code) => {
    world.outside.answer = async () => ({ problem, sent: problem !== 'unavailable', detail: 'A sentence.' });
    const response = await send();
    expect(response.status).toBe(status);
    expect(bodyOf(response)).toMatchObject({ code, call: world.calls()[0]?.id });
    expect('retry-after' in response.headers).toBe(problem === 'unavailable');
  });
});

describe('an Idempotency-Key', () => {
  const key = [['Idempotency-Key', 'k']] as const;
  const put = (more: Sent = {}) => send({ method: 'PUT', body: Buffer.from('{"a":1}'), lines: key, ...more });

  it('gives the same answer again, calls once, and goes on', async () => {
    answers({ headers: [['location', 'https://elsewhere.example/']], body: Buffer.from(EMAIL) });
    const said = { path: `/tickets/${EMAIL}`, lines: [...key, ['cookie', 'a=b']] as const };
    const [one, other] = [await put(said), await put(said)];
    expect(one.headers).toMatchObject({
      'bailiwick-masked': 'EMAIL=2',
      'bailiwick-dropped': 'cookie',
      'bailiwick-withheld': 'location',
    });
    expect([other.status, other.headers, textOf(other)]).toEqual([one.status, one.headers, textOf(one)]);
    expect(world.outside.sent).toHaveLength(1);
    expect(sentHeaders()).toMatchObject({ 'idempotency-key': 'k' });
  });

  it.each<[string, Sent]>([
    ['body', { body: Buffer.from('{"a":2}') }],
    ['query', { query: [['a', '1']] }],
    ['type of content', { lines: [...key, ['content-type', 'text/plain']] }],
  ])('with another %s is 422', async (_, more) => {
    await put();
    const response = await put(more);
    expect([response.status, bodyOf(response)['code']]).toEqual([422, 'idempotency_mismatch']);
    expect(world.outside.sent).toHaveLength(1);
  });

  it('with another order of the query is 422, since it may mean something else', async () => {
    await put({
      query: [
        ['a', '1'],
        ['a', '2'],
      ],
    });
    expect(
      (
        await put({
          query: [
            ['a', '2'],
            ['a', '1'],
          ],
        })
      ).status,
    ).toBe(422);
  });

  it('means nothing to a GET, and goes on', async () => {
    await send({ lines: key });
    await send({ lines: key });
    await send({ lines: key, query: [['a', '1']] });
    expect(world.outside.sent).toHaveLength(3);
    expect(sentHeaders()).toMatchObject({ 'idempotency-key': 'k' });
    expect(world.told('call.repeated')).toEqual([]);
  });

  it('that is none is refused', async () => {
    const response = await put({ lines: [['idempotency-key', ' ']] });
    expect([response.status, bodyOf(response)['code']]).toEqual([400, 'invalid_request']);
    expect(world.outside.sent).toEqual([]);
  });
});

describe('what is recorded beside', () => {
  it('is the reason, masked, and the trace', async () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
    await send({
      lines: [
        ['bailiwick-reason', `Ask ${EMAIL}`],
        ['traceparent', traceparent],
      ],
    });
    expect(world.told('call.requested')).toMatchObject([
      {
        request: {
          method: 'GET',
          route: '/v1/tasks/{task}/http/{target}/{path+}',
          reason: 'Ask [EMAIL]',
          traceparent,
        },
      },
    ]);
    expect(sentHeaders()).not.toHaveProperty('bailiwick-reason');
    expect(sentHeaders()).toMatchObject({ traceparent });
  });

  it('is that an export was asked for', async () => {
    expect((await send({ lines: [['bailiwick-export', 'true']] })).status).toBe(200);
    expect((await send({ lines: [['bailiwick-export', 'false']] })).status).toBe(200);
    const exports = world
      .told('call.succeeded')
      .map(({ operation }) => (operation as { export?: boolean }[])[0]?.export ?? false);
    expect(exports.sort()).toEqual([false, true]);
    expect(sentHeaders()).not.toHaveProperty('bailiwick-export');
  });
});

it('is asked for by a challenge that clients know which send a password only then', async () => {
  for (const token of [undefined, 'nothing']) {
    const refused = await send({ token });
    expect(refused.status).toBe(401);
    expect(refused.headers['www-authenticate']).toContain('Basic realm="bailiwick"');
  }
});

it('is named where its answer can be read again, as everything is named to callers', async () => {
  answers(jsonAnswer({ id: 42 }));
  const sent = { method: 'PUT', lines: [['idempotency-key', 'k1']] as const };
  const call = (await send(sent)).headers['bailiwick-call'];
  const endpoint = endpointsOf(world).find(({ route }) => route.name === 'readCall');
  const headers = { authorization: `Bearer ${opened.token}` };
  const request = apiRequest({ method: 'GET', headers, parameters: { call: String(call) } });
  const read = bodyOf((await endpoint?.handle(request)) as ApiResponse) as {
    readonly call: { readonly response: object };
  };
  expect(read.call.response).toEqual({ status: 200, url: `${PUBLIC_URL}/v1/calls/${call}/response` });
});
