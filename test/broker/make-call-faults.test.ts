// HTTP calls where a store fails: nothing is sent that was not written down first, and no answer leaves before its outcome.
import { beforeEach, describe, expect, it } from 'vitest';
import { type Refusal, Unavailable } from '../../src/shared/errors.ts';
import { call, made, openFor, partsWith, TICKETS, worldWithTickets } from '../support/http-calls.ts';
import { dyingAt, type Failing, failingAt } from '../support/meddling.ts';
import { codeOf, type World } from '../support/world.ts';

type Opened = Awaited<ReturnType<World['opened']>>;

let world: World;
let opened: Opened;
beforeEach(async () => {
  world = await worldWithTickets();
  opened = await openFor(world, 'tickets:read', 'tickets:drop');
});

/** From now on this operation fails. */
function failing(what: Failing): void {
  world.meddle = failingAt(what);
}

const LARGE = `{"note":"${'n'.repeat(100_000)}"}`;
const DROP = { method: 'DELETE' };
const withBody = { body: Buffer.from(LARGE), headers: [['content-type', 'application/json']] } as const;

describe.each([false, true])('a call, where the write arrived all the same: %j', (arrived) => {
  it('is not sent where the intent is not written: audit_unavailable', async () => {
    failing({ name: 'events.append', number: 1, arrived });
    expect(await call(world, opened)).toMatchObject({
      code: 'audit_unavailable',
      extras: { retryAfterSeconds: 1 },
    });
    expect(world.outside.sent).toEqual([]);
    expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'audit_unavailable' } }]);
    await world.settle();
    expect(world.told('call.unknown')).toHaveLength(arrived ? 1 : 0);
  });

  it('may be made again at once with the same key', async () => {
    failing({ name: 'events.append', number: 1, arrived });
    expect(codeOf(await call(world, opened, { key: 'k' }))).toBe('audit_unavailable');
    expect(codeOf(await call(world, opened, { key: 'k' }))).toBe('ok');
    expect(world.clock.slept()).toBe(0);
  });

  it('is not sent where its large body is not put: audit_unavailable, and the key is free', async () => {
    failing({ name: 'objects.put', number: 1, arrived });
    expect(codeOf(await call(world, opened, { ...withBody, key: 'k' }))).toBe('audit_unavailable');
    expect(world.outside.sent).toEqual([]);
    expect(world.told('call.requested', 'call.failed')).toHaveLength(2);
    expect(codeOf(await call(world, opened, { ...withBody, key: 'k' }))).toBe('ok');
  });

  it('is not sent where the claim is not written', async () => {
    failing({ name: 'records.create', arrived });
    await expect(call(world, opened)).rejects.toMatchObject({ name: 'Unavailable', backend: 'records' });
    expect(world.outside.sent).toEqual([]);
  });

  it('is answered with outcome_unknown where the outcome is not written', async () => {
    failing({ name: 'events.append', number: 2, arrived });
    const refused = await call(world, opened);
    const [made] = world.calls();
    expect(refused).toMatchObject({ code: 'outcome_unknown', extras: { call: made?.id } });
    expect((refused as Refusal).detail).toContain(made?.id);
    expect(JSON.stringify(refused)).not.toContain('Printer');
    expect(world.outside.sent).toHaveLength(1);
    expect(world.logged).toContainEqual({
      level: 'error',
      message: 'outcome not recorded',
      fields: { call: made?.id },
    });
    await world.settle();
    expect(world.told('call.succeeded', 'call.unknown')).toMatchObject([
      { type: arrived ? 'call.succeeded' : 'call.unknown', call: made?.id },
    ]);
  });

  it('is answered with outcome_unknown where its large answer is not put', async () => {
    world.outside.answer = async () => ({
      status: 200,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(LARGE),
    });
    await world.use(uncapped());
    failing({ name: 'objects.put', arrived });
    const refused = await call(world, opened);
    expect(refused).toMatchObject({ code: 'outcome_unknown', extras: { call: world.calls()[0]?.id } });
    expect(world.logged).toContainEqual(expect.objectContaining({ fields: { backend: 'objects' } }));
  });

  it('is answered where only the state is not written, and the reconciler mends it', async () => {
    failing({ name: 'records.replace', arrived });
    expect(codeOf(await call(world, opened))).toBe('ok');
    expect(world.logged).toContainEqual(expect.objectContaining({ message: 'call state not recorded' }));
    await world.settle();
    expect(world.calls()).toMatchObject([{ status: 'succeeded' }]);
    expect(world.told('call.succeeded', 'call.unknown')).toHaveLength(1);
  });

  it('is refused with audit_unavailable where the refusal is not written: nothing ran', async () => {
    failing({ name: 'events.append', number: 2, arrived });
    expect(codeOf(await call(world, opened, { path: '/users' }))).toBe('audit_unavailable');
    expect(world.outside.sent).toEqual([]);
    await world.settle();
    expect(world.told('call.denied', 'call.unknown')).toHaveLength(1);
  });

  it('is unknown where what the target did wrong is not written: something left the broker', async () => {
    world.outside.answer = async () => ({ problem: 'failed', sent: true, detail: 'It broke.' });
    failing({ name: 'events.append', number: 2, arrived });
    expect(codeOf(await call(world, opened))).toBe('outcome_unknown');
  });

  it('is not answered again where the repetition is not written', async () => {
    await made(world, opened, { key: 'k' });
    for (const number of [1, 2]) {
      failing({ name: 'events.append', number, arrived });
      expect(codeOf(await call(world, opened, { key: 'k' }))).toBe('audit_unavailable');
    }
    expect(world.outside.sent).toHaveLength(1);
    expect(world.calls()).toMatchObject([{ status: 'succeeded' }]);
  });
});

/** The same target, whose reads are not capped. */
function uncapped() {
  const { exportAbove: _, ...read } = TICKETS.capabilities['read'] ?? { routes: [] };
  const capabilities = { ...TICKETS.capabilities, read } as typeof TICKETS.capabilities;
  return partsWith({ ...TICKETS, capabilities });
}

describe('a call', () => {
  it('is not sent where neither event nor state is written, and nothing is left hanging', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'records.replace' || name === 'events.append') throw new Unavailable('events');
      return run();
    };
    expect(codeOf(await call(world, opened))).toBe('audit_unavailable');
    expect(world.outside.sent).toEqual([]);
    await world.settle();
    expect(world.calls()).toMatchObject([{ status: 'failed', refusal: { code: 'audit_unavailable' } }]);
    expect(world.told('call.requested', 'call.unknown')).toEqual([]);
  });

  it('is not sent where the task cannot be read, and ends', async () => {
    failing({ name: 'records.read' });
    await expect(call(world, opened)).rejects.toMatchObject({ backend: 'records' });
    expect(world.outside.sent).toEqual([]);
    expect(world.told('call.failed')).toMatchObject([{ refusal: { code: 'internal' } }]);
  });

  it('is sent, and its secret read, only once all of the first trip has answered', async () => {
    const answered: string[] = [];
    let before: readonly string[] = [];
    world.meddle = async ({ name }, run) => {
      if (name === 'outbound.send') before = [...answered];
      const answer = await run();
      answered.push(name);
      return answer;
    };
    expect(codeOf(await call(world, opened, withBody))).toBe('ok');
    expect(before.slice(0, -1).toSorted()).toEqual([
      'events.append',
      'objects.put',
      'records.create',
      'records.read',
    ]);
    expect(before.at(-1)).toBe('secrets.read');
  });

  it('is unknown where the reconciler was faster', async () => {
    world.outside.answer = async () => {
      await world.settle();
      return { status: 200, headers: [], body: Buffer.from('canary of the target') };
    };
    const refused = await call(world, opened);
    expect(codeOf(refused)).toBe('outcome_unknown');
    expect(JSON.stringify(refused)).not.toContain('canary');
    expect(world.told('call.succeeded', 'call.unknown')).toMatchObject([{ type: 'call.unknown' }]);
  });

  it('is not begun where the stores took all its time', async () => {
    world.meddle = async ({ name }, run) => {
      const answer = await run();
      if (name === 'records.read') world.clock.advance(25_000);
      return answer;
    };
    expect(await call(world, opened)).toMatchObject({
      code: 'call_timeout',
      extras: { call: world.calls()[0]?.id },
    });
    expect(world.outside.sent).toEqual([]);
    expect(world.told('call.failed')).toHaveLength(1);
  });

  it('is unknown, and told so, where the broker itself made a mistake on the way', async () => {
    world.outside.answer = async () => {
      throw new Error('a mistake in the broker');
    };
    await expect(call(world, opened, { key: 'k' })).rejects.toThrow('a mistake');
    expect(world.told('call.unknown')).toHaveLength(1);
    expect(world.calls()).toMatchObject([{ status: 'outcome_unknown' }]);
    expect(codeOf(await call(world, opened, { key: 'k' }))).toBe('outcome_unknown');
    expect(world.outside.sent).toHaveLength(1);
  });

  it('ends where the broker made a mistake before anything was sent', async () => {
    const noKeys = async () => {
      throw new Error('no keys');
    };
    Object.assign(world.dependencies, { tokenKeys: noKeys });
    await expect(call(world, opened)).rejects.toThrow('no keys');
    expect(world.outside.sent).toEqual([]);
  });
});

it('tells of a call that was made and whose link could not be', async () => {
  await world.use({ ...uncapped(), policies: 'permit (principal, action, resource);' });
  const large = Buffer.from('x'.repeat(5_000_000));
  world.outside.answer = async () => ({ status: 200, headers: [], body: large });
  world.meddle = async ({ name }, run) => {
    if (name === 'objects.link') throw new Unavailable('objects');
    return run();
  };
  const answer = (await call(world, opened, DROP)) as Refusal;
  expect(answer).toMatchObject({ code: 'outcome_unknown', extras: { call: world.calls()[0]?.id } });
  expect(world.told('call.succeeded')).toHaveLength(1);
});

describe('where the process dies', () => {
  it('at any operation, a call is sent once at most, and every intent has one outcome in the end', async () => {
    await world.use({
      ...uncapped(),
      policies: 'permit (principal, action, resource);',
    });
    for (let number = 1; number < 12; number += 1) {
      for (const death of ['not sent', 'sent', 'sent, others too', 'not sent, others are'] as const) {
        const key = `k-${number}-${death}`;
        const before = world.outside.sent.length;
        const { meddle, dead } = dyingAt(number, death);
        world.meddle = meddle;
        await Promise.race([call(world, opened, { ...DROP, key }), dead]);
        world.meddle = undefined;
        await world.settle(30_000);
        await call(world, opened, { ...DROP, key });
        expect(world.outside.sent.length - before).toBeLessThanOrEqual(1);
      }
    }
    await world.settle();
    expect(world.outside.sent.length).toBeGreaterThan(10);
    // Whatever has an intent has its outcome, in its place.
    const ends = new Set(['succeeded', 'failed', 'denied', 'outcome_unknown']);
    const told = new Set(world.told().map(({ id }) => id));
    const calls = world.allCalls();
    expect(calls.filter(({ status }) => !ends.has(status))).toEqual([]);
    expect(calls.filter((one) => told.has(one.intentEvent) && !told.has(one.outcomeEvent))).toEqual([]);
  });
});
