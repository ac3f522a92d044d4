// The embedded database: what is asked for together is one transaction, and stands or falls together.
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseGone, type DatabaseOptions, openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../../src/adapters/embedded/sqlite-records.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { HOUR, movableClock } from '../../contract/support/clock.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

async function setUp(options: Partial<DatabaseOptions> = {}) {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  const data = join(directory.path, 'data');
  const open = () => {
    const database = openDatabase({ directory: data, ...options });
    onTestFinished(database.close);
    return database;
  };
  const database = open();
  const clock = movableClock();
  const shared = { database, objects: memoryObjects(), clock };
  const records = createSqliteRecords(shared);
  const events = createSqliteEvents(shared);
  const hour = { expiresAt: clock.in(HOUR) };
  const key = (sort: string) => ({ partition: 'p', sort });
  const event = (id: string) => ({ stream: 's', id, body: {}, ...hour });
  const other = () => {
    const connection = new DatabaseSync(join(data, 'bailiwick.db'));
    onTestFinished(() => connection.close());
    return connection;
  };
  return { data, open, database, shared, records, events, hour, key, event, other };
}

describe('together', () => {
  it('a trip is one transaction', async () => {
    const { database, records, events, hour, key, event } = await setUp();
    const before = database.transactions();
    const results = await Promise.all([
      records.read([key('a'), key('b')]),
      records.create(key('a'), 1, hour),
      records.create(key('a'), 2, hour),
      events.append(event('evt_a')),
      events.append(event('evt_a')),
      records.replace(key('a'), 1, 3, hour),
    ]);
    expect(database.transactions() - before).toBe(1);
    expect(results).toMatchObject([
      [undefined, undefined],
      { created: true },
      { created: false },
      true,
      false,
      true,
    ]);
    expect(await records.read([key('a')])).toMatchObject([{ version: 2, value: 3 }]);
  });

  it('two in sequence are two', async () => {
    const { database, records, hour, key } = await setUp();
    const before = database.transactions();
    await records.create(key('a'), 1, hour);
    await records.replace(key('a'), 1, 2, hour);
    expect(database.transactions() - before).toBe(2);
  });

  it('fails whole when one part fails unexpectedly, and goes on afterwards', async () => {
    const { database, records, events, hour, key, event, other } = await setUp();
    await events.append(event('evt_0'));
    other().exec('ALTER TABLE events RENAME TO elsewhere');
    const before = database.transactions();
    const outcomes = await Promise.allSettled([
      records.create(key('a'), 1, hour),
      events.append(event('evt_a')),
      records.read([key('a')]),
    ]);
    const reasons = outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason);
    expect(reasons.every((reason) => reason instanceof Unavailable)).toBe(true);
    expect(reasons.map((reason) => reason.backend)).toEqual(['records', 'events', 'records']);
    expect(database.transactions()).toBe(before);
    expect(await records.read([key('a')])).toEqual([undefined]);
    expect(await records.create(key('a'), 1, hour)).toEqual({ created: true });
  });

  it('fails whole when the disk is full, and goes on once it is not', async () => {
    const { database, records, events, hour, key, event } = await setUp();
    const pages = await database.run('records', 'read', (prepare) =>
      Number(prepare('PRAGMA page_count').get()?.['page_count']),
    );
    const allow = (most: number) =>
      database.run('records', 'read', (prepare) => prepare(`PRAGMA max_page_count = ${most}`).get());
    await allow(pages + 3);
    const outcomes = await Promise.allSettled([
      events.append(event('evt_a')),
      records.create(key('a'), 'x'.repeat(100_000), hour),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await allow(1_000_000);
    expect(await events.read('s', 'evt_a')).toBeUndefined();
    expect(await events.append(event('evt_a'))).toBe(true);
  });

  it('an addition to what is no counter fails alone', async () => {
    const { database, records, hour, key } = await setUp();
    await records.create(key('plain'), 1, hour);
    const before = database.transactions();
    const outcomes = await Promise.allSettled([
      records.create(key('a'), 1, hour),
      records.count(key('plain'), 1, 1, 1, hour),
      records.count(key('counter'), 1, 1, 1, hour),
      records.count(key('counter'), 1, 1, 1, hour),
    ]);
    expect(database.transactions() - before).toBe(1);
    expect(outcomes).toMatchObject([
      { value: { created: true } },
      { reason: expect.any(Unavailable) },
      { value: 1 },
      { value: 2 },
    ]);
  });

  it('a wrong key fails alone', async () => {
    const { records, hour, key } = await setUp();
    const outcomes = await Promise.allSettled([
      records.create(key('a'), 1, hour),
      records.create(key(''), 1, hour),
      records.create(key('b'), 1, { expiresAt: new Date(Number.NaN) }),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  });
});

describe('replacing', () => {
  it('writes one page where only the value and its hold change', async () => {
    const { data, records, key, shared } = await setUp();
    const { clock } = shared;
    const at = (sort: string) => ({ expiresAt: clock.in(HOUR), index: { partition: 'i', sort } });
    const pages = async (work: () => Promise<unknown>) => {
      const size = async () => (await stat(join(data, 'bailiwick.db-wal'))).size;
      const before = await size();
      await work();
      return ((await size()) - before) / (4096 + 24);
    };
    await records.create(key('a'), 1, at('x'));
    expect(await pages(() => records.replace(key('a'), 1, 2, { ...at('x'), heldUntil: clock.in(0) }))).toBe(
      1,
    );
    expect(await records.read([key('a')])).toMatchObject([{ version: 2, value: 2 }]);
    expect(await pages(() => records.replace(key('a'), 2, 3, at('y')))).toBeGreaterThan(1);
    expect(await records.read([key('a')])).toMatchObject([{ version: 3, value: 3 }]);
  });

  it('takes over a new hold', async () => {
    const { records, key, shared, hour } = await setUp();
    await records.create(key('a'), 1, hour);
    expect(await records.replace(key('a'), 1, 2, { ...hour, heldUntil: shared.clock.in(0) })).toBe(true);
    expect(await records.create(key('a'), 3, hour)).toEqual({ created: true });
  });

  it.each([
    ['when it expires', 2 * HOUR, undefined, undefined],
    ['that it has an index', HOUR, undefined, { partition: 'i', sort: 'x' }],
    ['that it has none', HOUR, { partition: 'i', sort: 'x' }, undefined],
    ['where its index lists it', HOUR, { partition: 'j', sort: 'x' }, { partition: 'i', sort: 'x' }],
  ])('changes %s, once', async (_, life, before, after) => {
    const { records, key, shared } = await setUp();
    const { clock } = shared;
    await records.create(key('a'), 1, { expiresAt: clock.in(HOUR), ...(before && { index: before }) });
    const options = { expiresAt: clock.in(life), ...(after && { index: after }) };
    expect(await records.replace(key('a'), 1, 2, options)).toBe(true);
    expect(await records.replace(key('a'), 1, 3, options)).toBe(false);
    expect(await records.read([key('a')])).toMatchObject([{ version: 2, value: 2 }]);
    const listed = async (partition: string) => (await records.listIndex(partition, { limit: 5 })).items;
    expect(await listed('i')).toEqual(after === undefined ? [] : [key('a')]);
    expect(await listed('j')).toEqual([]);
    clock.advance(HOUR);
    expect((await records.read([key('a')]))[0] !== undefined).toBe(life > HOUR);
  });
});

describe('the file', () => {
  it('is one that others find, or nothing is read or written', async () => {
    const gone: string[] = [];
    const { data, records, events, hour, key, event } = await setUp({ onGone: () => gone.push('gone') });
    const trips = () =>
      Promise.allSettled([
        records.read([key('a')]),
        records.create(key('a'), 1, hour),
        events.append(event('evt_a')),
      ]);
    const statuses = async () => (await trips()).map(({ status }) => status);
    await rename(data, `${data}-elsewhere`);
    expect(await statuses()).toEqual(['rejected', 'rejected', 'rejected']);
    expect(() => openDatabase({ directory: data, existing: true })).toThrow(DatabaseGone);
    openDatabase({ directory: data }).close();
    const outcomes = await trips();
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ reason: { cause: expect.any(DatabaseGone) } });
    expect(gone).toEqual(['gone']);
    await rm(data, { recursive: true });
    await rename(`${data}-elsewhere`, data);
    expect(await statuses()).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    await rename(data, `${data}-elsewhere`);
    await statuses();
    expect(gone).toEqual(['gone', 'gone']);
  });

  it('keeps what was written, through a close that comes at once', async () => {
    const { open, database, records, shared, hour, key } = await setUp();
    const written = records.create(key('a'), 'kept', hour);
    await Promise.resolve();
    await database.close();
    expect(await written).toEqual({ created: true });
    const again = createSqliteRecords({ ...shared, database: open() });
    expect(await again.read([key('a')])).toMatchObject([{ value: 'kept' }]);
  });

  it('is for its owner alone', async () => {
    const { data, records, hour, key } = await setUp();
    await records.create(key('a'), 1, hour);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    const files = await readdir(data);
    expect(files).toContain('bailiwick.db-wal');
    for (const file of files) expect((await stat(join(data, file))).mode & 0o777).toBe(0o600);
  });

  it('may be read by others while it is written', async () => {
    const { records, hour, key, other } = await setUp();
    const reader = other();
    reader.exec('BEGIN');
    const count = () => reader.prepare('SELECT count(*) AS n FROM records').get()?.['n'];
    expect(count()).toBe(0);
    expect(await records.create(key('a'), 1, hour)).toEqual({ created: true });
    expect(count()).toBe(0);
    reader.exec('COMMIT');
    expect(count()).toBe(1);
  });

  it.each([
    [true, 2],
    [false, 1],
  ])('is flushed at each commit only when durable: %s', async (durable, synchronous) => {
    const { database } = await setUp({ durable });
    const pragma = (name: string) =>
      database.run('records', 'read', (prepare) => prepare(`PRAGMA ${name}`).get()?.[name]);
    expect(await pragma('synchronous')).toBe(synchronous);
    expect(await pragma('journal_mode')).toBe('wal');
  });

  it('is refused when a later version has written it', async () => {
    const { open, database, other } = await setUp();
    await database.close();
    other().exec('PRAGMA user_version = 99');
    expect(open).toThrow(expect.objectContaining({ name: 'DatabaseTooNew' }));
  });
});

it('copies what was committed to where it stays, also while others read and write', async () => {
  const { data, database, open, records, hour, key } = await setUp();
  const size = async () => (await stat(join(data, 'bailiwick.db'))).size;
  const large = 'x'.repeat(1000);
  for (let i = 0; i < 50; i += 1) await records.create(key(`a${i}`), large, hour);
  const before = await size();
  const beside = open();
  beside.checkpoint();
  expect(await size()).toBeGreaterThan(before + 50_000);
  const written = records.create(key('b'), large, hour);
  database.checkpoint();
  expect(await written).toEqual({ created: true });
  expect(await records.read([key('a49'), key('b')])).toMatchObject([{ value: large }, { value: large }]);
  await beside.close();
  expect(() => beside.checkpoint()).not.toThrow();
});
