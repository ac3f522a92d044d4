// Handing work on: what may be handed to whom, how far down, for how long, and what is written down of it.
import { beforeEach, describe, expect, it } from 'vitest';
import { delegate, finishTask, type WantedDelegation } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { RequestedCapability } from '../../src/tasks/index.ts';
import {
  AGENTS,
  accept,
  CHAIN_PARTS,
  chainOf,
  chainWorld,
  type Held,
  handedOn,
  LIST,
  OUTSIDER,
  offered,
  WHOLE,
  withAgent,
} from '../support/chains.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { codeOf, type World } from '../support/world.ts';

let world: World;
let lead: Held;
beforeEach(async () => {
  world = await chainWorld();
  [lead] = (await chainOf(world, ['lead'])) as [Held];
});

const to = (agent: string, wanted: Partial<WantedDelegation> = {}, key?: string) =>
  world.delegate(lead.task.id, lead.token, { agent, capabilities: LIST, ...wanted }, { key });
const problemsOf = (answer: unknown) => (answer instanceof Refusal ? answer.extras.errors : undefined);
const read = (path: string): RequestedCapability => ({ capability: 'store:read', parameters: { path } });

describe('what is handed on', () => {
  it('is answered, and written down in the task it is part of, with the whole chain', async () => {
    const scout = await handedOn(world, lead, 'scout', { capabilities: WHOLE });
    const delegation = await offered(world, scout, 'writer', { capabilities: LIST, ttlSeconds: 60 });
    const ancestors = [{ task: lead.task.id, agent: 'lead' }];
    const expiresAt = world.clock.in(MINUTE).toISOString();
    expect(delegation).toMatchObject({
      ...{ id: expect.stringMatching(/^dele_[0-9a-z]{26}$/), status: 'offered', agent: 'writer' },
      ...{ task: scout.task.id, from: 'scout', expiresAt },
      ancestors: [...ancestors, { task: scout.task.id, agent: 'scout' }],
      capabilities: [{ capability: 'store:list', parameters: {} }],
    });
    expect(world.told('delegation.offered').find(({ delegation: told }) => told === delegation.id)).toEqual({
      ...{ id: delegation.event, at: world.clock.now().toISOString(), type: 'delegation.offered' },
      ...{
        task: scout.task.id,
        agent: 'scout',
        owner: { team: 'Data', email: 'data@example.com' },
        ancestors,
      },
      ...{ requester: { id: 'kim', proven: false }, purpose: 'Build the weekly report' },
      ...{ delegation: delegation.id, to: 'writer', expiresAt },
      capabilities: delegation.capabilities,
      configDigest: world.rules.config.digest,
      request: expect.objectContaining({ method: 'POST', route: '/v1/tasks/{task}/delegations' }),
    });
  });

  it("has the task's parameters where it names none", async () => {
    const { capabilities } = await offered(world, lead, 'scout', {
      capabilities: [{ capability: 'store:read' }],
    });
    expect(capabilities).toEqual([read('a')]);
  });

  it.each(['a', 'a/b', 'a/b/c-d', 'a/a'])(
    'may have parameters that are part of the task’s: %s',
    async (path) => {
      const { capabilities } = await offered(world, lead, 'scout', { capabilities: [read(path)] });
      expect(capabilities).toEqual([read(path)]);
    },
  );

  it.each(['b', 'ab', 'a-b', 'b/a', 'aa/a'])('never others: %s', async (path) => {
    const answer = await to('scout', { capabilities: [read('a/b'), read(path)] });
    expect(answer).toMatchObject({ code: 'outside_task', detail: expect.stringContaining('or less') });
    expect(world.told('delegation.offered')).toEqual([]);
    expect(world.told('delegation.refused')).toMatchObject([{ to: 'scout', code: 'outside_task' }]);
  });

  it.each<[string, string]>([
    ['store:tagged', 'compares a tag, and a tag that is part of another is another tag'],
    ['desk:read', 'is of a kind of which nobody knows yet what is part of what'],
  ])('of %s only equal parameters, since it %s', async (capability) => {
    const held = await chainOf(world, ['lead'], [{ capability, parameters: { path: 'a' } }]);
    [lead] = held as [Held];
    const asked = (path: string) => to('scout', { capabilities: [{ capability, parameters: { path } }] });
    expect(codeOf(await asked('a'))).toBe('ok');
    expect(codeOf(await asked('a/b'))).toBe('outside_task');
  });

  it.each<[string, Record<string, string>]>([
    ['a wildcard', { path: 'a/*' }],
    ['a variable', { path: 'a/${aws:username}' }],
    ['another name', { path: 'a', more: 'b' }],
    ['no value', {}],
  ])('never parameters with %s', async (_, parameters) => {
    const answer = await to('scout', { capabilities: [{ capability: 'store:read', parameters }] });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(world.told('delegation.offered', 'delegation.refused')).toEqual([]);
  });

  it('is one of several that the task holds, by its parameters, and none without', async () => {
    [lead] = (await chainOf(world, ['lead'], [read('a'), read('b')])) as [Held];
    const answer = await to('scout', { capabilities: [{ capability: 'store:read' }] });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(problemsOf(answer)).toEqual([{ path: 'capabilities[0].parameters', problem: 'is required here' }]);
    expect(codeOf(await to('scout', { capabilities: [read('b/c'), read('a')] }))).toBe('ok');
    expect(codeOf(await to('scout', { capabilities: [read('c')] }))).toBe('outside_task');
  });

  it('is handed on once where it is named twice', async () => {
    const capabilities = [...LIST, ...LIST, read('a'), { capability: 'store:read' }];
    expect((await offered(world, lead, 'scout', { capabilities })).capabilities).toHaveLength(2);
  });

  it('is told the names of what the task holds, where it is something else', async () => {
    const answer = await to('scout', {
      capabilities: [{ capability: 'store:write', parameters: { path: 'a' } }],
    });
    expect(answer).toMatchObject({
      code: 'outside_task',
      detail: expect.stringContaining('store:read, store:list'),
    });
  });
});

describe('for how long', () => {
  it('as long as the task, where nothing is said', async () => {
    world.clock.advance(HOUR);
    expect((await offered(world, lead, 'scout')).expiresAt).toBe(lead.task.expiresAt);
  });

  it.each([1, 60, 4 * 3600])('%d seconds', async (ttlSeconds) => {
    const { expiresAt } = await offered(world, lead, 'scout', { ttlSeconds });
    expect(expiresAt).toBe(world.clock.in(ttlSeconds * 1000).toISOString());
  });

  it('never longer than the task', async () => {
    world.clock.advance(1500);
    const answer = await to('scout', { ttlSeconds: 4 * 3600 - 1 });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(problemsOf(answer)).toEqual([
      { path: 'ttlSeconds', problem: `must be at most ${4 * 3600 - 2}: the task ends then` },
    ]);
    expect(codeOf(await to('scout', { ttlSeconds: 4 * 3600 - 2 }))).toBe('ok');
  });
});

describe('to whom', () => {
  it.each(['nobody', 'constructor', '__proto__', '', '../lead', 'lead '])(
    'not to %j, which is no agent',
    async (agent) => {
      const answer = await to(agent);
      expect(codeOf(answer)).toBe('invalid_request');
      expect(problemsOf(answer)).toMatchObject([{ path: 'agent' }]);
    },
  );

  it('not in a circle: neither to the agent itself nor to one above', async () => {
    const [, , last] = (await chainOf(world, ['lead', 'scout', 'writer'])) as [Held, Held, Held];
    for (const agent of ['lead', 'scout', 'writer']) {
      const answer = await world.delegate(last.task.id, last.token, { agent, capabilities: LIST });
      expect(codeOf(answer)).toBe('invalid_request');
      expect(problemsOf(answer)).toMatchObject([
        { path: 'agent', problem: expect.stringContaining('circle') },
      ]);
    }
    expect(codeOf(await to('lead'))).toBe('invalid_request');
  });

  it('five deep, and no deeper', async () => {
    const chain = await chainOf(world, AGENTS.slice(0, 6));
    expect(chain.map(({ task }) => task.ancestors.length)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const one of chain)
      expect(codeOf(await world.issue(one.task.id, one.token, { wanted: LIST }))).toBe('ok');
    const { task, token } = chain.at(-1) as Held;
    const answer = await world.delegate(task.id, token, { agent: 'clerk', capabilities: LIST });
    expect(codeOf(answer)).toBe('invalid_request');
    expect(problemsOf(answer)).toMatchObject([{ path: 'agent', problem: expect.stringContaining('5') }]);
  });

  it('never beyond its own ceiling, of which nobody else is told the rest', async () => {
    const answer = await to(OUTSIDER, { capabilities: [read('a')] });
    expect(answer).toMatchObject({ code: 'outside_ceiling', detail: expect.stringContaining('store:read') });
    expect((answer as Refusal).detail).not.toContain('ledger:read');
    expect(world.told('delegation.refused')).toMatchObject([
      { task: lead.task.id, agent: 'lead', to: OUTSIDER, code: 'outside_ceiling', ancestors: [] },
    ]);
    expect(codeOf(await to(OUTSIDER))).toBe('ok');
  });

  it('may be frozen or switched off today: it is asked when it opens the task', async () => {
    for (const [agent, change, code] of [
      ['scout', 'quarantine', 'agent_quarantined'],
      ['writer', 'disable', 'agent_disabled'],
    ] as const) {
      await world.change(change, { agent });
      expect(codeOf(await accept(world, await offered(world, lead, agent)))).toBe(code);
    }
  });
});

describe('under which task', () => {
  it.each<[string, string, (chain: readonly [Held, Held]) => Promise<unknown>]>([
    ['that is finished', 'task_over', async ([, held]) => world.finish(held.task.id, held.token)],
    ['that is revoked', 'task_over', async ([, held]) => world.revoke(held.task.id)],
    ['that has expired', 'task_over', async () => world.clock.advance(4 * HOUR)],
    [
      'whose agent is frozen',
      'agent_quarantined',
      async () => world.change('quarantine', { agent: 'scout' }),
    ],
    ['whose agent is disabled', 'agent_disabled', async () => world.change('disable', { agent: 'scout' })],
    ['below one that is finished', 'task_over', async ([above]) => world.finish(above.task.id, above.token)],
    ['below one that is revoked', 'task_over', async ([above]) => world.revoke(above.task.id)],
    ['below a frozen agent', 'agent_quarantined', async () => world.change('quarantine', { agent: 'lead' })],
    ['below a disabled agent', 'agent_disabled', async () => world.change('disable', { agent: 'lead' })],
    [
      'of an agent that may no longer',
      'outside_ceiling',
      async () => world.use(withAgent('scout', { capabilities: [] })),
    ],
    [
      'below one that may no longer',
      'outside_ceiling',
      async () => world.use(withAgent('lead', { capabilities: [] })),
    ],
  ])('not under one %s: %s, which is written down', async (_, code, change) => {
    const chain = (await chainOf(world, ['lead', 'scout'])) as unknown as [Held, Held];
    await change(chain);
    const { task, token } = chain[1];
    expect(codeOf(await world.delegate(task.id, token, { agent: 'writer', capabilities: LIST }))).toBe(code);
    expect(world.told('delegation.offered')).toHaveLength(1);
    expect(world.told('delegation.refused')).toMatchObject([
      { task: task.id, agent: 'scout', ancestors: task.ancestors, to: 'writer', code },
    ]);
  });

  it('not under one whose agent has left the files', async () => {
    await world.use({ ...CHAIN_PARTS, agents: (CHAIN_PARTS.agents ?? []).filter(({ id }) => id !== 'lead') });
    expect(codeOf(await to('scout'))).toBe('unknown_agent');
  });

  it('and not a day after its end, which is not written down any more', async () => {
    world.clock.advance(4 * HOUR + DAY + 1);
    expect(codeOf(await to('scout'))).toBe('task_over');
    world.clock.advance(60 * DAY);
    expect(codeOf(await to('scout'))).toBe('task_over');
    expect(world.told('delegation.refused')).toEqual([]);
  });

  it.each<[string, (held: Held) => Promise<string | undefined>, string]>([
    ['a token of its agent, which opens tasks', async () => world.agentToken('lead'), 'unauthenticated'],
    [
      'the token of another task of its agent',
      async () => (await chainOf(world, ['lead']))[0]?.token,
      'not_found',
    ],
    ["another agent's token", async () => world.agentToken('scout'), 'unauthenticated'],
    ["a person's token", async () => world.personToken(['operators']), 'unauthenticated'],
    [
      'the token with another task put in',
      async ({ token }) => `${token.slice(0, 9)}A${token.slice(10)}`,
      'unauthenticated',
    ],
    ['none', async () => undefined, 'unauthenticated'],
  ])('not with %s', async (_, by, code) => {
    const token = await by(lead);
    expect(codeOf(await world.delegate(lead.task.id, token, { agent: 'scout', capabilities: LIST }))).toBe(
      code,
    );
    expect(world.told('delegation.offered', 'delegation.refused')).toEqual([]);
  });

  it('nor with the token of the task below: work is handed down only', async () => {
    const scout = await handedOn(world, lead, 'scout');
    const asked = { agent: 'writer', capabilities: LIST };
    expect(codeOf(await world.delegate(lead.task.id, scout.token, asked))).toBe('not_found');
    const finish = world.caller(`/v1/tasks/${lead.task.id}/finish`, {}, { token: scout.token });
    expect(codeOf(await finishTask(world.dependencies, finish, lead.task.id))).toBe('not_found');
  });
});

it('says nothing of a body to those who do not prove who they are', async () => {
  const bad = new Refusal('invalid_request', 'The body is not as the API expects it.');
  const asked = (token: string) =>
    delegate(
      world.dependencies,
      world.caller(`/v1/tasks/${lead.task.id}/delegations`, null, { token }),
      lead.task.id,
      bad,
    );
  expect(codeOf(await asked('bwt_x'))).toBe('unauthenticated');
  expect(codeOf(await asked(lead.token))).toBe('invalid_request');
});
