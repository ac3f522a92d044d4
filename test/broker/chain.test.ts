// Whoever stands above answers for what is below: what ends them ends it.
import { beforeEach, describe, expect, it } from 'vitest';
import { readTask, statusOf } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import {
  AGENTS,
  accept,
  chainOf,
  chainWorld,
  type Held,
  handedOn,
  LIST,
  offered,
} from '../support/chains.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { codeOf, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await chainWorld();
});

const issue = (held: Held, wanted = LIST) => world.issue(held.task.id, held.token, { wanted });
const finish = (held: Held) => world.finish(held.task.id, held.token);

async function statusNow({ task, token }: Held) {
  const standing = await readTask(world.dependencies, world.caller('/', null, { token }), task.id);
  return standing instanceof Refusal ? standing.code : statusOf(standing, world.clock.now());
}

type Ending = readonly [string, (held: Held, agent: string) => Promise<unknown>, string, string];
const ENDINGS: readonly Ending[] = [
  ['is finished', (held) => finish(held), 'task_over', 'finished'],
  ['is revoked', (held) => world.revoke(held.task.id), 'task_over', 'revoked'],
  ['loses its agent', (_, agent) => world.change('disable', { agent }), 'agent_disabled', 'revoked'],
  ['has its agent frozen', (_, agent) => world.change('quarantine', { agent }), 'agent_quarantined', 'open'],
];

describe.each(ENDINGS)('a task that %s', (_, end, code, status) => {
  it.each([0, 1, 2, 3, 4, 5])(
    'takes all below it with it, from place %d on, and nothing above',
    async (place) => {
      const chain = await chainOf(world, AGENTS.slice(0, 6));
      await end(chain[place] as Held, AGENTS[place] ?? '');
      for (const [i, held] of chain.entries()) {
        expect(codeOf(await issue(held)), String(i)).toBe(i < place ? 'ok' : code);
        expect(await statusNow(held), String(i)).toBe(i < place ? 'open' : status);
      }
      expect(world.sessions.asked).toHaveLength(place);
    },
  );

  it('takes every branch with it', async () => {
    const [lead] = (await chainOf(world, ['lead'])) as [Held];
    const branches = [
      await handedOn(world, lead, 'scout'),
      await handedOn(world, lead, 'scout'),
      await handedOn(world, lead, 'writer'),
    ];
    await end(branches[0] as Held, 'scout');
    expect(codeOf(await issue(branches[2] as Held))).toBe('ok');
    await end(lead, 'lead');
    for (const held of branches) expect(codeOf(await issue(held))).not.toBe('ok');
  });
});

describe('a frozen agent above', () => {
  it('freezes only: reinstated, everything below goes on', async () => {
    const chain = await chainOf(world, AGENTS.slice(0, 3));
    await world.change('quarantine', { agent: 'lead' });
    await world.change('reinstate', { agent: 'lead' });
    for (const held of chain) expect(codeOf(await issue(held))).toBe('ok');
  });

  it('does not go on with what it lost by being disabled, below it neither', async () => {
    const chain = await chainOf(world, AGENTS.slice(0, 3));
    await world.change('disable', { agent: 'scout' });
    await world.change('reinstate', { agent: 'scout' });
    expect(await Promise.all(chain.map((held) => issue(held)))).toMatchObject([
      expect.anything(),
      { code: 'task_over' },
      { code: 'task_over' },
    ]);
    expect(codeOf(await handedOn(world, chain[0] as Held, 'scout'))).toBe('ok');
  });
});

describe('the end of a task', () => {
  it('says what is below it, however deep and wide', async () => {
    const [lead, scout, writer] = (await chainOf(world, AGENTS.slice(0, 3))) as [Held, Held, Held];
    const other = await handedOn(world, lead, 'mailer');
    await offered(world, lead, 'filer');
    await world.revoke(lead.task.id, { reason: 'Odd' });
    const [told] = world.told('task.revoked');
    expect(told).toMatchObject({ task: lead.task.id, why: 'Odd', ancestors: [] });
    expect([...((told?.['below'] ?? []) as string[])].sort()).toEqual(
      [scout, writer, other].map(({ task }) => task.id).sort(),
    );
    // That is its end, too: whoever finishes it afterwards changes nothing.
    expect(await finish(other)).toMatchObject({ revocation: 'none' });
    expect(await statusNow(other)).toBe('revoked');
    expect(world.told('task.finished')).toEqual([]);
  });

  it('says so of one that was begun twice with one key, too', async () => {
    const [lead] = (await chainOf(world, ['lead'])) as [Held];
    const delegation = await offered(world, lead, 'scout');
    // The first attempt ends between the claim and the task.
    world.meddle = async ({ name, arguments: [key] }, run) => {
      const { sort = '' } = (key ?? {}) as { sort?: string };
      if (name === 'records.create' && sort === 'task') throw new Error('gone');
      return run();
    };
    await expect(accept(world, delegation, { key: 'k' })).rejects.toThrow('gone');
    world.meddle = undefined;
    world.clock.advance(MINUTE);
    const scout = (await accept(world, delegation, { key: 'k' })) as Held;
    expect(codeOf(await issue(scout))).toBe('ok');
    expect(await finish(lead)).toMatchObject({ revocation: 'pending' });
    expect(world.told('task.finished')).toMatchObject([{ below: [scout.task.id] }]);
  });

  it('says nothing of what was over before, though its credentials may work still', async () => {
    const [lead, scout, writer] = (await chainOf(world, AGENTS.slice(0, 3))) as [Held, Held, Held];
    const short = await handedOn(world, lead, 'filer', { ttlSeconds: 60 });
    const mailer = await handedOn(world, lead, 'mailer');
    await issue(writer);
    await finish(scout);
    world.clock.advance(MINUTE);
    expect(await finish(lead)).toMatchObject({ revocation: 'pending' });
    const told = world.told('task.finished');
    expect(told.map(({ task, below }) => [task, below])).toEqual([
      [scout.task.id, [writer.task.id]],
      [lead.task.id, [mailer.task.id]],
    ]);
    expect(codeOf(await issue(short))).toBe('task_over');
  });

  it('says what works still of the credentials below it', async () => {
    const [lead, scout, writer] = (await chainOf(world, AGENTS.slice(0, 3))) as [Held, Held, Held];
    expect(await finish(writer)).toMatchObject({ revocation: 'none' });
    expect(codeOf(await issue(scout))).toBe('ok');
    expect(await finish(lead)).toMatchObject({ revocation: 'pending' });
    world.clock.advance(4 * HOUR);
    expect(await finish(lead)).toMatchObject({ revocation: 'inForce' });
    expect(await finish(writer)).toMatchObject({ revocation: 'none' });
  });

  it('withholds what STS gave below it meanwhile', async () => {
    const [lead, , writer] = (await chainOf(world, AGENTS.slice(0, 3))) as [Held, Held, Held];
    const { answer } = world.sessions;
    world.sessions.answer = async (request) => {
      await finish(lead);
      return answer(request);
    };
    expect(codeOf(await issue(writer))).toBe('task_over');
    expect(world.told('credentials.withheld')).toMatchObject([
      { task: writer.task.id, code: 'task_over', ancestors: [{ agent: 'lead' }, { agent: 'scout' }] },
    ]);
    expect(world.told('task.finished')).toMatchObject([{ revocation: 'pending' }]);
  });

  it('does not come before that of one below by itself', async () => {
    const [, scout, writer] = (await chainOf(world, AGENTS.slice(0, 3))) as [Held, Held, Held];
    await finish(writer);
    expect(await statusNow(writer)).toBe('finished');
    expect(await statusNow(scout)).toBe('open');
    await finish(scout);
    expect(await statusNow(writer)).toBe('finished');
  });
});
