// What has expired is removed, what lives stays, and one sweep does no more than its share.
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createDirectoryObjects, UNFINISHED } from '../../../src/adapters/embedded/directory-objects.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../../src/adapters/embedded/sqlite-records.ts';
import { sweep } from '../../../src/adapters/embedded/sweep.ts';
import { makeId } from '../../../src/shared/ids.ts';
import { DAY, HOUR, movableClock } from '../../contract/support/clock.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

async function setUp() {
  const data = await temporaryDirectory();
  onTestFinished(data.remove);
  const database = openDatabase({ directory: data.path });
  onTestFinished(database.close);
  const clock = movableClock();
  const directory = join(data.path, 'objects');
  const objects = createDirectoryObjects({ directory, clock });
  const shared = { database, objects, clock };
  const records = createSqliteRecords(shared);
  const events = createSqliteEvents(shared);
  for (const id of ['a', 'b', 'c']) {
    await records.create({ partition: 'p', sort: id }, 1, { expiresAt: clock.in(HOUR) });
    await events.append({ stream: 's', id, body: {}, expiresAt: clock.in(HOUR) });
    await objects.put(`1d/${id}`, Buffer.from(id));
  }
  await records.create({ partition: 'p', sort: 'd' }, 1, { expiresAt: clock.in(9 * DAY) });
  await events.append({ stream: 's', id: 'd', body: {}, expiresAt: clock.in(9 * DAY) });
  await objects.put('30d/d', Buffer.from('d'));
  const count = () =>
    database.run('records', 'read', (prepare) =>
      ['records', 'events'].map((table) => prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']),
    );
  return { database, clock, directory, count, records, shared };
}

it('removes what has expired and nothing else', async () => {
  const { database, clock, directory, count, records } = await setUp();
  expect(await sweep({ database, directory, clock })).toEqual({ records: 0, events: 0, objects: 0 });
  clock.advance(DAY);
  expect(await sweep({ database, directory, clock })).toEqual({ records: 3, events: 3, objects: 3 });
  expect(await count()).toEqual([1, 1]);
  expect(await records.read([{ partition: 'p', sort: 'd' }])).toMatchObject([{ value: 1 }]);
  expect(await readdir(join(directory, '1d'))).toEqual([]);
  expect(await readdir(join(directory, '30d'))).toEqual(['d']);
});

it('stops at its limit and goes on the next time', async () => {
  const { database, clock, directory } = await setUp();
  clock.advance(DAY);
  const swept = () => sweep({ database, directory, clock, limit: 2 });
  expect(await swept()).toEqual({ records: 2, events: 2, objects: 2 });
  expect(await swept()).toEqual({ records: 1, events: 1, objects: 1 });
  expect(await swept()).toEqual({ records: 0, events: 0, objects: 0 });
});

it('removes thousands at once, a little at a time', async () => {
  const { database, clock, directory } = await setUp();
  const SOME = 2500;
  await database.run('records', 'write', (prepare) => {
    const row = prepare('INSERT INTO records (partition, sort, version, until, held) VALUES (?, ?, 1, 0, 0)');
    for (let at = 0; at < SOME; at += 1) row.run('many', String(at));
  });
  const before = database.transactions();
  expect(await sweep({ database, directory, clock })).toMatchObject({ records: SOME });
  expect(database.transactions() - before).toBeGreaterThan(SOME / 200);
});

it('looks at every old event in turn, and at none that no retention is over for', async () => {
  const { database, clock, directory, shared } = await setUp();
  const events = createSqliteEvents(shared);
  const add = (days: number) => {
    clock.advance(1);
    return events.append({
      ...{ stream: 's', body: {}, expiresAt: clock.in(days * DAY) },
      id: makeId('evt', clock.now(), randomBytes(10)),
    });
  };
  await database.run('events', 'write', (prepare) => prepare('DELETE FROM events').run());
  for (const days of [9, 9, 9, 2, 9, 1, 9]) await add(days);
  clock.advance(2 * DAY);
  for (const days of [2, 1]) await add(days);
  clock.advance(HOUR);
  const looked = {};
  const left = async () => {
    await sweep({ database, directory, clock, limit: 3, leastKeptMilliseconds: DAY, looked });
    return database.run(
      'events',
      'read',
      (prepare) => prepare('SELECT count(*) AS n FROM events').get()?.['n'],
    );
  };
  expect([await left(), await left(), await left(), await left()]).toEqual([9, 7, 7, 7]);
  clock.advance(DAY);
  const lefts = [await left(), await left(), await left(), await left()];
  expect(lefts.at(-1)).toBe(6);
  clock.advance(9 * DAY);
  for (let time = 0; time < 6; time += 1) await left();
  expect(await left()).toBe(0);
});

it('goes on behind rows that somebody has written by hand', async () => {
  const { database, clock, directory, count } = await setUp();
  await database.run('events', 'write', (prepare) => {
    const row = prepare(
      "INSERT INTO events (rowid, stream, id, until) VALUES (?, 's', CAST(? AS TEXT), CAST(? AS INTEGER))",
    );
    const illFormed = (end: number) => Buffer.from([0x61, 0xff, end]);
    row.run(1n << 60n, Buffer.from('aa'), String(1n << 60n));
    row.run(null, Buffer.from('ab'), '-9223372036854775808');
    for (let end = 1; end <= 3; end += 1) row.run(null, illFormed(end), String(1n << 60n));
    row.run(1n << 61n, illFormed(4), '1');
  });
  clock.advance(DAY);
  const looked = {};
  for (let time = 0; time < 6; time += 1) await sweep({ database, directory, clock, limit: 2, looked });
  expect(await count()).toEqual([1, 5]);
});

it('leaves the rest where the broker stops', async () => {
  const { database, clock, directory } = await setUp();
  clock.advance(DAY);
  const swept = await sweep({ database, directory, clock, limit: 2, isStopping: () => true });
  expect(swept).toEqual({ records: 2, events: 2, objects: 0 });
});

it('goes on where a file is gone before it was looked at', async () => {
  const { database, clock, directory } = await setUp();
  const objects = createDirectoryObjects({ directory, clock });
  let isBusy = true;
  const busy = async (lane: number) => {
    for (let at = 0; isBusy; at += 1) {
      const key = `1d/sealed/${lane}-${at}` as const;
      await objects.put(key, Buffer.from('x'));
      await objects.remove(key);
    }
  };
  const lanes = [1, 2, 3, 4].map(busy);
  for (let time = 0; time < 50; time += 1) await sweep({ database, directory, clock });
  isBusy = false;
  await Promise.all(lanes);
});

it('removes counters that have expired, by their latest addition', async () => {
  const { database, clock, directory, records } = await setUp();
  const key = (sort: string) => ({ partition: 'counters', sort });
  const count = (sort: string, lives: number) =>
    records.count(key(sort), 1, 1, 1, { expiresAt: clock.in(lives) });
  await count('kept', HOUR);
  await count('kept', 2 * DAY);
  await count('gone', 2 * DAY);
  await count('gone', HOUR);
  clock.advance(DAY);
  expect(await sweep({ database, directory, clock })).toMatchObject({ records: 4 });
  expect(await records.list('counters', '', { limit: 5 })).toMatchObject({ items: [{ key: key('kept') }] });
});

it('removes what a killed broker left half written, once it is old', async () => {
  const { database, clock, directory } = await setUp();
  const left = join(directory, UNFINISHED, 'left');
  await writeFile(left, 'x');
  await sweep({ database, directory, clock });
  expect(await readdir(join(directory, UNFINISHED))).toEqual(['left']);
  clock.advance(DAY + HOUR);
  await sweep({ database, directory, clock });
  expect(await readdir(join(directory, UNFINISHED))).toEqual([]);
});

it('finds objects that only their owner may read, and nothing half written beside them', async () => {
  const { directory } = await setUp();
  expect((await stat(join(directory, '1d', 'a'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(directory, '1d'))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(directory, UNFINISHED))).toEqual([]);
});

it('has nothing to do where there are no objects yet', async () => {
  const { database, clock, directory } = await setUp();
  const nowhere = join(directory, 'nowhere');
  expect(await sweep({ database, directory: nowhere, clock })).toMatchObject({ objects: 0 });
});

it('removes what a killed archiver left half written, and nothing else of the archive', async () => {
  const { database, clock, directory } = await setUp();
  const archive = join(directory, '..', 'archive');
  await mkdir(join(archive, '.unfinished'), { recursive: true });
  for (const file of ['.unfinished/half', 'whole']) {
    await writeFile(join(archive, file), 'x');
    await utimes(join(archive, file), clock.now(), clock.now());
  }
  clock.advance(2 * DAY);
  await sweep({ database, directory, archive, clock });
  expect(await readdir(join(archive, '.unfinished'))).toEqual([]);
  expect(await readdir(archive)).toContain('whole');
});
