// The embedded broker's archive: passes, hours, the end; killed between two writes; a clock that is set back; new keys.
import { expect, test } from 'vitest';
import { archivedIds } from '../support/archive-parts.ts';
import { HOUR, MINUTE } from '../support/clock.ts';
import { archiving, digests } from './support/archiving.ts';

const sorted = (ids: readonly string[]) => [...ids].sort();

test('a pass archives what was written since, the first one of an hour signs the hour before', async () => {
  const { begin, write, archive, clock } = archiving();
  const running = begin();
  const first = await write(3);
  await running.pass();
  expect(await archivedIds(archive)).toEqual(first);
  expect(await digests(archive)).toEqual([]);
  clock.advance(30 * MINUTE);
  const second = await write(2);
  await running.pass();
  clock.advance(HOUR);
  await running.pass();
  expect(await digests(archive)).toMatchObject([
    { from: '2026-03-02T12:00:00.000Z', until: '2026-03-02T13:00:00.000Z', events: 5 },
  ]);
  // That it was signed is an event of the next hour.
  await running.pass();
  clock.advance(HOUR);
  await running.pass();
  const all = await digests(archive);
  expect(all.map(({ events }) => events)).toEqual([5, 1]);
  expect((await archivedIds(archive)).slice(0, 5)).toEqual([...first, ...second]);
});

test('the end is signed, however soon it comes, and the next one goes on from there', async () => {
  const { begin, write, archive, clock } = archiving();
  for (let run = 0; run < 3; run += 1) {
    const running = begin();
    await write(2);
    await running.close();
    clock.advance(1);
  }
  const all = await digests(archive);
  expect(all.map(({ sequence, events }) => [sequence, events])).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
  expect(all.map(({ from }) => from).slice(1)).toEqual(all.map(({ until }) => until).slice(0, 2));
});

test('one that was killed after it had put an object puts nothing twice', async () => {
  const { begin, write, archive, parts, clock } = archiving();
  const ids = await write(3);
  const done = parts.feed.done;
  Object.assign(parts, { feed: { ...parts.feed, done: () => new Promise(() => undefined) } });
  void begin().pass();
  // It hangs where it was killed.
  while ((await archivedIds(archive)).length < 3) await new Promise(setImmediate);
  Object.assign(parts, { feed: { ...parts.feed, done } });
  clock.advance(5 * MINUTE);
  const more = await write(2);
  const next = begin();
  await next.pass();
  await next.close();
  expect(sorted(await archivedIds(archive))).toEqual(sorted([...ids, ...more]));
  expect((await digests(archive)).map(({ events }) => events)).toEqual([5]);
});

test('a clock that is set back changes nothing of the order', async () => {
  const { begin, write, archive, clock } = archiving();
  const running = begin();
  await write(1);
  await running.close();
  clock.advance(-2 * HOUR);
  const next = begin();
  const ids = await write(2);
  await next.pass();
  await next.close();
  expect(await archivedIds(archive)).toEqual(expect.arrayContaining(ids));
  const [one, two] = await digests(archive);
  expect(two?.from).toBe(one?.until);
  expect(two?.events).toBe(3);
  expect(Date.parse(two?.signedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(one?.signedAt ?? ''));
});

test('one that is told to pass while it passes does so after, and the end waits for both', async () => {
  const { begin, write, archive } = archiving();
  const running = begin();
  const ids = await write(5);
  await Promise.all([running.pass(), running.pass(), running.close()]);
  expect(await archivedIds(archive)).toEqual(ids);
  expect(await digests(archive)).toHaveLength(1);
});

test('an event that somebody changed in the database is a finding', async () => {
  const { begin, write, events, findings, parts, clock } = archiving();
  const running = begin();
  const [id = ''] = await write(1);
  await running.pass();
  const { every } = events;
  Object.assign(parts.events, {
    every: async (...given: Parameters<typeof every>) => {
      const page = await every(...given);
      const items = page.items.map((row) =>
        'event' in row && row.id === id
          ? { ...row, event: { ...row.event, body: { ...row.event.body, agents: 0 } } }
          : row,
      );
      return { ...page, items };
    },
  });
  clock.advance(HOUR);
  await running.pass();
  expect(findings.told.map(({ title }) => title)).toEqual(['An audit event is not what was archived of it']);
});
