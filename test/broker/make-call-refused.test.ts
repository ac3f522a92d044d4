// HTTP calls that are refused: of whom, under which task, by which policy, and with what in them. None reaches the target.
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reconcile } from '../../src/broker/index.ts';
import { Secret } from '../../src/shared/secret.ts';
import { mintTaskToken } from '../../src/tasks/index.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { proofMaker } from '../support/proof.ts';
import { AGENT, codeOf, PUBLIC_URL, type World } from '../support/world.ts';

type Opened = Awaited<ReturnType<World['opened']>>;

let world: World;
let opened: Opened;
beforeEach(async () => {
  world = await worldWithTickets();
  opened = await openFor(world, 'tickets:read', 'tickets:write', 'tickets:drop');
});

const another = (id: string) => id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
const GITHUB = ['ghp', 'cAnArYcAnArYcAnArYcAnArY0123451zmOxl'].join('_');

describe('before anything is read or written', () => {
  const sees = () => {
    const names: string[] = [];
    world.meddle = ({ name }, run) => {
      names.push(name);
      return run();
    };
    return () => names.filter((name) => !['records.count', 'events.append'].includes(name));
  };

  it.each<[string, () => { task: { id: string }; token: string }, string]>([
    ['an OIDC token', () => ({ ...opened, token: world.agentToken() }), 'unauthenticated'],
    [
      'a forged token',
      () => ({ ...opened, token: `${opened.token.slice(0, -9)}x${opened.token.slice(-8)}` }),
      'unauthenticated',
    ],
    [
      "a token under a key that is not the broker's",
      () => {
        const expiresAt = new Date(opened.task.expiresAt);
        const claims = { task: opened.task.id, agent: AGENT, ancestors: [], expiresAt };
        const keys = { current: new Secret('another-key'.repeat(4)) };
        return { ...opened, token: mintTaskToken(claims, keys, world.clock.now()) };
      },
      'unauthenticated',
    ],
    ['another task', () => ({ ...opened, task: { id: another(opened.task.id) } }), 'not_found'],
    ['no task', () => ({ ...opened, task: { id: '' } }), 'not_found'],
  ])('%s', async (_, holder, code) => {
    const operations = sees();
    expect(codeOf(await call(world, holder()))).toBe(code);
    expect(operations()).toEqual([]);
  });

  it('a task that is long over', async () => {
    world.clock.advance(DAY + 9 * HOUR);
    const operations = sees();
    expect(codeOf(await call(world, opened))).toBe('task_over');
    expect(operations()).toEqual([]);
  });

  it("the token of another agent's task, which is as good as none", async () => {
    const other = await openFor(world, 'tickets:read');
    expect(codeOf(await call(world, { task: opened.task, token: other.token }))).toBe('not_found');
  });
});

describe('by how things stand, and it is written down', () => {
  it.each<[string, () => Promise<unknown>, string]>([
    ['a finished task', () => world.finish(opened.task.id, opened.token), 'task_over'],
    ['a revoked task', () => world.revoke(opened.task.id), 'task_over'],
    ['a task past its deadline', async () => world.clock.advance(8 * HOUR + MINUTE), 'task_over'],
    ['a disabled agent', () => world.change('disable'), 'agent_disabled'],
    ['a quarantined agent', () => world.change('quarantine'), 'agent_quarantined'],
    [
      'an agent that is no longer in the files',
      () => world.use(partsWith(TICKETS, { agents: [] })),
      'unknown_agent',
    ],
  ])('%s', async (_, end, code) => {
    expect(codeOf(await made(world, opened))).toBe('ok');
    expect(codeOf(await end())).toBe('ok');
    const refused = await call(world, opened);
    const [last] = world.told('call.denied');
    expect(refused).toMatchObject({ code, extras: { call: last?.['call'] } });
    expect(last).toMatchObject({ refusal: { code }, requestLine: 'GET /tickets/42' });
    expect(world.outside.sent).toHaveLength(1);
  });
});

describe('by policy', () => {
  it('what needs approval, with how much of it', async () => {
    const waits = await call(world, opened, { method: 'DELETE' });
    const decision = { outcome: 'needsApproval', approvals: { count: 1 } };
    expect(waits).toMatchObject({ approval: { needed: decision.approvals } });
    expect(world.told('call.awaiting')).toMatchObject([
      {
        decision,
        operation: [{ capability: 'tickets:drop', http: { method: 'DELETE', route: '/tickets/{id}' } }],
        input: { operations: [{ http: { method: 'DELETE', route: '/tickets/{id}' } }] },
      },
    ]);
    expect(world.outside.sent).toEqual([]);
  });

  it('of the moment, not of when the task was opened', async () => {
    await made(world, opened);
    await world.use(partsWith(TICKETS, { policies: '' }));
    expect(codeOf(await call(world, opened))).toBe('denied_by_policy');
    expect(world.outside.sent).toHaveLength(1);
  });

  it('what has left the ceiling of the agent, whose input is kept', async () => {
    const [agent] = partsWith().agents ?? [];
    const agents = agent === undefined ? [] : [{ ...agent, capabilities: ['reports:read'] }];
    await world.use(partsWith(TICKETS, { agents }));
    expect(codeOf(await call(world, opened))).toBe('outside_ceiling');
    expect(world.told('call.denied')).toMatchObject([{ input: { operations: expect.any(Array) } }]);
  });

  it('an export, which is decided as one', async () => {
    expect(codeOf(await call(world, opened, { asExport: true }))).toBe('awaiting_approval');
    expect(world.told('call.awaiting')).toMatchObject([
      { operation: [{ capability: 'tickets:read', export: true }] },
    ]);
    await world.use(partsWith(TICKETS, { policies: 'permit (principal, action, resource);' }));
    expect(codeOf(await call(world, opened, { asExport: true }))).toBe('ok');
    // What is no read can be none.
    await made(world, opened, { asExport: true, method: 'PUT' });
    expect(world.told('call.succeeded').map(({ operation }) => operation)).toEqual(
      expect.arrayContaining([
        [expect.objectContaining({ export: true })],
        [expect.not.objectContaining({ export: true })],
      ]),
    );
  });
});

describe('by what the task covers', () => {
  it.each<[string, object]>([
    ['a path that no route has', { path: '/users' }],
    ['a method that no route has', { method: 'POST' }],
    ['a method in another case', { method: 'get' }],
    ['a path in another case', { path: '/Tickets/42' }],
    ['a path with more', { path: '/tickets/42/notes/1' }],
    ['a slash at the end', { path: '/tickets/42/' }],
    ['a dot segment', { path: '/tickets/../users' }],
    ['an escaped slash', { path: '/tickets/42%2Fnotes' }],
    ['an escaped escape', { path: '/tickets/%252e%252e' }],
    ['an empty segment', { path: '//tickets/42' }],
    ['a parameter of the path', { path: '/tickets/42;a=b' }],
    ['a backslash', { path: '/tickets\\42' }],
    ['a target that there is not', { target: 'nowhere' }],
    ['a target by a name that objects have', { target: 'constructor' }],
    ['a target of another kind', { target: 'reports' }],
    ['a target that has no part in the task', { target: 'other' }],
  ])('%s is outside_task', async (_, asked) => {
    const other = { ...TICKETS, id: 'other' };
    const parts = partsWith();
    await world.use({ ...parts, targets: [...(parts.targets ?? []), other] });
    expect(codeOf(await call(world, opened, asked))).toBe('outside_task');
    expect(world.outside.sent).toEqual([]);
    expect(world.told('call.denied')).toMatchObject([{ refusal: { code: 'outside_task' } }]);
  });

  it('a capability that is no longer the target’s', async () => {
    const { read, ...others } = TICKETS.capabilities;
    await world.use(partsWith({ ...TICKETS, capabilities: others }));
    expect(read).toBeDefined();
    expect(codeOf(await call(world, opened))).toBe('outside_task');
  });
});

describe('by what is in it', () => {
  const strict = { ...TICKETS, masking: { requests: { secrets: 'refuse' } } } as const;
  const inJson = [['content-type', 'application/json']] as const;

  it.each<[string, object]>([
    ['in the body', { body: Buffer.from(JSON.stringify({ a: GITHUB })), headers: inJson }],
    ['in a body that is no JSON', { body: Buffer.from(`key=${GITHUB}`) }],
    ['in the query', { query: [['q', GITHUB]] }],
    ['as a name in the query', { query: [[GITHUB, '1']] }],
    ['in the path', { path: `/tickets/${GITHUB}` }],
    ['in a header', { headers: [['x-note', GITHUB]] }],
    ['in the key of a repetition', { headers: [['idempotency-key', GITHUB]] }],
  ])('a secret %s is secret_egress, where the target’s rules say so', async (_, asked) => {
    expect(codeOf(await call(world, opened, asked))).toBe('ok');
    await world.use(partsWith(strict));
    const refused = await call(world, opened, asked);
    expect(refused).toMatchObject({ code: 'secret_egress' });
    expect(world.outside.sent).toHaveLength(1);
    const kept = JSON.stringify([refused, world.records.all(), world.events.all()]);
    expect(kept).not.toContain(GITHUB);
  });

  it.each<[string, (token: string) => readonly (readonly [string, string])[]]>([
    ['the task token where clients put it', (token) => [['authorization', `Bearer ${token}`]]],
    ['the task token where the target’s credential goes', (token) => [['x-api-key', token]]],
    ['a header that is dropped', () => [['cookie', `session=${GITHUB}`]]],
    ['a proof of possession', () => [['dpop', proofMaker().prove({ url: PUBLIC_URL, now: new Date(0) })]]],
  ])('what does not go on is none: %s', async (_, headersOf) => {
    const inject = [{ header: 'X-Api-Key', value: '${secret.token}' }];
    await world.use(partsWith({ ...strict, inject }));
    expect(codeOf(await call(world, opened, { headers: headersOf(opened.token) }))).toBe('ok');
  });
});

describe('the task’s own token', () => {
  it.each<[string, (token: string) => object]>([
    ['path', (token) => ({ path: `/tickets/${token}` })],
    ['query', (token) => ({ path: '/tickets', query: [['t', `Bearer ${token}`]] })],
    ['query, as a name', (token) => ({ path: '/tickets', query: [[token, '']] })],
    ['body', (token) => ({ method: 'PUT', body: Buffer.from(`{"t":"${token}"}`) })],
  ])('in the %s goes nowhere: secret_egress', async (_, asked) => {
    expect(codeOf(await call(world, opened, asked(opened.token)))).toBe('secret_egress');
    expect(world.outside.sent).toEqual([]);
    expect(JSON.stringify([world.records.all(), world.events.all()])).not.toContain(opened.token);
  });
});

describe('a body that is not what it would be judged as', () => {
  it.each<[string, readonly (readonly [string, string])[], Buffer]>([
    ['compressed', [['content-encoding', 'gzip']], gzipSync('{"visibility":"public"}')],
    ['said to be compressed', [['Content-Encoding', 'deflate']], Buffer.from('{}')],
    [
      'of a charset that nobody here knows',
      [['content-type', 'text/plain; charset=IBM037']],
      Buffer.from('x'),
    ],
    [
      'that reads otherwise byte by byte',
      [['content-type', 'application/x-www-form-urlencoded; charset=iso-2022-jp']],
      Buffer.from('amount=10&note=\x1b$B1&amount=99999\x1b(B', 'latin1'),
    ],
    [
      'that says UTF-8 and is none',
      [['content-type', 'application/json']],
      Buffer.from('{"a":"\xff"}', 'latin1'),
    ],
    ['of two charsets', [['content-type', 'text/plain; charset=utf-8; charset=utf-16']], Buffer.from('x')],
  ])('%s goes nowhere: unsupported_media_type', async (_, headers, body) => {
    const asked = { method: 'PUT', path: '/tickets/42', headers, body };
    expect(codeOf(await call(world, opened, asked))).toBe('unsupported_media_type');
    expect(world.outside.sent).toEqual([]);
    expect(world.told('call.denied')).toHaveLength(1);
  });
});

describe('a task that is bound to a key', () => {
  const client = proofMaker();
  let bound: Opened;
  beforeEach(async () => {
    const now = world.clock.now();
    const capabilities = [{ capability: 'tickets:read', parameters: {} }];
    bound = await world.opened({
      capabilities,
      proof: client.prove({ url: `${PUBLIC_URL}/v1/tasks`, now }),
    });
  });
  const prove = (more: object = {}) =>
    client.prove({
      url: `${PUBLIC_URL}/v1/tasks/${bound.task.id}/http/tickets/tickets/42`,
      ...{ method: 'GET', now: world.clock.now(), token: bound.token },
      ...more,
    });

  it('calls with a proof, each time another', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(codeOf(await call(world, bound, { proof: prove() }))).toBe('ok');
    }
  });

  it.each<[string, () => string | undefined, string]>([
    ['without a proof', () => undefined, 'proof_required'],
    ['with one for another path', () => prove({ url: `${PUBLIC_URL}/v1/tasks` }), 'unauthenticated'],
    ['with one for another method', () => prove({ method: 'POST' }), 'unauthenticated'],
    ['with one for another token', () => prove({ token: 'bwt_other' }), 'unauthenticated'],
    [
      'with an old one',
      () => prove({ now: new Date(world.clock.now().getTime() - 5 * MINUTE) }),
      'unauthenticated',
    ],
  ])('calls nothing %s', async (_, proof, code) => {
    expect(codeOf(await call(world, bound, { proof: proof() }))).toBe(code);
    expect(world.outside.sent).toEqual([]);
    expect(world.calls()).toEqual([]);
  });

  it('calls once with one proof, however often it is sent at once', async () => {
    const proof = prove();
    const all = await Promise.all(Array.from({ length: 8 }, () => call(world, bound, { proof })));
    expect(all.map(codeOf).sort()).toEqual(['ok', ...Array.from({ length: 7 }, () => 'unauthenticated')]);
    expect(world.outside.sent).toHaveLength(1);
  });

  it('is not kept from its key by a replay', async () => {
    const proof = prove();
    await made(world, bound, { proof });
    expect(codeOf(await call(world, bound, { proof, key: 'k' }))).toBe('unauthenticated');
    expect(codeOf(await call(world, bound, { proof: prove(), key: 'k' }))).toBe('ok');
  });
});

afterEach(async () => {
  world.meddle = undefined;
  // Whatever was refused, nothing of it is left hanging.
  await reconcile(world.dependencies, { nothingUnderWay: true });
  expect(world.told('call.unknown')).toEqual([]);
});
