// The same Idempotency-Key twice: the target is called once, and the answer is the same, whatever it was.
import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_DIRECT_BYTES } from '../../src/broker/call-answer.ts';
import type { MadeCall } from '../../src/broker/index.ts';
import type { OutboundAnswer } from '../../src/ports/outbound.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { DAY, SECOND } from '../support/clock.ts';
import { agentDefinition } from '../support/config.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { jsonAnswer } from '../support/outside.ts';
import { AGENT, codeOf, ISSUER_URL, type World } from '../support/world.ts';

type Opened = Awaited<ReturnType<World['opened']>>;

let world: World;
let opened: Opened;
beforeEach(async () => {
  world = await worldWithTickets(TICKETS, { policies: 'permit (principal, action, resource);' });
  opened = await openFor(world, 'tickets:read', 'tickets:write');
});

const PUT = { method: 'PUT', body: Buffer.from('{"subject":"x"}') };
const again = (more: object = {}) => call(world, opened, { ...PUT, key: 'k', ...more });
const callOf = (answer: unknown) =>
  answer instanceof Refusal ? answer.extras.call : (answer as { call: string }).call;
const sentTimes = () => world.outside.sent.length;

async function twice(answer: OutboundAnswer) {
  world.outside.answer = async () => answer;
  const one = await made(world, opened, { ...PUT, key: 'k' });
  world.clock.advance(SECOND);
  world.outside.answer = async () => jsonAnswer({ another: true });
  const other = await made(world, opened, { ...PUT, key: 'k' });
  expect(sentTimes()).toBe(1);
  return { one, other };
}

/** Whatever kind of bytes its body is. */
const plain = (answer: MadeCall) => ({ ...answer, body: Buffer.from(answer.body).toString('base64') });

/** The target's answer is held back until it is let go. */
function heldBack() {
  const asked = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  world.outside.answer = async () => {
    asked.resolve();
    await released.promise;
    return jsonAnswer({ id: '42' });
  };
  return { asked: asked.promise, release: () => released.resolve() };
}

describe('a repetition', () => {
  it.each<[string, OutboundAnswer]>([
    ['JSON', jsonAnswer({ id: '42' }, 201)],
    ['an error of the target', jsonAnswer({ error: 'no' }, 422)],
    ['nothing', { status: 204, headers: [['x-note', 'done']], body: new Uint8Array() }],
    [
      'bytes that are no text',
      {
        status: 200,
        headers: [['content-type', 'image/png']],
        body: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]),
      },
    ],
    [
      'several headers of one name',
      {
        status: 200,
        headers: [
          ['x-note', 'a'],
          ['x-note', 'b'],
        ],
        body: Buffer.from('x'),
      },
    ],
    [
      'what the agent does not get all of',
      {
        status: 200,
        headers: [
          ['location', 'https://elsewhere.example/'],
          ['content-type', 'text/event-stream'],
        ],
        body: Buffer.from('data: 1\n\n'),
        cut: 'time',
      },
    ],
    ['100 kB of text', { status: 200, headers: [], body: Buffer.from('t'.repeat(100_000)) }],
    [
      '100 kB of bytes',
      { status: 200, headers: [['content-type', 'image/png']], body: Buffer.alloc(100_000, 0x80) },
    ],
  ])('of what was answered with %s gets the same, and the target is called once', async (_, answer) => {
    const { one, other } = await twice(answer);
    expect(plain(other)).toEqual(plain(one));
    expect(world.calls()).toMatchObject([{ status: 'succeeded' }]);
    expect(world.told('call.requested')).toHaveLength(2);
    expect(world.told('call.succeeded', 'call.repeated')).toMatchObject([
      { type: 'call.succeeded', call: one.call },
      { type: 'call.repeated', call: one.call, answer: 'succeeded' },
    ]);
  });

  it('of what was too large for the door gets a link to the same', async () => {
    const { one, other } = await twice({
      status: 200,
      headers: [['content-type', 'text/plain']],
      body: Buffer.from('t'.repeat(MOST_DIRECT_BYTES + 1)),
    });
    expect(other).toEqual(one);
    expect(other.status).toBe(303);
  });

  it('keeps nothing raw of the answer', async () => {
    const { other } = await twice(
      jsonAnswer({ mail: 'canary.bird@example.net', key: 'canary-target-key-1' }),
    );
    expect(Buffer.from(other.body).toString()).toBe('{"mail":"[EMAIL]","key":"[secret]"}');
    expect(JSON.stringify(world.records.all())).not.toContain('canary');
  });

  it.each<[string, object]>([
    ['another body', { body: Buffer.from('{"subject":"y"}') }],
    ['another query', { query: [['a', '1']] }],
  ])('with %s is a mismatch', async (_, more) => {
    await again();
    expect(codeOf(await again(more))).toBe('idempotency_mismatch');
    expect(sentTimes()).toBe(1);
    expect(world.told('call.repeated')).toMatchObject([{ answer: 'idempotency_mismatch' }]);
  });

  it.each<[string, object]>([
    ['another path', { path: '/tickets/43' }],
    ['another key', { key: 'other' }],
    ['another method', { method: 'GET' }],
  ])('with %s is another call', async (_, more) => {
    const one = await again();
    const other = await again(more);
    expect(callOf(other)).not.toBe(callOf(one));
    expect(sentTimes()).toBe(2);
  });

  it('of another task is another call', async () => {
    const other = await openFor(world, 'tickets:write');
    const [mine, theirs] = [await again(), await call(world, other, { ...PUT, key: 'k' })];
    expect(callOf(theirs)).not.toBe(callOf(mine));
    expect(sentTimes()).toBe(2);
  });

  it('a day later is a new call', async () => {
    const agents = [
      agentDefinition(AGENT, {
        identities: [{ issuer: ISSUER_URL, claims: { sub: AGENT } }],
        capabilities: ['tickets:write'],
        maxTaskSeconds: (2 * DAY) / SECOND,
      }),
    ];
    await world.use(partsWith(TICKETS, { agents, policies: 'permit (principal, action, resource);' }));
    opened = await openFor(world, 'tickets:write');
    const one = await again();
    world.clock.advance(DAY);
    expect(callOf(await again())).not.toBe(callOf(one));
    expect(sentTimes()).toBe(2);
  });

  it.each<[string, object, (() => Promise<void> | void) | undefined, string]>([
    ['what no route covers', { path: '/users' }, undefined, 'outside_task'],
    ['what policy denied', {}, () => world.use(partsWith(TICKETS, { policies: '' })), 'denied_by_policy'],
    [
      'what the target left unknown',
      {},
      () => {
        world.outside.answer = async () => ({ problem: 'failed', sent: true, detail: 'It broke.' });
      },
      'outcome_unknown',
    ],
  ])('of %s is refused as before, without trying again', async (_, more, prepare, code) => {
    await prepare?.();
    const one = await again(more);
    expect(codeOf(one)).toBe(code);
    const before = sentTimes();
    await world.use(partsWith(TICKETS, { policies: 'permit (principal, action, resource);' }));
    world.outside.answer = async () => jsonAnswer({});
    const other = await again(more);
    expect(other).toMatchObject({ code, extras: { call: callOf(one) } });
    expect((other as Refusal).detail).toBe((one as Refusal).detail);
    expect(sentTimes()).toBe(before);
    expect(world.told('call.repeated')).toMatchObject([{ answer: code }]);
  });

  it('of what was never sent tries again', async () => {
    world.outside.answer = async () => ({ problem: 'unavailable', sent: false, detail: 'It is down.' });
    expect(codeOf(await again())).toBe('target_unavailable');
    world.outside.answer = async () => jsonAnswer({});
    expect(codeOf(await again())).toBe('ok');
    expect(world.told('call.repeated')).toEqual([]);
  });

  it('under other files that mask as those of then is answered as then', async () => {
    const first = await made(world, opened, { ...PUT, key: 'k' });
    const policies = 'permit (principal, action, resource);';
    await world.use({ ...partsWith(TICKETS, { policies }), digest: 'f'.repeat(64) });
    expect(await again()).toMatchObject({ call: first.call, status: 200 });
    expect(sentTimes()).toBe(1);
  });

  it('under files that mask otherwise than those of then is told so, and does not try again', async () => {
    await made(world, opened, { ...PUT, key: 'k' });
    await world.use(partsWith({ ...TICKETS, masking: { detectors: { EMAIL: 'last4' } } }));
    const refused = await again();
    expect(refused).toMatchObject({ code: 'conflict' });
    expect(sentTimes()).toBe(1);
    expect(world.told('call.repeated')).toMatchObject([{ answer: 'conflict' }]);
  });

  it('of an answer that is no longer kept says so, and does not try again', async () => {
    world.outside.answer = async () => ({ status: 200, headers: [], body: Buffer.from('t'.repeat(100_000)) });
    const one = await again();
    world.outside.objects.kept.clear();
    expect(await again()).toMatchObject({ code: 'conflict', extras: { call: callOf(one) } });
    expect(sentTimes()).toBe(1);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['the task is finished', () => world.finish(opened.task.id, opened.token), 'task_over'],
    ['the task is revoked', () => world.revoke(opened.task.id), 'task_over'],
    ['the agent is disabled', () => world.change('disable'), 'agent_disabled'],
    ['the agent is quarantined', () => world.change('quarantine'), 'agent_quarantined'],
  ])('gets nothing once %s', async (_, end, code) => {
    const one = await again();
    expect(codeOf(await end())).toBe('ok');
    const refused = await again();
    expect(refused).toMatchObject({ code, extras: { call: callOf(one) } });
    expect(JSON.stringify(refused)).not.toContain('Printer');
    expect(world.told('call.denied')).toMatchObject([{ refusal: { code } }]);
  });
});

describe('two at once', () => {
  it('are one call: the second waits for the first, and gets its answer', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    const second = again();
    while (world.clock.slept() < SECOND) await new Promise(setImmediate);
    release();
    expect(await second).toEqual(await first);
    expect(sentTimes()).toBe(1);
  });

  it('end in conflict where the first takes longer than 25 s, and it goes on', async () => {
    const { asked, release } = heldBack();
    const first = again();
    await asked;
    const second = await again();
    expect(second).toMatchObject({ code: 'conflict', extras: { retryAfterSeconds: 5 } });
    expect(world.clock.slept()).toBeGreaterThan(24 * SECOND);
    release();
    expect(callOf(second)).toBe(callOf(await first));
    expect(sentTimes()).toBe(1);
  });

  it('in any number call the target once', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => again()));
    expect(new Set(all.map(callOf)).size).toBe(1);
    expect(all.map(codeOf)).toEqual(Array.from({ length: 12 }, () => 'ok'));
    expect(sentTimes()).toBe(1);
  });
});
