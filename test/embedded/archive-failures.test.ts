// The embedded broker's archive when something fails: nothing is archived twice, nothing stays unsigned, however long.
import { expect, test } from 'vitest';
import type { Digest } from '../../src/audit/index.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { archivedIds, memoryArchive } from '../support/archive-parts.ts';
import { DAY, HOUR, MINUTE } from '../support/clock.ts';
import { archiving, digests } from './support/archiving.ts';

const sorted = (ids: readonly string[]) => [...ids].sort();

const isChain = (all: readonly Digest[]) =>
  all.every(({ from }, at) => at === 0 || from === all[at - 1]?.until);

/** Fails once, after it has done what was asked for. */
function failingOnce<Given extends unknown[]>(
  work: (...given: Given) => Promise<unknown>,
  backend: 'archive' | 'events',
) {
  let failed = false;
  return async (...given: Given) => {
    await work(...given);
    if (failed) return true;
    failed = true;
    throw new Unavailable(backend);
  };
}

test('what was put, and could not be remembered, is not put again with what came later', async () => {
  const { begin, write, archive, parts } = archiving();
  const { feed } = parts;
  let broken = true;
  const done: typeof feed.done = async (batch) => {
    if (broken) throw new Unavailable('events');
    await feed.done(batch);
  };
  Object.assign(parts, { feed: { ...feed, done } });
  const running = begin();
  const ids: string[] = [];
  for (let time = 0; time < 3; time += 1) {
    ids.push(...(await write(2)));
    await expect(running.pass()).rejects.toThrow(Unavailable);
    expect(sorted(await archivedIds(archive))).toEqual(sorted(ids));
  }
  broken = false;
  ids.push(...(await write(2)));
  await running.close();
  expect(sorted(await archivedIds(archive))).toEqual(sorted(ids));
  expect((await digests(archive)).map(({ events }) => events)).toEqual([ids.length]);
});

test('nor is what was put although putting it failed', async () => {
  const { begin, write, archive, parts } = archiving();
  Object.assign(parts, { archive: { ...archive, put: failingOnce(archive.put, 'archive') } });
  const running = begin();
  const ids = await write(2);
  await expect(running.pass()).rejects.toThrow(Unavailable);
  ids.push(...(await write(2)));
  await running.pass();
  expect(sorted(await archivedIds(archive))).toEqual(sorted(ids));
});

test('nor what was put while a digest was made, in the very millisecond that its span ends with', async () => {
  const { begin, write, archive, events, parts } = archiving();
  const { feed } = parts;
  const ids = await write(2);
  // Something comes once the table has been read, is put, and can't be remembered.
  const { every } = events;
  const late: string[] = [];
  const everyThen: typeof every = async (...given) => {
    const page = await every(...given);
    if (late.length === 0) late.push(...(await write(2)));
    return page;
  };
  const done: typeof feed.done = async (batch) => {
    if (late.includes(batch.through.id)) throw new Unavailable('events');
    await feed.done(batch);
  };
  Object.assign(parts, { events: { ...events, every: everyThen }, feed: { ...feed, done } });
  await begin().close();
  expect(sorted(await archivedIds(archive))).toEqual(sorted([...ids, ...late]));
  Object.assign(parts, { events, feed });
  await begin().close();
  const archived = await archivedIds(archive);
  expect(archived).toHaveLength(new Set(archived).size);
  const all = await digests(archive);
  // With the first one's own event.
  expect(all.map((each) => each.events)).toEqual([2, 3]);
});

test('where the clock was ahead once, there is a digest every hour all the same', async () => {
  const { begin, write, archive, clock } = archiving();
  clock.advance(365 * DAY);
  await write(1);
  await begin().close();
  clock.advance(-365 * DAY);
  const running = begin();
  const ids = await write(2);
  await running.pass();
  clock.advance(59 * MINUTE);
  await running.pass();
  expect(await digests(archive)).toHaveLength(1);
  for (let hour = 0; hour < 3; hour += 1) {
    clock.advance(HOUR);
    await running.pass();
    await running.pass();
    expect(await digests(archive)).toHaveLength(hour + 2);
  }
  const all = await digests(archive);
  expect(isChain(all)).toBe(true);
  // The first one's own event, too.
  expect(all[1]?.events).toBe(ids.length + 1);
});

test('nor does it matter that it was ahead while the broker ran', async () => {
  const { begin, write, archive, clock } = archiving();
  const running = begin();
  await write(1);
  await running.pass();
  clock.advance(12 * HOUR);
  await running.pass();
  clock.advance(-12 * HOUR);
  const before = (await digests(archive)).length;
  for (let minutes = 0; minutes < 60; minutes += 10) {
    await running.pass();
    clock.advance(10 * MINUTE);
  }
  expect(await digests(archive)).toHaveLength(before);
  await running.pass();
  expect(await digests(archive)).toHaveLength(before + 1);
});

test('after a rest the first pass signs every hour of it', async () => {
  const { begin, write, archive, clock } = archiving();
  await write(1);
  await begin().close();
  clock.advance(5 * HOUR);
  const running = begin();
  const ids = await write(3);
  await running.pass();
  const all = await digests(archive);
  expect(all.map(({ until }) => until.slice(11))).toEqual([
    '12:10:00.001Z',
    '13:00:00.000Z',
    '14:00:00.000Z',
    '15:00:00.000Z',
    '16:00:00.000Z',
    '17:00:00.000Z',
  ]);
  expect(isChain(all)).toBe(true);
  await running.close();
  const [last] = (await digests(archive)).slice(-1);
  expect(last?.until).toBe('2026-03-02T17:10:00.001Z');
  // With the six that tell of those digests.
  expect(last?.events).toBe(ids.length + 6);
});

test('whatever the rest, the end is signed', async () => {
  const { begin, write, archive, clock } = archiving();
  await write(1);
  await begin().close();
  clock.advance(5 * HOUR);
  await write(3);
  await begin().close();
  const all = await digests(archive);
  expect(all.at(-1)).toMatchObject({ until: '2026-03-02T17:10:00.001Z', events: 3 + 6 });
  expect(isChain(all)).toBe(true);
});

test('after a long rest a pass signs some of it, and the next one goes on', async () => {
  const { begin, write, parts, clock } = archiving();
  const archive = memoryArchive();
  Object.assign(parts, { archive });
  await write(1);
  await begin().close();
  clock.advance(32 * DAY);
  const running = begin();
  await running.pass();
  expect(await digests(archive)).toHaveLength(1 + 31 * 24);
  await running.pass();
  expect(await digests(archive)).toHaveLength(1 + 32 * 24);
  expect((await digests(archive)).at(-1)?.until).toBe('2026-04-03T12:00:00.000Z');
});
