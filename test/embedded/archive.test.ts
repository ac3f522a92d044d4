// The embedded broker's archive: passes, hours, the end; killed between two writes; a clock that is set back; new keys.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createDirectoryArchive } from '../../src/adapters/embedded/directory-archive.ts';
import { createDirectoryObjects } from '../../src/adapters/embedded/directory-objects.ts';
import { createEventFeed } from '../../src/adapters/embedded/event-feed.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../src/adapters/embedded/sqlite-records.ts';
import { type Digest, digestKey, readDigest } from '../../src/audit/index.ts';
import { createEmbeddedArchive } from '../../src/embedded/archive.ts';
import type { ArchiveReader } from '../../src/ports/archive.ts';
import { archivedIds, eventOf, memoryFindings, testSigner } from '../support/archive-parts.ts';
import { HOUR, MINUTE, testClock } from '../support/clock.ts';
import { temporaryDirectory } from './support/broker.ts';

function archiving() {
  const directory = temporaryDirectory();
  const clock = testClock('2026-03-02T12:10:00.000Z');
  const objects = createDirectoryObjects({ directory: join(directory, 'objects'), clock });
  const database = openDatabase({ directory });
  const stores = { database, objects, clock };
  const events = createSqliteEvents(stores);
  const archive = createDirectoryArchive({ directory: join(directory, 'archive') });
  const findings = memoryFindings();
  const signer = testSigner();
  let random = 0;
  const parts = {
    ...{ archive, events, findings, signer, clock },
    records: createSqliteRecords(stores),
    feed: createEventFeed(stores),
    ids: {
      random: (length: number) => {
        random += 1;
        return Buffer.alloc(length, random);
      },
    },
    log: { info() {}, warn() {}, error() {} },
    rules: async () => ({ config: { digest: 'c'.repeat(64) } }) as never,
  };
  let numbers = 0;
  const write = async (many: number) => {
    const ids: string[] = [];
    for (let each = 0; each < many; each += 1) {
      numbers += 1;
      const event = eventOf(numbers, clock.now());
      await events.append(event);
      ids.push(event.id);
    }
    return ids;
  };
  return { ...parts, parts, write, begin: () => createEmbeddedArchive(parts) };
}

async function digests(archive: ArchiveReader): Promise<readonly Digest[]> {
  const found: Digest[] = [];
  for (let sequence = 1; ; sequence += 1) {
    const file = await archive.get(digestKey(sequence));
    if (file === undefined) return found;
    const signed = readDigest(file);
    if (signed !== undefined) found.push(signed.digest);
  }
}

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
  const { between } = events;
  Object.assign(parts.events, {
    between: async (...given: Parameters<typeof between>) => {
      const page = await between(...given);
      const items = page.items.map((item) =>
        item.id === id ? { ...item, body: { ...item.body, agents: 0 } } : item,
      );
      return { ...page, items };
    },
  });
  clock.advance(HOUR);
  await running.pass();
  expect(findings.told.map(({ title }) => title)).toEqual(['An audit event is not what was archived of it']);
});
