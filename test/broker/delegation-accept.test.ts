// Accepting what was handed on: never wider, never longer, with everything inherited, while all above is open.
import { beforeEach, describe, expect, it } from 'vitest';
import { readTask, statusOf } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Delegation } from '../../src/tasks/index.ts';
import {
  AGENTS,
  accept,
  CHAIN_PARTS,
  chainOf,
  chainWorld,
  EVERYTHING,
  type Held,
  handedOn,
  LIST,
  OUTSIDER,
  offered,
  WHOLE,
  withAgent,
} from '../support/chains.ts';
import { DAY, HOUR, SECOND } from '../support/clock.ts';
import { codeOf, PERSON, type World } from '../support/world.ts';

let world: World;
let lead: Held;
let delegation: Delegation;
beforeEach(async () => {
  world = await chainWorld();
  [lead] = (await chainOf(world, ['lead'])) as [Held];
  delegation = await offered(world, lead, 'scout', { capabilities: WHOLE });
});

const read = (path: string) => [{ capability: 'store:read', parameters: { path } }];
const refusals = () => world.told('task.refused');

describe('a task under another', () => {
  it('says whose it is and under whom, in its record and in the audit', async () => {
    const purpose = 'Find the files';
    const { task } = (await accept(world, delegation, { purpose })) as Held;
    const ancestors = [{ task: lead.task.id, agent: 'lead' }];
    const requester = { id: 'kim', proven: false };
    expect(task).toMatchObject({ agent: 'scout', purpose, delegation: delegation.id, ancestors, requester });
    expect(task.capabilities.map(({ capability, parameters }) => ({ capability, parameters }))).toEqual(
      WHOLE,
    );
    expect(world.told('task.opened').find((told) => told['task'] === task.id)).toMatchObject({
      ...{ agent: 'scout', ancestors, requester, purpose, delegation: delegation.id },
      expiresAt: task.expiresAt,
    });
  });

  it('is a task like any other: its agent reads it, gets credentials by it, finishes it', async () => {
    const { task, token } = (await accept(world, delegation)) as Held;
    const standing = await readTask(world.dependencies, world.caller('/', null, { token }), task.id);
    expect(standing instanceof Refusal ? standing : statusOf(standing, world.clock.now())).toBe('open');
    const wanted = [{ capability: 'store:read' }];
    expect(codeOf(await world.issue(task.id, token, { wanted }))).toBe('ok');
    expect(world.sessions.asked.at(-1)).toMatchObject({
      sourceIdentity: 'scout',
      tags: { agent: 'scout', task: task.id, root: lead.task.id, environment: 'production' },
    });
    expect(await world.finish(task.id, token)).toMatchObject({ task: { status: 'finished' } });
    // What is above goes on.
    expect(codeOf(await world.issue(lead.task.id, lead.token, { wanted }))).toBe('ok');
  });

  it('is told in every event with the whole chain', async () => {
    const chain = await chainOf(world, AGENTS.slice(0, 4));
    const { task, token } = chain.at(-1) as Held;
    await world.issue(task.id, token, { wanted: LIST });
    await world.issue(task.id, token, { wanted: read('b'), key: 'k' });
    await world.issue(task.id, token, { wanted: read('b'), key: 'k' });
    world.sessions.answer = async () => ({ problem: 'refused', detail: 'No.' });
    await world.issue(task.id, token, { wanted: LIST });
    world.sessions.answer = async () => {
      throw new Error('gone');
    };
    await world.issue(task.id, token, { wanted: LIST }).catch(() => undefined);
    await world.settle();
    await world.delegate(task.id, token, { agent: OUTSIDER, capabilities: LIST });
    await world.delegate(task.id, token, { agent: OUTSIDER, capabilities: read('a') });
    await world.finish(task.id, token);
    const told = world.told().filter((one) => one['task'] === task.id);
    expect(new Set(told.map(({ type }) => type))).toEqual(
      new Set([
        ...['task.opened', 'task.finished', 'delegation.offered', 'delegation.refused'],
        ...[
          'call.requested',
          'credentials.issued',
          'call.denied',
          'call.repeated',
          'call.failed',
          'call.unknown',
        ],
      ]),
    );
    for (const { ancestors, agent } of told) {
      expect({ ancestors, agent }).toEqual({
        agent: AGENTS[3],
        ancestors: chain.slice(0, 3).map((one) => ({ task: one.task.id, agent: one.task.agent })),
      });
    }
  });

  it('may be opened for less than what was handed on', async () => {
    const { task } = (await accept(world, delegation, { capabilities: read('a/b') })) as Held;
    expect(task.capabilities).toMatchObject(read('a/b'));
  });

  it.each<[string, Parameters<World['open']>[0], string]>([
    ['parameters beside it', { capabilities: read('b') }, 'outside_task'],
    ['what the task above holds and it does not', { capabilities: read('a') }, 'outside_task'],
    [
      'what only its own ceiling has',
      { capabilities: [{ capability: 'store:write', parameters: { path: 'a' } }] },
      'outside_task',
    ],
    ['one that fits and one that does not', { capabilities: [...LIST, ...read('a')] }, 'outside_task'],
    ['what nobody has', { capabilities: [{ capability: 'store:none', parameters: {} }] }, 'outside_ceiling'],
    ['a wildcard', { capabilities: read('a/*') }, 'invalid_request'],
  ])('never for more: %s', async (_, more, code) => {
    const part = await offered(world, lead, 'writer', { capabilities: [...LIST, ...read('a/b')] });
    expect(codeOf(await accept(world, part, more))).toBe(code);
    // And it is not used up by that.
    expect(codeOf(await accept(world, part))).toBe('ok');
  });

  it.each<[string, number | undefined, number]>([
    ['as the delegation has left', undefined, 3000],
    ['as it asks for', 60, 60],
    ['as all that is left', 3000, 3000],
  ])('lasts as long %s', async (_, ttlSeconds, seconds) => {
    const part = await offered(world, lead, 'writer', { ttlSeconds: 3600 });
    world.clock.advance(600 * SECOND);
    const { task } = (await accept(world, part, ttlSeconds === undefined ? {} : { ttlSeconds })) as Held;
    expect(task.expiresAt).toBe(world.clock.in(seconds * SECOND).toISOString());
  });

  it('never lasts longer: neither than what was handed on nor than its agent may', async () => {
    const part = await offered(world, lead, 'writer', { ttlSeconds: 3600 });
    world.clock.advance(600 * SECOND);
    expect(await accept(world, part, { ttlSeconds: 3001 })).toMatchObject({
      code: 'invalid_request',
      extras: { errors: [{ path: 'ttlSeconds', problem: expect.stringContaining('3000') }] },
    });
    const { task } = (await accept(world, await offered(world, lead, OUTSIDER))) as Held;
    expect(task.expiresAt).toBe(world.clock.in(600 * SECOND).toISOString());
  });
});

describe('the requester', () => {
  it.each([false, true])('is inherited all the way down, proven: %j', async (proven) => {
    const asked = proven ? { requesterToken: world.personToken() } : { requester: 'kim' };
    const token = world.agentToken('lead');
    let held: Held = await world.opened({ token, capabilities: WHOLE, ...asked });
    for (const agent of AGENTS.slice(1, 6)) held = await handedOn(world, held, agent);
    expect(held.task.requester).toEqual({ id: proven ? PERSON : 'kim', proven });
    await world.issue(held.task.id, held.token, { wanted: LIST });
    const last = world.told().filter((told) => told['task'] === held.task.id);
    for (const told of last.filter(({ type }) => type !== 'call.requested')) {
      expect(told['requester']).toEqual(held.task.requester);
    }
  });

  it('is nobody where there is nobody', async () => {
    const held = await world.opened({ token: world.agentToken('lead'), capabilities: WHOLE });
    expect((await handedOn(world, held, 'scout')).task).not.toHaveProperty('requester');
  });

  it.each<[string, () => Parameters<World['open']>[0], string]>([
    ['another', () => ({ requester: 'pat' }), 'requester'],
    ['with a token', () => ({ requesterToken: world.personToken() }), 'requesterToken'],
    [
      'the same with a token',
      () => ({ requester: 'kim', requesterToken: world.personToken([], 'kim') }),
      'requesterToken',
    ],
  ])('can be nobody else: %s', async (_, more, path) => {
    const answer = await accept(world, delegation, more());
    expect(answer).toMatchObject({ code: 'invalid_request', extras: { errors: [{ path }] } });
    expect(codeOf(await accept(world, delegation, { requester: 'kim' }))).toBe('ok');
  });
});

describe('what was handed on is refused', () => {
  it.each<[string, string, () => Promise<unknown>]>([
    ['once it has expired', 'task_over', async () => world.clock.advance(4 * HOUR)],
    ['long after', 'task_over', async () => world.clock.advance(20 * DAY)],
    ['once the task is finished', 'task_over', () => world.finish(lead.task.id, lead.token)],
    ['once the task is revoked', 'task_over', () => world.revoke(lead.task.id)],
    [
      'while its agent above is frozen',
      'agent_quarantined',
      () => world.change('quarantine', { agent: 'lead' }),
    ],
    [
      'once its agent above was disabled',
      'task_over',
      async () => {
        await world.change('disable', { agent: 'lead' });
        await world.change('reinstate', { agent: 'lead' });
      },
    ],
    [
      'where the agent above may no longer',
      'outside_ceiling',
      () => world.use(withAgent('lead', { capabilities: [] })),
    ],
    [
      'where the agent itself may no longer',
      'outside_ceiling',
      () => world.use(withAgent('scout', { capabilities: [] })),
    ],
    [
      'where the agent is past its review',
      'review_overdue',
      () => world.use(withAgent('scout', { reviewBy: '2026-01-01' })),
    ],
    [
      'where policy denies it to the agent above',
      'denied_by_policy',
      () =>
        world.use({
          ...CHAIN_PARTS,
          policies: 'permit (principal, action, resource) unless { principal == Agent::"lead" };',
        }),
    ],
  ])('%s: %s', async (_, code, change) => {
    await change();
    const answer = await accept(world, delegation);
    expect(codeOf(answer)).toBe(code);
    expect(refusals()).toMatchObject([
      { agent: 'scout', code, delegation: delegation.id, ancestors: [{ task: lead.task.id, agent: 'lead' }] },
    ]);
    expect(world.tasks()).toHaveLength(1);
  });

  it('once its own time is over, whatever the task above has left', async () => {
    const part = await offered(world, lead, 'writer', { ttlSeconds: 60 });
    world.clock.advance(60 * SECOND);
    expect(await accept(world, part)).toMatchObject({
      code: 'task_over',
      detail: 'The delegation has expired. Ask for another.',
    });
    expect(codeOf(await accept(world, delegation))).toBe('ok');
  });

  it('where the agent above has left the files', async () => {
    await world.use({ ...CHAIN_PARTS, agents: (CHAIN_PARTS.agents ?? []).filter(({ id }) => id !== 'lead') });
    expect(codeOf(await accept(world, delegation))).toBe('unknown_agent');
  });

  it('where the task above is no longer kept', async () => {
    const { records } = world;
    const { read: all } = records;
    records.read = async (keys) =>
      (await all(keys)).map((one) => (one?.key.sort === 'task' ? undefined : one));
    expect(codeOf(await accept(world, delegation))).toBe('task_over');
    records.read = all;
  });

  it('while frozen only: reinstated, it goes on', async () => {
    await world.change('quarantine', { agent: 'lead' });
    await world.change('reinstate', { agent: 'lead' });
    expect(codeOf(await accept(world, delegation))).toBe('ok');
  });

  it('in the moment after the task above was finished: what is opened then is over', async () => {
    world.meddle = async ({ name, arguments: [key] }, run) => {
      const { sort = '' } = (key ?? {}) as { sort?: string };
      if (name === 'records.create' && sort === 'task') {
        world.meddle = undefined;
        await world.finish(lead.task.id, lead.token);
      }
      return run();
    };
    const { task, token } = (await accept(world, delegation)) as Held;
    expect(codeOf(await world.issue(task.id, token, { wanted: LIST }))).toBe('task_over');
    expect(codeOf(await world.delegate(task.id, token, { agent: 'writer', capabilities: LIST }))).toBe(
      'task_over',
    );
    expect(world.sessions.asked).toEqual([]);
  });
});
it('hands on all that there is, which every agent of these may ask for', async () => {
  const all = EVERYTHING.map((capability) => ({
    capability,
    parameters: capability === 'store:list' ? {} : { path: 'a' },
  }));
  const chain = await chainOf(world, AGENTS.slice(0, 6), all);
  expect(chain.at(-1)?.task.capabilities.map(({ capability }) => capability)).toEqual(EVERYTHING);
});
