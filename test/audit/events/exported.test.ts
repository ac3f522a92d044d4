// Who reads the audit is in the audit: before anything is handed over, and so that reading comes to an end.
import { beforeEach, describe, expect, it } from 'vitest';
import { readEvents, readTaskEvents } from '../../../src/broker/index.ts';
import type { StoredEvent } from '../../../src/ports/events.ts';
import type { Page } from '../../../src/ports/records.ts';
import { Refusal } from '../../../src/shared/errors.ts';
import { DAY, HOUR, SECOND } from '../../support/clock.ts';
import { failingAt } from '../../support/meddling.ts';
import { AGENT, codeOf, createWorld, PERSON, type World } from '../../support/world.ts';

type Wanted = Parameters<typeof readEvents>[2];

let world: World;
let task: string;
beforeEach(async () => {
  world = await createWorld();
  const opened = await world.opened();
  task = opened.task.id;
  world.clock.advance(SECOND);
  await world.issue(task, opened.token);
  world.clock.advance(SECOND);
  await world.finish(task, opened.token);
  world.clock.advance(SECOND);
});

const by = () => ({ token: world.personToken(['security']) });
const ask = (wanted: Partial<Wanted> = {}) =>
  readEvents(world.dependencies, world.caller('/v1/audit/events', {}, by()), { limit: 100, ...wanted });
const askTask = (page: { readonly limit: number; readonly cursor?: string } = { limit: 100 }) =>
  readTaskEvents(world.dependencies, world.caller('/v1/tasks/{task}/events', {}, by()), task, page);

function handed(answer: Page<StoredEvent> | Refusal): Page<StoredEvent> {
  if (answer instanceof Refusal) throw new Error(`${answer.code} ${answer.detail}`);
  return answer;
}

const PERMISSION = {
  decision: expect.objectContaining({ outcome: 'allowed' }),
  input: expect.objectContaining({ human: { id: PERSON, groups: ['security'] }, action: 'audit' }),
};

it('is told of a span, with which events they were and why they were given', async () => {
  const until = world.clock.now();
  const { items } = handed(await ask());
  expect(items.length).toBe(4);
  expect(world.told('audit.exported')).toEqual([
    expect.objectContaining({
      ...{ by: PERSON, groups: ['security'], events: 4 },
      ...{ firstEvent: items[0]?.id, lastEvent: items.at(-1)?.id, ...PERMISSION },
      span: { from: new Date(until.getTime() - DAY).toISOString(), until: until.toISOString() },
      request: expect.objectContaining({ tokenHash: expect.any(String) }),
    }),
  ]);
});

it('is told of a task, with whose it is, and does not stand with its events', async () => {
  const before = handed(await askTask()).items.map(({ id }) => id);
  expect(world.told('audit.exported')).toMatchObject([
    { task, agent: AGENT, events: 4, firstEvent: before[0], lastEvent: before.at(-1) },
  ]);
  expect(handed(await askTask()).items.map(({ id }) => id)).toEqual(before);
  const streams = world.events.all().filter(({ body }) => body['type'] === 'audit.exported');
  expect(streams.map(({ stream }) => stream)).toEqual(['broker', 'broker']);
});

it('says which type was asked for', async () => {
  expect(handed(await ask({ type: 'credentials.issued' })).items).toHaveLength(1);
  expect(world.told('audit.exported')).toMatchObject([{ events: 1, onlyType: 'credentials.issued' }]);
});

describe('where it can not be written', () => {
  it.each([
    ['of a span', () => ask()],
    ['of a task', () => askTask()],
  ])('nothing %s is handed over', async (_, read) => {
    world.meddle = failingAt({ name: 'events.append' });
    expect(codeOf(await read())).toBe('audit_unavailable');
    world.meddle = undefined;
    expect(codeOf(await read())).toBe('ok');
  });
});

it('is told before the events are handed over, and not at all where there are none', async () => {
  const order: string[] = [];
  world.meddle = async ({ name }, run) => {
    if (name.startsWith('events.')) order.push(name);
    return run();
  };
  handed(await ask());
  expect(order).toEqual(['events.between', 'events.append']);
  order.length = 0;
  handed(await ask({ type: 'delegation.offered' }));
  handed(await ask({ since: world.clock.in(-3 * DAY), until: world.clock.in(-2 * DAY) }));
  expect(order).toEqual(['events.between', 'events.between']);
});

/** As somebody does who reads in small pages while time goes on. */
async function pagesOf(wanted: Partial<Wanted>): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page += 1) {
    const { items, ...more } = handed(await ask({ ...wanted, limit: 1, ...(cursor && { cursor }) }));
    ids.push(...items.map(({ id }) => id));
    cursor = more.cursor;
    world.clock.advance(100);
    if (cursor === undefined) return ids;
  }
  throw new Error('it has no end');
}

describe('reading page by page comes to an end', () => {
  it.each<[string, () => Partial<Wanted>]>([
    ['up to now', () => ({})],
    ['up to a moment that has passed', () => ({ until: world.clock.in(-1) })],
    ['up to the next second', () => ({ until: world.clock.in(SECOND) })],
    ['up to the end of the day', () => ({ until: world.clock.in(12 * HOUR) })],
    ['up to far ahead', () => ({ since: world.clock.in(-DAY), until: world.clock.in(300 * DAY) })],
  ])('%s', async (_, wanted) => {
    const all = world.told().map(({ id }) => String(id));
    const read = await pagesOf(wanted());
    expect(read.slice(0, all.length)).toEqual(all);
    expect(read.length).toBeLessThan(20);
    expect(new Set(read).size).toBe(read.length);
  });

  it('of a task, with as many pages as it has events', async () => {
    let cursor: string | undefined;
    let pages = 0;
    do {
      const page = handed(await askTask({ limit: 1, ...(cursor === undefined ? {} : { cursor }) }));
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== undefined);
    expect(pages).toBe(4);
    expect(world.told('audit.exported')).toHaveLength(4);
  });
});

it('has nothing of a time that is still to come', async () => {
  expect(handed(await ask({ since: world.clock.in(HOUR), until: world.clock.in(DAY) }))).toEqual({
    items: [],
  });
  expect(world.told('audit.exported')).toEqual([]);
});
