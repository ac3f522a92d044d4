// An older file is brought forward with all that it holds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { createEventFeed } from '../../../src/adapters/embedded/event-feed.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../../src/adapters/embedded/sqlite-records.ts';
import { makeId } from '../../../src/shared/ids.ts';
import { HOUR, movableClock } from '../../contract/support/clock.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';
import { wholeNext } from './fed-database.ts';

async function setUp() {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  const write = (sql: string) => {
    const database = new DatabaseSync(join(directory.path, 'bailiwick.db'));
    database.exec(sql);
    database.close();
  };
  const open = () => {
    const database = openDatabase({ directory: directory.path });
    onTestFinished(database.close);
    const clock = movableClock();
    const shared = { database, objects: memoryObjects(), clock };
    const hour = { expiresAt: clock.in(HOUR) };
    const [records, events] = [createSqliteRecords(shared), createSqliteEvents(shared)];
    return { database, records, events, feed: createEventFeed(shared), hour };
  };
  return { write, open };
}

const VERSION_1 = readFileSync(new URL('version-1.sql', import.meta.url), 'utf8');

it('keeps what version 1 wrote, and counts in it', async () => {
  const { write, open } = await setUp();
  write(VERSION_1);
  const { records, events, hour } = open();
  const [key, counter] = [
    { partition: 'p', sort: 'a' },
    { partition: 'p', sort: 'n' },
  ];
  expect(await records.read([key])).toEqual([{ key, version: 3, value: { kept: true } }]);
  expect(await records.listIndex('index', { limit: 5 })).toEqual({ items: [key] });
  expect(await events.read('s', 'evt_a')).toMatchObject({ body: { type: 'task.opened' } });
  expect(await records.replace(key, 3, 'new', hour)).toBe(true);
  expect(await records.count(counter, 1, 1, 1, hour)).toBe(1);
  expect(await records.count(counter, 1, 1, 1, hour)).toBe(2);
});

it('reads by time what version 1 wrote', async () => {
  const { write, open } = await setUp();
  const at = new Date('2026-03-02T12:00:00Z');
  const id = makeId('evt', at, new Uint8Array(10));
  write(VERSION_1);
  write(`INSERT INTO events (stream, id, body, until) VALUES ('s', '${id}', '{"old":true}', 4102444800000)`);
  const { events, hour } = open();
  const next = new Date(at.getTime() + 1);
  const later = { stream: 'r', id: makeId('evt', next, new Uint8Array(10)), body: { old: false } };
  await events.append({ ...later, ...hour });
  const span = { from: at, until: new Date(at.getTime() + 2) };
  expect((await events.between(span, { limit: 5 })).items).toMatchObject([{ id, stream: 's' }, later]);
});

it('feeds the archive with what version 1 wrote', async () => {
  const { write, open } = await setUp();
  write(VERSION_1);
  const { feed, events, hour } = open();
  await events.append({ stream: 's', id: 'evt_b', body: {}, ...hour });
  expect((await wholeNext(feed, 5))?.events).toMatchObject([
    { id: 'evt_a', body: { type: 'task.opened' } },
    { id: 'evt_b' },
  ]);
});

it('brings a file forward once', async () => {
  const { write, open } = await setUp();
  write(VERSION_1);
  await open().database.close();
  const { records, hour } = open();
  expect(await records.count({ partition: 'p', sort: 'n' }, 1, 1, 1, hour)).toBe(1);
});

it('leaves a file as it was when it cannot be brought forward', async () => {
  const { write, open } = await setUp();
  write(VERSION_1);
  write('ALTER TABLE records ADD COLUMN first TEXT');
  expect(open).toThrow('duplicate column');
  write('ALTER TABLE records DROP COLUMN first');
  const { records } = open();
  expect(await records.read([{ partition: 'p', sort: 'a' }])).toMatchObject([{ version: 3 }]);
});
