// A person whom policy does not let: refused, and that is told once in a minute, whether they were after an agent, a
// task or all of it.
import { beforeEach, describe, expect, it } from 'vitest';
import {
  listAgents,
  listRefusedTokens,
  listTasks,
  listUnknownAgents,
  readAgent,
  readEvents,
  readTaskEvents,
} from '../../../src/broker/index.ts';
import type { Span } from '../../../src/ports/events.ts';
import { MINUTE, SECOND } from '../../support/clock.ts';
import { failingAt } from '../../support/meddling.ts';
import { AGENT, codeOf, createWorld, DEFAULT_POLICIES, PERSON, type World } from '../../support/world.ts';

let world: World;
let task: string;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  task = (await world.opened()).task.id;
  token = world.personToken(['guests']);
  world.clock.advance(SECOND);
});

const PAGE = { limit: 10 };
const caller = (path: string) => world.caller(path, {}, { token });
const told = () => world.told('access.refused');
const ofAgent = { agent: AGENT, resource: { type: 'Agent', id: AGENT } };
const ofTask = () => ({ task, agent: AGENT, resource: { type: 'Task', id: task, agent: AGENT } });
const ofAll = { resource: { type: 'Broker' } };

interface Way {
  readonly wanted: 'contain' | 'restore' | 'audit';
  readonly of: () => object;
  readonly ask: () => Promise<unknown>;
}

const WAYS: Readonly<Record<string, Way>> = {
  'listing agents': {
    wanted: 'contain',
    of: () => ofAll,
    ask: () => listAgents(world.dependencies, caller('/v1/agents'), PAGE),
  },
  'looking at an agent': {
    wanted: 'contain',
    of: () => ofAgent,
    ask: () => readAgent(world.dependencies, caller('/v1/agents/x'), AGENT),
  },
  'quarantining an agent': {
    wanted: 'contain',
    of: () => ofAgent,
    ask: () => world.change('quarantine', { token }),
  },
  'reinstating an agent': {
    wanted: 'restore',
    of: () => ofAgent,
    ask: () => world.change('reinstate', { token }),
  },
  'attesting an agent': {
    wanted: 'restore',
    of: () => ofAgent,
    ask: () => world.change('attest', { token }),
  },
  'listing tasks': {
    wanted: 'contain',
    of: () => ofAll,
    ask: () => listTasks(world.dependencies, caller('/v1/tasks'), PAGE),
  },
  'looking at a task': {
    wanted: 'contain',
    of: ofTask,
    ask: () => listTasks(world.dependencies, caller('/v1/tasks'), { ...PAGE, task }),
  },
  'revoking a task': { wanted: 'contain', of: ofTask, ask: () => world.revoke(task, { token }) },
  'listing strangers': {
    wanted: 'contain',
    of: () => ofAll,
    ask: () => listUnknownAgents(world.dependencies, caller('/v1/sightings'), PAGE),
  },
  'listing refused tokens': {
    wanted: 'contain',
    of: () => ofAll,
    ask: () => listRefusedTokens(world.dependencies, caller('/v1/refused'), { ...PAGE, hours: 1 }),
  },
  "reading a task's events": {
    wanted: 'audit',
    of: ofTask,
    ask: () => readTaskEvents(world.dependencies, caller('/v1/tasks/x/events'), task, PAGE),
  },
  'reading all events': {
    wanted: 'audit',
    of: () => ofAll,
    ask: () => readEvents(world.dependencies, caller('/v1/audit/events'), PAGE),
  },
};

describe.each(Object.entries(WAYS))('%s', (_, { wanted, of, ask }) => {
  it('is refused, and told with who, what and why', async () => {
    expect(codeOf(await ask())).toBe('not_permitted');
    expect(told()).toEqual([
      expect.objectContaining({
        ...{ by: PERSON, groups: ['guests'], wanted, code: 'not_permitted', ...of() },
        decision: expect.objectContaining({ outcome: 'denied', policies: [] }),
        input: expect.objectContaining({ human: { id: PERSON, groups: ['guests'] }, action: wanted }),
        at: world.clock.now().toISOString(),
        request: expect.objectContaining({ tokenHash: expect.any(String) }),
      }),
    ]);
  });

  it('is told once in a minute, however often it is tried', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      expect(codeOf(await ask())).toBe('not_permitted');
      world.clock.advance(SECOND);
    }
    expect(told()).toHaveLength(1);
    world.clock.advance(MINUTE);
    expect(codeOf(await ask())).toBe('not_permitted');
    expect(told()).toHaveLength(2);
  });

  it('is found from when it happened on, and not before', async () => {
    world.clock.advance(30 * SECOND);
    const since = world.clock.now();
    world.clock.advance(SECOND);
    await ask();
    const soon = new Date(since.getTime() + MINUTE);
    const typesIn = async (span: Span) =>
      (await world.events.between(span, PAGE)).items.map(({ body }) => body['type']);
    expect(await typesIn({ from: since, until: soon })).toEqual(['access.refused']);
    expect(await typesIn({ from: new Date(0), until: since })).not.toContain('access.refused');
  });

  it('is refused where that can not be written down, too', async () => {
    world.meddle = failingAt({ name: 'events.append' });
    expect(codeOf(await ask())).toBe('not_permitted');
    expect(told()).toEqual([]);
    expect(world.logged).toContainEqual({
      ...{ level: 'error', message: 'back end unavailable' },
      fields: { backend: 'events' },
    });
  });
});

it('stands with the events of what it is of, after the opening of a task', async () => {
  for (const { ask } of Object.values(WAYS)) await ask();
  const streams = new Set(
    world.events
      .all()
      .filter(({ body }) => body['type'] === 'access.refused')
      .map(({ stream }) => stream),
  );
  expect([...streams].sort()).toEqual([`agent/${AGENT}/2026-03-02`, 'broker', task].sort());
  const first = (await world.events.list(task, { limit: 1 })).items[0];
  expect(first?.body['type']).toBe('task.opened');
});

it('tells each person, and each thing that they want, by itself', async () => {
  await world.change('disable', { token });
  await world.change('quarantine', { token });
  await world.change('reinstate', { token });
  token = world.personToken(['guests'], 'kim@example.com');
  await world.change('disable', { token });
  const all = told().map(({ by, wanted, request }) => [
    by,
    wanted,
    (request as { readonly route: string }).route,
  ]);
  expect(all.map((one) => one.join(' ')).sort()).toEqual([
    `${PERSON} contain /v1/agents/${AGENT}/disable`,
    `${PERSON} contain /v1/agents/${AGENT}/quarantine`,
    `${PERSON} restore /v1/agents/${AGENT}/reinstate`,
    `kim@example.com contain /v1/agents/${AGENT}/disable`,
  ]);
});

it('names no agent and no task that there are not', async () => {
  const nowhere = { agent: 'nobody-here', token };
  expect(codeOf(await world.change('disable', nowhere))).toBe('not_permitted');
  expect(codeOf(await world.revoke(`${task.slice(0, -4)}0000`, { token }))).toBe('not_permitted');
  expect(told()).toHaveLength(2);
  for (const one of told()) expect(Object.keys(one)).not.toEqual(expect.arrayContaining(['agent', 'task']));
  expect(JSON.stringify(told())).not.toContain('0000"');
});

it('tells nothing of what is left out of a list that shows the rest', async () => {
  const some = `permit (principal is Human, action == Action::"contain", resource == Agent::"${AGENT}");`;
  await world.use({ policies: `${DEFAULT_POLICIES}\n${some}` });
  expect(codeOf(await listAgents(world.dependencies, caller('/v1/agents'), PAGE))).toBe('ok');
  expect(codeOf(await listTasks(world.dependencies, caller('/v1/tasks'), PAGE))).toBe('ok');
  expect(told()).toEqual([]);
});

it('tells of nobody who proves to be nobody: that is a refused token', async () => {
  token = 'nonsense';
  for (const { ask } of Object.values(WAYS)) expect(codeOf(await ask())).toBe('unauthenticated');
  expect(told()).toEqual([]);
  expect(world.told('token.refused')).toHaveLength(1);
});
