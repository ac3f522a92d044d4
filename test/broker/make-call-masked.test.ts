// What a call leaves behind: in the audit, in the records, in the objects and in the log, nothing raw of either side.
import { beforeEach, describe, expect, it } from 'vitest';
import type { HttpTarget } from '../../src/config/index.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { codeOf, type World } from '../support/world.ts';

const EMAIL = 'canary.bird@example.net';
const CARD = '4242 4242 4242 4242';
const SAID = `${EMAIL} pays with ${CARD}`;
const { exportAbove: _, ...UNCAPPED } = TICKETS.capabilities['read'] ?? { routes: [] };
const TARGET: HttpTarget = {
  ...TICKETS,
  capabilities: { ...TICKETS.capabilities, read: UNCAPPED } as HttpTarget['capabilities'],
};
const FREE = { policies: 'permit (principal, action, resource);' };

/** Hashes may hold some digits of the card, and not in this way. */
const RAW = /canary|4242(?:[ +]|%20)4242|bwt_/;

let world: World;
let opened: Awaited<ReturnType<World['opened']>>;
beforeEach(async () => {
  world = await worldWithTickets(TARGET, FREE);
  opened = await openFor(world, 'tickets:read', 'tickets:write');
});

/** All that is kept, whatever it is kept in. */
function kept(): string {
  const objects = [...world.outside.objects.kept].map(([key, bytes]) => [
    key,
    Buffer.from(bytes).toString('utf8'),
  ]);
  return JSON.stringify([world.records.all(), world.events.all(), world.logged, objects]);
}

const asked = (body: string, type: string) => ({
  method: 'PUT',
  path: `/tickets/${EMAIL}`,
  query: [[EMAIL, CARD]] as const,
  headers: [
    ['content-type', type],
    ['x-note', SAID],
    ['x-api-key', 'canary-agents-own'],
    ['authorization', `Bearer ${opened.token}`],
  ] as const,
  body: Buffer.from(body),
});

const BODIES: readonly [string, (said: string) => string, string][] = [
  ['JSON', (said) => JSON.stringify({ said, deep: [{ said }] }), 'application/json'],
  [
    'JSON lines',
    (said) => `${JSON.stringify({ said })}\n${JSON.stringify({ said })}\n`,
    'application/x-ndjson',
  ],
  ['a form', (said) => new URLSearchParams([['said', said]]).toString(), 'application/x-www-form-urlencoded'],
  ['CSV', (said) => `who,what\n"${said}",1\n`, 'text/csv'],
  ['text', (said) => said, 'text/plain'],
  ['JSON that says it is something else', (said) => JSON.stringify({ said }), 'application/octet-stream'],
];
const LENGTHS: readonly [string, number][] = [
  ['small', 1],
  ['large', 3000],
];
const CASES = BODIES.flatMap(([what, bodyOf, type]) =>
  LENGTHS.map(([size, times]) => ({ what: `${size} ${what}`, body: bodyOf(`${SAID} `.repeat(times)), type })),
);

describe('nothing raw', () => {
  it.each(CASES)('of $what, sent and answered, with a key and repeated', async ({ body, type }) => {
    world.outside.answer = async () => ({
      status: 200,
      headers: [
        ['content-type', type],
        ['x-said', SAID],
        ['x-key', 'canary-target-key-1'],
      ],
      body: Buffer.from(body),
    });
    const answer = await made(world, opened, { ...asked(body, type), key: 'k' });
    await made(world, opened, { ...asked(body, type), key: 'k' });
    // The target gets what was sent, and the agent what is masked.
    expect(Buffer.from(world.outside.sent[0]?.body ?? []).toString()).toBe(body);
    expect(world.outside.sent[0]?.path).toContain(EMAIL);
    const given = JSON.stringify(answer.headers) + Buffer.from(answer.body).toString();
    expect(given).not.toMatch(/canary|4242/);
    expect(kept()).not.toMatch(RAW);
    expect(world.told('call.requested')[0]?.['requestLine']).toBe(
      'PUT /tickets/%5BEMAIL%5D?%5BEMAIL%5D=%5BCREDIT_CARD%5D',
    );
  });

  it('of what is refused, in whatever way', async () => {
    const one = asked(JSON.stringify({ SAID }), 'application/json');
    await call(world, opened, { ...one, path: `/${EMAIL}/x` });
    await call(world, opened, { ...one, path: `/${EMAIL}/../x` });
    await call(world, opened, { ...one, target: EMAIL });
    await call(world, opened, { ...one, method: 'PURGE' });
    await world.use(partsWith(TARGET, { policies: '' }));
    await call(world, opened, one);
    await world.finish(opened.task.id, opened.token);
    await call(world, opened, one);
    expect(world.told('call.denied')).toHaveLength(6);
    expect(kept()).not.toMatch(RAW);
  });

  it('of what fails, in whatever way', async () => {
    const one = asked(JSON.stringify({ SAID }), 'application/json');
    world.outside.answer = async () => ({ problem: 'failed', sent: true, detail: 'It broke.' });
    await call(world, opened, one);
    world.outside.answer = async () => {
      throw new Error(`a mistake with ${EMAIL} and canary-target-key-1`);
    };
    await expect(call(world, opened, one)).rejects.toThrow('a mistake');
    const inject = [{ bearer: '${secret.other}' }];
    await world.use(partsWith({ ...TARGET, inject }, FREE));
    expect(codeOf(await call(world, opened, one))).toBe('target_unavailable');
    expect(world.told('call.failed', 'call.unknown')).toHaveLength(3);
    expect(kept()).not.toMatch(RAW);
  });

  it('by a rule of the target’s own', async () => {
    const masking = { keys: { subject: 'redact' }, detectors: { EMAIL: 'pseudonym' } } as const;
    await world.use(partsWith({ ...TARGET, masking }, FREE));
    const body = JSON.stringify({ subject: 'canary in plain words', from: EMAIL });
    const headers = [['content-type', 'application/json']] as const;
    world.outside.answer = async () => ({ status: 200, headers, body: Buffer.from(body) });
    const answer = await made(world, opened, { method: 'PUT', body: Buffer.from(body), headers, key: 'k' });
    expect(Buffer.from(answer.body).toString()).not.toContain('canary');
    expect(kept()).not.toContain('canary');
  });
});

describe('what was masked', () => {
  it('is counted with the request, and with all of the call', async () => {
    world.outside.answer = async () => ({ status: 200, headers: [], body: Buffer.from(`${EMAIL} ${EMAIL}`) });
    await made(world, opened, { path: `/tickets/${EMAIL}` });
    expect(world.told('call.requested', 'call.succeeded')).toMatchObject([
      { masked: { EMAIL: 1 } },
      { masked: { EMAIL: 3 } },
    ]);
  });

  it('stands in the request line as its label', async () => {
    await made(world, opened, { path: '/tickets', query: [['q', EMAIL]] });
    expect(world.told('call.requested')).toMatchObject([{ requestLine: 'GET /tickets?q=%5BEMAIL%5D' }]);
    expect(world.calls()).toMatchObject([{ requestLine: 'GET /tickets?q=%5BEMAIL%5D' }]);
  });
});
