// Reading the audit by time: everything that happened in a span, for people whom policy lets read all of it.
import { beforeEach, describe, expect, it } from 'vitest';
import { readEvents } from '../../src/broker/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import { BadCursor, type Page } from '../../src/ports/records.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { DAY, HOUR, SECOND } from '../support/clock.ts';
import { codeOf, createWorld, DEFAULT_POLICIES, type World } from '../support/world.ts';

type Wanted = Parameters<typeof readEvents>[2];

let world: World;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  for (let day = 0; day < 3; day += 1) {
    const opened = await world.opened();
    ({ token } = opened);
    world.clock.advance(SECOND);
    await world.issue(opened.task.id, token);
    world.clock.advance(SECOND);
    await world.finish(opened.task.id, token);
    world.clock.advance(DAY);
  }
});

const auditor = () => world.personToken(['security']);
const ask = (wanted: Partial<Wanted> = {}, by: string | undefined = auditor()) =>
  readEvents(world.dependencies, world.caller('/v1/audit/events', null, { token: by }), {
    limit: 100,
    ...wanted,
  });

async function read(wanted: Partial<Wanted> = {}): Promise<Page<StoredEvent>> {
  const page = await ask(wanted);
  if (page instanceof Refusal) throw new Error(`${page.code} ${page.detail}`);
  return page;
}

/** Page by page; between two pages time goes on and something happens. */
async function readAll(wanted: Partial<Wanted>): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ ...wanted, ...(cursor !== undefined && { cursor }) });
    events.push(...page.items);
    cursor = page.cursor;
    world.clock.advance(HOUR);
    await world.opened();
  } while (cursor !== undefined);
  return events;
}

const idsOf = (events: readonly { readonly id?: unknown }[]) => events.map(({ id }) => id);

it('shows what happened under all tasks and outside of them, in order', async () => {
  await world.change('quarantine');
  await world.open();
  const told = world.told();
  const { items } = await read({ since: world.clock.in(-4 * DAY), until: world.clock.in(SECOND) });
  expect(idsOf(items)).toEqual(idsOf(told));
  expect(items.map(({ body }) => body['type'])).toEqual(
    expect.arrayContaining(['task.opened', 'credentials.issued', 'agent.quarantined', 'task.refused']),
  );
});

it('shows the last 24 hours where nothing is said, and 24 hours where only their end is', async () => {
  world.clock.advance(-1);
  const { items } = await read();
  expect(items.map(({ body }) => body['type'])).toEqual(['task.finished']);
  expect((await read({ until: world.clock.in(-2 * DAY) })).items.length).toBeGreaterThan(0);
  const told = await read({ until: world.clock.in(-DAY), since: world.clock.in(-2 * DAY) });
  expect(await read({ until: world.clock.in(-DAY) })).toEqual(told);
  world.clock.advance(2 * DAY);
  expect(await read()).toEqual({ items: [] });
});

it('takes an end that is still to come for now, also where that is all that is said', async () => {
  world.clock.advance(-1);
  const today = idsOf((await read()).items);
  expect(today).toHaveLength(1);
  for (const ahead of [SECOND, HOUR, DAY, 40 * DAY]) {
    const { items } = await read({ until: world.clock.in(ahead) });
    expect(idsOf(items.filter(({ body }) => body['type'] !== 'audit.exported'))).toEqual(today);
  }
});

describe('page by page', () => {
  it('goes on in the span of the first page, though time goes on too', async () => {
    const wanted = idsOf(world.told());
    const since = world.clock.in(-4 * DAY);
    const until = world.clock.now();
    expect(idsOf(await readAll({ limit: 1, since }))).toEqual(wanted);
    expect(idsOf(await readAll({ limit: 2, since, until }))).toEqual(wanted);
  });

  it('takes no cursor with another span, and none that was made wider', async () => {
    const [since, until] = [world.clock.in(-4 * DAY), world.clock.in(0)];
    const { cursor = '' } = await read({ since, until, limit: 1 });
    const [from = '', to = '', inner = ''] = cursor.split('.');
    const wider = (moment: string, by: number) => (Number.parseInt(moment, 36) + by).toString(36);
    const bad: readonly Partial<Wanted>[] = [
      { cursor, since: world.clock.in(-3 * DAY) },
      { cursor, until: world.clock.in(1) },
      { cursor: inner },
      { cursor: `${wider(from, -DAY)}.${to}.${inner}` },
      { cursor: `${from}.${wider(to, DAY)}.${inner}` },
      { cursor: `${from}.${to}.` },
      { cursor: `zzzzzzzzzzz.${to}.${inner}` },
    ];
    for (const wanted of bad) await expect(ask(wanted)).rejects.toBeInstanceOf(BadCursor);
    expect(codeOf(await ask({ cursor: `${wider(from, -400 * DAY)}.${to}.${inner}` }))).toBe(
      'invalid_request',
    );
    const all = world.told().filter(({ type }) => type !== 'audit.exported');
    expect((await read({ cursor, since, until })).items).toHaveLength(all.length - 1);
  });
});

describe('of one type', () => {
  it('shows that type alone, in pages that may be empty', async () => {
    const wanted = idsOf(world.told('credentials.issued'));
    expect(wanted).toHaveLength(3);
    const since = world.clock.in(-4 * DAY);
    expect(idsOf(await readAll({ since, limit: 1, type: 'credentials.issued' }))).toEqual(wanted);
    expect((await read({ since, type: 'delegation.offered' })).items).toEqual([]);
  });

  it('asks the store once, however little it finds', async () => {
    const asked: string[] = [];
    world.meddle = async ({ name }, run) => {
      if (name.startsWith('events.')) asked.push(name);
      return run();
    };
    const page = await read({ since: world.clock.in(-4 * DAY), limit: 2, type: 'delegation.offered' });
    expect(page).toEqual({ items: [], cursor: expect.any(String) });
    expect(asked).toEqual(['events.between']);
  });
});

it.each<[string, () => string | undefined, string]>([
  ['nobody', () => undefined, 'unauthenticated'],
  ['the holder of a task', () => token, 'unauthenticated'],
  ['an agent', () => world.agentToken(), 'unauthenticated'],
  ['a person in no group', () => world.personToken(), 'not_permitted'],
  ['a person who may contain and restore', () => world.personToken(['operators']), 'not_permitted'],
])('is not for %s', async (_, by, code) => {
  const asked: string[] = [];
  world.meddle = async ({ name }, run) => {
    asked.push(name);
    return run();
  };
  const caller = world.caller('/v1/audit/events', null, { token: by() });
  expect(codeOf(await readEvents(world.dependencies, caller, { limit: 1 }))).toBe(code);
  expect(asked).not.toContain('events.between');
});

it('is not for those who may read some tasks only', async () => {
  await world.use({
    policies: `${DEFAULT_POLICIES}
permit (principal is Human, action == Action::"audit", resource is Task);`,
  });
  expect(codeOf(await ask({}, world.personToken()))).toBe('not_permitted');
});

it('refuses spans that nobody can mean', async () => {
  const now = world.clock.now();
  const days = (count: number) => world.clock.in(count * DAY);
  const spans: readonly [Partial<Wanted>, boolean][] = [
    [{ since: days(-1), until: days(-2) }, false],
    [{ since: days(1) }, false],
    [{ since: days(-400.5) }, false],
    [{ since: days(-401), until: days(-0.5) }, false],
    [{ since: days(-400) }, true],
    [{ since: now, until: now }, true],
    [{ until: days(30) }, true],
  ];
  for (const [span, good] of spans) {
    const answer = await ask(span);
    expect([span, codeOf(answer)]).toEqual([span, good ? 'ok' : 'invalid_request']);
    if (answer instanceof Refusal) expect(answer.extras.errors?.map(({ path }) => path)).toEqual(['since']);
  }
});
