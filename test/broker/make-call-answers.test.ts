// What comes of a call once it is sent: of what the target does not answer, of what is too much, of a 401, of large bodies.
import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_DIRECT_BYTES } from '../../src/broker/call-answer.ts';
import type { HttpTarget } from '../../src/config/index.ts';
import type { NoAnswer, OutboundAnswer, OutboundRequest } from '../../src/ports/outbound.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { jsonAnswer } from '../support/outside.ts';
import { codeOf, type World } from '../support/world.ts';

type Opened = Awaited<ReturnType<World['opened']>>;

const ALL = { policies: 'permit (principal, action, resource);' };
let world: World;
let opened: Opened;
beforeEach(async () => {
  world = await worldWithTickets(TICKETS, ALL);
  opened = await openFor(world, 'tickets:read', 'tickets:write');
});

const PUT = { method: 'PUT' };
const textAnswer = (text: string, more: Partial<OutboundAnswer> = {}): OutboundAnswer => ({
  status: 200,
  headers: [['content-type', 'text/plain']],
  body: Buffer.from(text),
  ...more,
});
const answers = (answer: OutboundAnswer | NoAnswer) => {
  world.outside.answer = async () => answer;
};
const headersOf = (request: OutboundRequest | undefined) =>
  Object.fromEntries(
    (request?.headers ?? []).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value.open(),
    ]),
  );

it.each([206, 226])('a part that nobody asked for (%s) is not given', async (status) => {
  const world = await worldWithTickets();
  const opened = await openFor(world, 'tickets:read');
  world.outside.answer = async () => ({ status, headers: [], body: Buffer.from('jane.d') });
  const headers = [
    ['Range', 'bytes=0-5'],
    ['Request-Range', 'bytes=0-5'],
  ] as const;
  expect(codeOf(await call(world, opened, { headers }))).toBe('target_failed');
  expect(world.outside.sent[0]?.headers.map(([name]) => name)).toEqual(['Authorization']);
});

describe('a target that does not answer', () => {
  const problems: readonly [string, Omit<NoAnswer, 'detail'>, string, string][] = [
    ['was not reached', { problem: 'unavailable', sent: false }, 'target_unavailable', 'target_unavailable'],
    ['broke off before it was sent', { problem: 'failed', sent: false }, 'target_failed', 'target_failed'],
    ['broke off', { problem: 'failed', sent: true }, 'target_failed', 'outcome_unknown'],
    [
      'broke off after its status',
      { problem: 'failed', sent: true, status: 200, cutShort: true },
      'target_failed',
      'outcome_unknown',
    ],
    [
      'answered with what is none',
      { problem: 'failed', sent: true, status: 200 },
      'target_failed',
      'target_failed',
    ],
    ['took too long before it was sent', { problem: 'timeout', sent: false }, 'call_timeout', 'call_timeout'],
    ['took too long', { problem: 'timeout', sent: true }, 'call_timeout', 'outcome_unknown'],
    [
      'took too long after its status',
      { problem: 'timeout', sent: true, status: 201, cutShort: true },
      'call_timeout',
      'outcome_unknown',
    ],
    [
      'took too long to unpack',
      { problem: 'timeout', sent: true, status: 201 },
      'call_timeout',
      'target_failed',
    ],
    [
      'answered with too much',
      { problem: 'too_large', sent: true, status: 200 },
      'response_over_cap',
      'target_failed',
    ],
  ];
  const cases = problems.flatMap(([what, problem, reading, writing]) => [
    { what, problem, asked: {}, method: 'a read', code: reading },
    { what, problem, asked: PUT, method: 'a write', code: writing },
  ]);
  it.each(cases)('that $what is $code to $method', async ({ problem, asked, code }) => {
    answers({ ...problem, detail: 'A sentence.' });
    const refused = await call(world, opened, asked);
    if (!(refused instanceof Refusal)) throw new Error('answered');
    const [kept] = world.calls();
    expect(refused).toMatchObject({ code, extras: { call: kept?.id } });
    if (code === 'call_timeout' || code === 'outcome_unknown') expect(refused.detail).toContain(kept?.id);
    if (code !== 'response_over_cap') expect(refused.detail).toContain('A sentence.');
    if (problem.status !== undefined && code !== 'response_over_cap') {
      expect(refused.detail).toContain(String(problem.status));
    }
    const isUnknown = code === 'outcome_unknown';
    expect(kept?.status).toBe(isUnknown ? 'outcome_unknown' : 'failed');
    expect(world.told('call.failed', 'call.unknown')).toMatchObject([
      {
        type: isUnknown ? 'call.unknown' : 'call.failed',
        refusal: { code },
        operation: [expect.any(Object)],
        decision: { outcome: 'allowed' },
      },
    ]);
  });

  it('says when to try again', async () => {
    answers({ problem: 'unavailable', sent: false, detail: 'Down.', retryAfterSeconds: 17 });
    expect(await call(world, opened)).toMatchObject({ extras: { retryAfterSeconds: 17 } });
    answers({ problem: 'unavailable', sent: false, detail: 'Down.' });
    expect(await call(world, opened)).toMatchObject({ extras: { retryAfterSeconds: 5 } });
  });

  it('counts how long it took', async () => {
    world.outside.answer = async () => {
      world.clock.advance(7000);
      return { problem: 'timeout', sent: true, detail: 'Slow.' };
    };
    await call(world, opened);
    expect(world.told('call.failed')).toMatchObject([{ milliseconds: 7000 }]);
  });
});

describe('an answer that can’t be read', () => {
  it('can’t be masked either, so it is not given, and whether a write was done is said', async () => {
    answers(textAnswer('canary', { headers: [['content-type', 'text/plain; charset=x-nobody-knows']] }));
    for (const asked of [{}, PUT]) {
      const refused = await call(world, opened, { ...asked });
      expect(refused).toBeInstanceOf(Refusal);
      expect((refused as Refusal).detail).not.toContain('canary');
    }
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toContain('canary');
    expect(world.told('call.succeeded')).toEqual([]);
  });
});

describe('what is sent', () => {
  it('has the target’s own base path, what is left of the time, and the query in order', async () => {
    const query = [
      ['b', '1'],
      ['a', '2'],
      ['b', ''],
    ] as const;
    await made(world, opened, { path: '/tickets', query });
    expect(world.outside.sent).toMatchObject([
      { method: 'GET', path: '/api/tickets', query, timeoutMilliseconds: 25_000, mayRepeat: true },
    ]);
    expect(world.outside.sent[0]?.body).toBeUndefined();
    expect(world.outside.sent[0]?.to).toMatchObject({
      target: 'tickets',
      origin: 'https://tickets.example.com',
    });
  });

  it.each([
    ['https://tickets.example.com', '/', '/'],
    ['https://tickets.example.com/api', '/', '/api'],
    ['https://tickets.example.com', '/tickets/42', '/tickets/42'],
    ['https://tickets.example.com/a/b', '/tickets/%34%32', '/a/b/tickets/42'],
  ])('to %s with the path %s goes to %s', async (baseUrl, path, expected) => {
    const { read } = TICKETS.capabilities;
    if (read === undefined) throw new Error('no such capability');
    const routes = ['GET /', ...read.routes.map(({ route }) => route)];
    const more = { ...read, routes: routes.map((route) => ({ route, otherFields: false })) };
    await world.use(
      partsWith(
        {
          ...TICKETS,
          connection: { ...TICKETS.connection, baseUrl },
          capabilities: { ...TICKETS.capabilities, read: more },
        },
        ALL,
      ),
    );
    await made(world, opened, { path });
    expect(world.outside.sent[0]?.path).toBe(expected);
  });

  it('has the target’s own time limit where that is shorter, and what the first trip took is off', async () => {
    await world.use(partsWith({ ...TICKETS, connection: { ...TICKETS.connection, timeoutSeconds: 3 } }, ALL));
    await made(world, opened);
    world.meddle = async ({ name }, run) => {
      const answer = await run();
      if (name === 'records.read') world.clock.advance(24_000);
      return answer;
    };
    await made(world, opened);
    expect(world.outside.sent.map(({ timeoutMilliseconds }) => timeoutMilliseconds)).toEqual([3000, 1000]);
  });

  it.each([
    ['GET', true],
    ['HEAD', true],
    ['PUT', true],
    ['DELETE', true],
    ['POST', false],
    ['PATCH', false],
  ])('by %s may be sent again: %j', async (method, may) => {
    const { write } = TICKETS.capabilities;
    if (write === undefined) throw new Error('no such capability');
    const routes = ['PUT', 'DELETE', 'POST', 'PATCH'].map((one) => ({
      route: `${one} /tickets/{id}`,
      otherFields: false,
    }));
    const capabilities = { ...TICKETS.capabilities, write: { ...write, routes } };
    await world.use(partsWith({ ...TICKETS, capabilities }, ALL));
    await made(world, opened, { method });
    expect(world.outside.sent[0]?.mayRepeat).toBe(may);
  });

  it('holds no task token in any header, and says what of the agent’s was dropped', async () => {
    const { token } = opened;
    const basic = Buffer.from(`me:${token}`).toString('base64');
    const answer = await made(world, opened, {
      headers: [
        ['Authorization', `Bearer ${token}`],
        ['authorization', `Basic ${basic}`],
        ['X-Note', `my token is ${token}`],
        ['X-Encoded', basic],
        ['X-Api-Key', 'canary-agents-own'],
        ['Cookie', 'canary=1'],
        ['Idempotency-Key', 'k'],
        ['X-Plain', 'yes'],
      ],
    });
    expect(answer.dropped).toEqual(['cookie', 'x-api-key', 'x-encoded', 'x-note']);
    const sent = headersOf(world.outside.sent[0]);
    expect(sent).toEqual({
      'idempotency-key': 'k',
      'x-plain': 'yes',
      authorization: 'Bearer canary-target-key-1',
    });
    expect(world.told('call.requested')).toMatchObject([{ dropped: answer.dropped }]);
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toMatch(/canary|bwt_/);
  });

  it('puts its own in place of what the agent writes where the credential goes', async () => {
    const inject = [
      { query: 'api_key', value: '${secret.token}' },
      { header: 'X-Key', value: 'Key ${secret.token}' },
      { query: 'second', value: 'Key ${secret.token}' },
    ];
    await world.use(partsWith({ ...TICKETS, inject }, ALL));
    const answer = await made(world, opened, {
      path: '/%74ickets/42',
      query: [
        ['z', '1'],
        ['api_key', 'mine'],
        ['a', '2'],
        ['z', '3'],
      ],
      headers: [['x-key', 'mine']],
    });
    expect(answer.dropped).toEqual(expect.arrayContaining(['?api_key']));
    const [request] = world.outside.sent;
    // What is written down is what was sent, but for the credential.
    expect(request?.path).toBe('/api/tickets/42');
    const line = { requestLine: 'GET /tickets/42?z=1&a=2&z=3' };
    expect(world.told('call.requested', 'call.succeeded')).toMatchObject([line, line]);
    // First, so that no agent chooses where the beginning of a URL ends within it.
    expect(request?.query.map(([name, value]) => [name, String(value)])).toEqual([
      ['api_key', '[secret]'],
      ['second', '[secret]'],
      ['z', '1'],
      ['a', '2'],
      ['z', '3'],
    ]);
    expect(headersOf(request)).toEqual({ 'x-key': 'Key canary-target-key-1' });
  });
});

describe('a cap', () => {
  const over = 'x'.repeat(10_001);

  it('is what a read may bring back', async () => {
    answers(textAnswer(over.slice(1)));
    expect(codeOf(await call(world, opened))).toBe('ok');
    answers(textAnswer(over));
    const refused = await call(world, opened);
    expect(refused).toMatchObject({ code: 'response_over_cap', extras: { call: expect.any(String) } });
    expect((refused as Refusal).detail).toContain('10000');
    expect(world.outside.sent.map(({ mostBytes }) => mostBytes)).toEqual([10_000, 10_000]);
    expect(world.told('call.failed')).toMatchObject([{ refusal: { code: 'response_over_cap' } }]);
  });

  it('is none to an export, to a write, and to a HEAD that has no body', async () => {
    answers(textAnswer(over));
    expect(codeOf(await call(world, opened, { asExport: true }))).toBe('ok');
    expect(codeOf(await call(world, opened, PUT))).toBe('ok');
    answers({ status: 200, headers: [['content-length', '999999']], body: new Uint8Array() });
    expect(codeOf(await call(world, opened, { method: 'HEAD' }))).toBe('ok');
    expect(world.outside.sent[0]?.mostBytes).toBe(16 * 1_048_576);
  });

  it('is of a stream of events, too', async () => {
    await made(world, opened);
    expect(world.outside.sent[0]?.events).toEqual({ bytes: 10_000, milliseconds: 20_000 });
  });

  it('larger than anything is no reason to call it one', async () => {
    const { read } = TICKETS.capabilities;
    if (read === undefined) throw new Error('no such capability');
    const capabilities = {
      ...TICKETS.capabilities,
      read: { ...read, exportAbove: { bytes: 64 * 1_048_576 } },
    };
    await world.use(partsWith({ ...TICKETS, capabilities }, ALL));
    answers({ problem: 'too_large', sent: true, status: 200, detail: 'More than that.' });
    expect(codeOf(await call(world, opened))).toBe('target_failed');
  });
});

describe('a 401', () => {
  const rotated = () => world.outside.stored.set('prod/tickets', { token: 'canary-target-key-2' });
  const takesOnly = (key: string) => {
    world.outside.answer = async (request) =>
      headersOf(request)['authorization'] === `Bearer ${key}`
        ? textAnswer('keys canary-target-key-1 and canary-target-key-2')
        : jsonAnswer({ no: 1 }, 401);
  };

  it('is tried once more with a secret that was rotated, and then it is known', async () => {
    await made(world, opened);
    rotated();
    takesOnly('canary-target-key-2');
    const answer = await made(world, opened, PUT);
    expect(answer.status).toBe(200);
    // Both may stand in the answer: neither goes on.
    expect(Buffer.from(answer.body).toString()).toBe('keys [secret] and [secret]');
    expect(world.outside.sent).toHaveLength(3);
    await made(world, opened);
    expect(world.outside.sent).toHaveLength(4);
    expect(world.outside.readFresh).toEqual(['prod/tickets']);
  });

  it('leaves no end of a secret whose beginning is the fresh one', async () => {
    world.outside.stored.set('prod/tickets', { token: 'canary-target-key-1' });
    await made(world, opened);
    world.outside.stored.set('prod/tickets', { token: 'canary-target' });
    takesOnly('canary-target');
    const { body } = await made(world, opened);
    expect(Buffer.from(body).toString()).toBe('keys [secret] and [secret]-key-2');
  });

  it('is the answer where the secret is the same', async () => {
    takesOnly('another');
    expect((await made(world, opened)).status).toBe(401);
    expect(world.outside.sent).toHaveLength(1);
    expect(world.outside.readFresh).toHaveLength(1);
  });

  it('is the answer where the fresh one is not taken either', async () => {
    await made(world, opened);
    rotated();
    takesOnly('another');
    expect((await made(world, opened)).status).toBe(401);
    expect(world.outside.sent).toHaveLength(3);
  });

  it('is the answer where time is up', async () => {
    await made(world, opened);
    rotated();
    world.outside.answer = async () => {
      world.clock.advance(25_000);
      return jsonAnswer({}, 401);
    };
    expect((await made(world, opened)).status).toBe(401);
    expect(world.outside.sent).toHaveLength(2);
  });

  it('and no other status is one', async () => {
    await made(world, opened);
    rotated();
    answers(jsonAnswer({}, 403));
    expect((await made(world, opened)).status).toBe(403);
    expect(world.outside.readFresh).toEqual([]);
  });

  it('is unknown where the second time nobody saw the end of a write', async () => {
    await made(world, opened);
    rotated();
    let asked = 0;
    world.outside.answer = async () => {
      asked += 1;
      return asked === 1 ? jsonAnswer({}, 401) : { problem: 'timeout', sent: true, detail: 'Slow.' };
    };
    expect(codeOf(await call(world, opened, PUT))).toBe('outcome_unknown');
  });
});

describe('a secret that is not to be had', () => {
  it.each<[string, Partial<HttpTarget>, string]>([
    ['is not in the store', { secret: 'prod/other' }, 'its secret is not in the store'],
    ['lacks a field', { inject: [{ bearer: '${secret.key}' }] }, '`key`'],
  ])('since it %s: target_unavailable, and nothing is sent', async (_, given, says) => {
    await world.use(partsWith({ ...TICKETS, ...given }, ALL));
    const refused = await call(world, opened, { key: 'k' });
    expect(refused).toMatchObject({ code: 'target_unavailable', extras: { call: world.calls()[0]?.id } });
    expect((refused as Refusal).detail).toContain(says);
    expect(world.outside.sent).toEqual([]);
    // The key is free for when it is mended.
    await world.use(partsWith(TICKETS, ALL));
    expect(codeOf(await call(world, opened, { key: 'k' }))).toBe('ok');
  });
});

describe('large bodies', () => {
  beforeEach(async () => {
    const { read, ...others } = TICKETS.capabilities;
    const { exportAbove: _, ...uncapped } = read ?? { routes: [] };
    const capabilities = { ...others, read: uncapped } as HttpTarget['capabilities'];
    await world.use(partsWith({ ...TICKETS, capabilities }, ALL));
  });
  const stored = () =>
    [...world.outside.objects.kept].map(([key, bytes]) => [key, Buffer.from(bytes).toString()]);
  const mail = 'canary.bird@example.net '.repeat(10_000);
  const masked = '[EMAIL] '.repeat(10_000);

  it('of a request are put masked, under a key of the task’s, and sent as they came', async () => {
    const body = Buffer.from(mail);
    const headers = [['content-type', 'text/plain']] as const;
    await made(world, opened, { ...PUT, body, headers });
    expect(world.outside.sent[0]?.body).toEqual(body);
    const [[key, kept] = []] = stored();
    expect(key).toMatch(new RegExp(`^400d/calls/${opened.task.id}/.*/request$`));
    expect(kept === masked).toBe(true);
    expect(world.told('call.requested')).toMatchObject([
      {
        sent: { body: { object: key, bytes: kept?.length, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      },
    ]);
  });

  it('of an answer are put masked beside its outcome', async () => {
    answers(textAnswer(mail));
    const began: string[] = [];
    const ended: string[] = [];
    world.meddle = async ({ name }, run) => {
      if (name === 'objects.put') expect(ended).not.toContain('events.append');
      if (began.includes('outbound.send')) await new Promise(setImmediate);
      began.push(name);
      const answer = await run();
      if (began.includes('outbound.send')) ended.push(name);
      return answer;
    };
    const answer = await made(world, opened);
    expect(Buffer.from(answer.body).toString() === masked).toBe(true);
    const [[key, kept] = []] = stored();
    expect(key).toMatch(/\/response$/);
    expect(kept === masked).toBe(true);
  });

  it('up to four megabytes come back at once, and beyond by a link of five minutes', async () => {
    answers(textAnswer('x'.repeat(MOST_DIRECT_BYTES)));
    expect((await made(world, opened)).status).toBe(200);
    answers(textAnswer('x'.repeat(MOST_DIRECT_BYTES + 1)));
    const asked: unknown[] = [];
    world.meddle = ({ name, arguments: given }, run) => {
      if (name === 'objects.link') asked.push(given);
      return run();
    };
    const { status, headers, body } = await made(world, opened);
    const [, key] = stored().map(([name]) => name);
    expect(asked).toEqual([[key, 'text/plain', 300]]);
    expect({ status, location: headers.find(([name]) => name === 'location')?.[1] }).toEqual({
      status: 303,
      location: `memory:${key}`,
    });
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({ location: `memory:${key}`, seconds: 300 });
  });

  it('that are no text are kept a day, for their link alone', async () => {
    const bytes = Buffer.alloc(MOST_DIRECT_BYTES + 1);
    answers({ status: 200, headers: [['content-type', 'image/png']], body: bytes });
    expect((await made(world, opened)).status).toBe(303);
    expect(stored()[0]?.[0]).toMatch(/^1d\/calls\//);
  });
});
