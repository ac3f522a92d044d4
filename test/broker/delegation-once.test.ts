// One agent alone may accept what was handed on, and once, however its requests are sent, repeated or guessed.
import { beforeEach, describe, expect, it } from 'vitest';
import { delegate } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Delegation } from '../../src/tasks/index.ts';
import {
  accept,
  CHAIN_PARTS,
  chainOf,
  chainWorld,
  type Held,
  LIST,
  OUTSIDER,
  offered,
  WHOLE,
} from '../support/chains.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { codeOf, type World } from '../support/world.ts';

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
const ofLead = (key: string, more: object = {}) =>
  world.delegate(lead.task.id, lead.token, { agent: 'writer', capabilities: LIST, ...more }, { key });

describe('what was handed on is of use to nobody else', () => {
  it.each(['writer', 'lead', OUTSIDER])('%s is told that there is none', async (agent) => {
    const answer = await accept(world, delegation, { token: world.agentToken(agent), capabilities: LIST });
    expect(codeOf(answer)).toBe('not_found');
    // Not even the audit of that agent learns of a chain that it is not in.
    expect(refusals()).toMatchObject([{ agent, delegation: delegation.id, code: 'not_found' }]);
    expect(refusals()[0]).not.toHaveProperty('ancestors');
    expect(codeOf(await accept(world, delegation))).toBe('ok');
  });

  it.each<[string, (id: string) => string]>([
    ['another time', (id) => id.replace('dele_0', 'dele_1')],
    ['another tail', (id) => `${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`],
    ['upper case', (id) => id.toUpperCase()],
    ['more behind', (id) => `${id}/../state`],
    ['a line behind', (id) => `${id}\n`],
    ['a path', () => '../../agent/scout'],
    ['a task', () => lead.task.id],
    ['an empty tail', () => 'dele_'],
    ['a name that every object has', () => 'constructor'],
  ])('nor under %s', async (_, id) => {
    expect(codeOf(await accept(world, { ...delegation, id: id(delegation.id) }))).toBe('not_found');
    expect(world.tasks()).toHaveLength(1);
  });

  it('nor is what an Idempotency-Key remembers of a refusal', async () => {
    const wanted = { agent: 'scout', capabilities: read('b') };
    await world.delegate(lead.task.id, lead.token, wanted, { key: 'k' });
    const kept = world.records.all().filter(({ key }) => key.partition.startsWith('delegation/'));
    const tails = kept.map(({ key }) => key.partition.slice('delegation/'.length));
    const [other] = tails.filter((tail) => !delegation.id.endsWith(tail));
    const id = `${delegation.id.slice(0, 15)}${other}`;
    expect(codeOf(await accept(world, { ...delegation, id }))).toBe('not_found');
  });
});

describe('it is good for one task', () => {
  it('and a second is refused, and told with the chain', async () => {
    await accept(world, delegation);
    expect(codeOf(await accept(world, delegation))).toBe('conflict');
    expect(codeOf(await accept(world, delegation, { key: 'k', purpose: 'Once more' }))).toBe('conflict');
    expect(refusals()).toHaveLength(2);
    for (const told of refusals()) {
      const ancestors = [{ task: lead.task.id, agent: 'lead' }];
      expect(told).toMatchObject({ code: 'conflict', ancestors, requester: { id: 'kim' } });
    }
    expect(world.told('task.opened')).toHaveLength(2);
  });

  it('also after that one is finished', async () => {
    const { task, token } = (await accept(world, delegation)) as Held;
    await world.finish(task.id, token);
    expect(codeOf(await accept(world, delegation))).toBe('conflict');
  });

  it('of many at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => accept(world, delegation)));
    expect(all.map(codeOf).sort()).toEqual([...Array(7).fill('conflict'), 'ok']);
    expect(world.tasks()).toHaveLength(2);
    expect(world.told('task.opened')).toHaveLength(2);
  });

  it('which all get that send the same request at once', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => accept(world, delegation, { key: 'k' })));
    const ids = all.map((one) => (one instanceof Refusal ? one.code : one.task.id));
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^task_/);
    expect(world.told('task.opened')).toHaveLength(2);
    expect(refusals()).toEqual([]);
  });

  it('even where its Idempotency-Key is forgotten long before it ends', async () => {
    await world.use({
      ...CHAIN_PARTS,
      agents: (CHAIN_PARTS.agents ?? []).map((agent) => ({ ...agent, maxTaskSeconds: (5 * DAY) / SECOND })),
    });
    const week = await world.opened({ token: world.agentToken('lead'), capabilities: WHOLE });
    const long = await offered(world, week, 'scout');
    expect(codeOf(await accept(world, long, { key: 'k', ttlSeconds: 60 }))).toBe('ok');
    world.clock.advance(2 * DAY);
    expect(codeOf(await accept(world, long, { key: 'k', ttlSeconds: 60 }))).toBe('conflict');
    expect(world.told('task.opened').filter((told) => told['agent'] === 'scout')).toHaveLength(1);
  });
});

describe('an Idempotency-Key on a delegation', () => {
  const idOf = (answer: unknown) => (answer as Delegation).id;

  it('brings the same delegation, told once', async () => {
    const first = await ofLead('k');
    world.clock.advance(MINUTE);
    expect(await ofLead('k')).toEqual(first);
    expect(world.told('delegation.offered').filter(({ to }) => to === 'writer')).toHaveLength(1);
  });

  it('brings the same one to ten at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => ofLead('k')));
    expect(new Set(all.map(idOf)).size).toBe(1);
    expect(world.told('delegation.offered').filter(({ to }) => to === 'writer')).toHaveLength(1);
  });

  it('still brings it once it was accepted, or the task is over: what it says has not changed', async () => {
    const first = (await ofLead('k')) as Delegation;
    await accept(world, first);
    expect(idOf(await ofLead('k'))).toBe(first.id);
    await world.finish(lead.task.id, lead.token);
    expect(idOf(await ofLead('k'))).toBe(first.id);
    expect(codeOf(await accept(world, first))).toBe('conflict');
  });

  it('is another for another body: idempotency_mismatch', async () => {
    await ofLead('k');
    expect(codeOf(await ofLead('k', { agent: 'scout' }))).toBe('idempotency_mismatch');
    expect(codeOf(await ofLead('k', { ttlSeconds: 60 }))).toBe('idempotency_mismatch');
    expect(world.told('delegation.offered').filter(({ to }) => to === 'scout')).toHaveLength(1);
  });

  it('is another for a body that can not be used, once it was used for one that can', async () => {
    const bad = new Refusal('invalid_request', 'The body is not as the API expects it.');
    const path = `/v1/tasks/${lead.task.id}/delegations`;
    const asked = () => {
      const caller = world.caller(path, null, { token: lead.token, key: 'k' });
      return delegate(world.dependencies, caller, lead.task.id, bad);
    };
    expect(codeOf(await asked())).toBe('invalid_request');
    await ofLead('k');
    expect(codeOf(await asked())).toBe('idempotency_mismatch');
  });

  it('brings the same refusal, told once', async () => {
    const beside = { capabilities: read('b') };
    const first = await ofLead('k', beside);
    expect(codeOf(first)).toBe('outside_task');
    expect(await ofLead('k', beside)).toEqual(first);
    expect(world.told('delegation.refused')).toHaveLength(1);
    expect(await Promise.all([ofLead('j', beside), ofLead('j', beside)])).toEqual([first, first]);
    expect(codeOf(await ofLead('k'))).toBe('idempotency_mismatch');
  });

  it('remembers no mistake in the request', async () => {
    expect(codeOf(await ofLead('k', { agent: 'nobody' }))).toBe('invalid_request');
    expect(codeOf(await ofLead('k'))).toBe('ok');
  });

  it("is one task's own, and apart from those of its other requests", async () => {
    const [other] = (await chainOf(world, ['lead'])) as [Held];
    const first = await ofLead('k');
    const second = await world.delegate(
      other.task.id,
      other.token,
      { agent: 'writer', capabilities: LIST },
      { key: 'k' },
    );
    expect(codeOf(second)).toBe('ok');
    expect(idOf(second)).not.toBe(idOf(first));
    expect(codeOf(await world.issue(lead.task.id, lead.token, { wanted: LIST, key: 'k' }))).toBe('ok');
  });

  it('is forgotten after a day, and brings a new one then', async () => {
    await world.use({
      ...CHAIN_PARTS,
      agents: (CHAIN_PARTS.agents ?? []).map((agent) => ({ ...agent, maxTaskSeconds: (5 * DAY) / SECOND })),
    });
    lead = await world.opened({ token: world.agentToken('lead'), capabilities: WHOLE });
    const first = (await ofLead('k', { ttlSeconds: 60 })) as Delegation;
    const refused = await ofLead('j', { capabilities: read('b') });
    expect(codeOf(refused)).toBe('outside_task');
    world.clock.advance(DAY - 1);
    expect(idOf(await ofLead('k', { ttlSeconds: 60 }))).toBe(first.id);
    expect(codeOf(await ofLead('j'))).toBe('idempotency_mismatch');
    world.clock.advance(1);
    const second = (await ofLead('k')) as Delegation;
    expect(second.id).not.toBe(first.id);
    expect(codeOf(await ofLead('j'))).toBe('ok');
    expect(codeOf(await accept(world, first))).toBe('not_found');
    expect(codeOf(await accept(world, second))).toBe('ok');
  });

  it('is held for as long as what it offered may be accepted', async () => {
    await world.use({
      ...CHAIN_PARTS,
      agents: (CHAIN_PARTS.agents ?? []).map((agent) => ({ ...agent, maxTaskSeconds: (5 * DAY) / SECOND })),
    });
    lead = await world.opened({ token: world.agentToken('lead'), capabilities: WHOLE });
    const first = (await ofLead('k')) as Delegation;
    world.clock.advance(4 * DAY + HOUR);
    expect(idOf(await ofLead('k'))).toBe(first.id);
    expect(codeOf(await accept(world, first))).toBe('ok');
  });
});
