// A database that was left open is looked at before it is served: what does not belong together is refused, and left as it is.
import { copyFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expectSound } from '../../../src/adapters/embedded/sound-database.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteRecords } from '../../../src/adapters/embedded/sqlite-records.ts';
import { HOUR, movableClock } from '../../contract/support/clock.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

const [FILE, LOG, INDEX] = ['bailiwick.db', 'bailiwick.db-wal', 'bailiwick.db-shm'] as const;
const PAGE = 4096;
const clock = movableClock();
const key = (sort: string) => ({ partition: 'p', sort });

function opened(directory: string) {
  const database = openDatabase({ directory });
  onTestFinished(database.close);
  const records = createSqliteRecords({ database, objects: memoryObjects(), clock });
  const write = async (name: string, many: number) => {
    for (let i = 0; i < many; i += 1) {
      await records.create(key(`${name}-${i}`), 'x'.repeat(500), { expiresAt: clock.in(HOUR) });
    }
  };
  return { database, records, write };
}

/** Files of these directories, as they are at this moment, in one of their own. */
async function put(at: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(at);
  for (const [file, from] of Object.entries(files)) await copyFile(join(from, file), join(at, file));
  return at;
}

/** What was there when it was closed, and what a kill leaves some time later. */
async function moments() {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const live = join(path, 'live');
  const first = opened(live);
  await first.write('early', 20);
  await first.database.close();
  const older = await put(join(path, 'older'), { [FILE]: live });
  const second = opened(live);
  await second.write('late', 100);
  second.database.checkpoint();
  await second.write('latest', 5);
  const killed = await put(join(path, 'killed'), { [FILE]: live, [LOG]: live, [INDEX]: live });
  return { older, killed, at: (name: string) => join(path, name) };
}

/** The last byte of an index with one entry belongs to what is indexed, since the number of the first row takes none. */
async function spoilIndex(file: string): Promise<void> {
  const database = new DatabaseSync(file, { readOnly: true });
  const named = "SELECT rootpage FROM sqlite_schema WHERE name = 'records_by_until'";
  const page = Number(database.prepare(named).get()?.['rootpage']);
  database.close();
  const bytes = await readFile(file);
  bytes[page * PAGE - 1] = (bytes[page * PAGE - 1] ?? 0) ^ 1;
  await writeFile(file, bytes);
}

const refusal = expect.objectContaining({ name: 'DatabaseDamaged' });

describe('after a kill', () => {
  it('the file and its log of the same moment hold everything', async () => {
    const { killed } = await moments();
    const { records } = opened(killed);
    const found = await records.read([key('early-19'), key('late-99'), key('latest-4')]);
    expect(found.map((each) => each !== undefined)).toEqual([true, true, true]);
  });

  it.each([
    ['with', { [INDEX]: true }],
    ['without', {}],
  ])('an older file beside the newer log, %s its index, is refused at each start', async (_, more) => {
    const { older, killed, at } = await moments();
    const files = { [FILE]: older, [LOG]: killed, ...(INDEX in more && { [INDEX]: killed }) };
    const mixed = await put(at('mixed'), files);
    const before = await Promise.all([FILE, LOG].map((file) => readFile(join(mixed, file))));
    for (const _ of [1, 2]) expect(() => openDatabase({ directory: mixed })).toThrow(refusal);
    const after = await Promise.all([FILE, LOG].map((file) => readFile(join(mixed, file))));
    expect(after.map((bytes, i) => before[i]?.equals(bytes))).toEqual([true, true]);
    // Put right, it is served.
    for (const file of [FILE, LOG, INDEX]) await copyFile(join(killed, file), join(mixed, file));
    expect(await opened(mixed).records.read([key('latest-4')])).toMatchObject([{ version: 1 }]);
  });

  it('an index that has another value than its row is refused, which a quick check takes for sound', async () => {
    const { path, remove } = await temporaryDirectory();
    onTestFinished(remove);
    const live = join(path, 'live');
    const { database, write } = opened(live);
    await write('only', 1);
    await database.close();
    await spoilIndex(join(live, FILE));
    const other = new DatabaseSync(join(live, FILE));
    onTestFinished(() => other.close());
    other.exec("INSERT INTO event_feed (number, stream, id, place) VALUES (1, 's', 'evt_a', 0)");
    const killed = await put(join(path, 'killed'), { [FILE]: live, [LOG]: live });
    expect(other.prepare('PRAGMA quick_check(1)').get()).toEqual({ quick_check: 'ok' });
    expect(() => openDatabase({ directory: killed })).toThrow(refusal);
  });

  it('what is no database is refused', async () => {
    const { killed } = await moments();
    await writeFile(join(killed, FILE), 'This is no database. '.repeat(500));
    await truncate(join(killed, LOG), 40);
    expect(() => openDatabase({ directory: killed })).toThrow(refusal);
  });
});

describe('after a close', () => {
  it('nothing is looked at', async () => {
    const { older } = await moments();
    await writeFile(join(older, FILE), 'This is no database. ');
    expect(() => expectSound(join(older, FILE), 0)).not.toThrow();
    expect(await readdir(older)).toEqual([FILE]);
  });

  it.each([
    ['is none', async (file: string) => writeFile(file, 'This is no database. '.repeat(500))],
    ['lacks its end', async (file: string) => truncate(file, 8192)],
  ])('a file that %s is refused where SQLite says so', async (_, damage) => {
    const { older } = await moments();
    await damage(join(older, FILE));
    expect(() => openDatabase({ directory: older })).toThrow(refusal);
  });
});
