// A data directory that is only read: nothing is left behind there, and nothing is missed that a broker writes meanwhile.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { DatabaseTooNew } from '../../../src/adapters/embedded/migrations.ts';
import { DatabaseTooOld, openReadOnly } from '../../../src/adapters/embedded/read-only.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { systemClock as clock } from '../../../src/adapters/system.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { makeId, tailFrom } from '../../../src/shared/ids.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

let data: string;
beforeEach(async () => {
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  data = directory.path;
});

const objects = memoryObjects();
const NOW = new Date();
const SPAN = { from: new Date(NOW.getTime() - 60_000), until: new Date(NOW.getTime() + 60_000) };

/** A broker's own way to write, until it is closed. */
function writer() {
  const database = openDatabase({ directory: data });
  onTestFinished(database.close);
  const events = createSqliteEvents({ database, objects, clock });
  const append = (name: string) =>
    events.append({
      stream: 's',
      id: makeId('evt', NOW, tailFrom(name)),
      body: { name },
      expiresAt: new Date(NOW.getTime() + 3_600_000),
    });
  return { append, close: database.close };
}

function reader() {
  const database = openReadOnly(data);
  onTestFinished(database.close);
  const events = createSqliteEvents({ database, objects, clock });
  const names = async () => {
    const { items } = await events.between(SPAN, { limit: 100 });
    return items.map(({ body }) => body['name']).sort();
  };
  return { database, events, names };
}

/** Every file, by when it was changed. */
const listing = () =>
  Object.fromEntries(readdirSync(data).map((name) => [name, statSync(join(data, name)).mtimeMs]));

describe('reading', () => {
  it('alone leaves the directory as it was', async () => {
    const { append, close } = writer();
    await append('a');
    await close();
    const before = listing();
    const { names, database } = reader();
    expect(await names()).toEqual(['a']);
    expect(listing()).toEqual(before);
    await database.close();
    expect(listing()).toEqual(before);
  });

  it('goes on with what a broker writes that starts meanwhile, and with what it has brought into the file', async () => {
    const first = writer();
    await first.append('a');
    await first.close();
    const { names } = reader();
    expect(await names()).toEqual(['a']);
    const second = writer();
    await second.append('b');
    expect(await names()).toEqual(['a', 'b']);
    await second.append('c');
    expect(await names()).toEqual(['a', 'b', 'c']);
    await second.close();
    expect(await names()).toEqual(['a', 'b', 'c']);
  });

  it('notices a broker that has come and gone', async () => {
    const first = writer();
    await first.append('a');
    await first.close();
    const { names } = reader();
    expect(await names()).toEqual(['a']);
    const second = writer();
    await second.append('b');
    await second.close();
    expect(readdirSync(data)).toEqual(['bailiwick.db']);
    expect(await names()).toEqual(['a', 'b']);
  });

  it('beside a running broker sees what is in its log, and does not hold it up', async () => {
    const { append, close } = writer();
    await append('a');
    const { names, events } = reader();
    expect(await names()).toEqual(['a']);
    await append('b');
    expect(await names()).toEqual(['a', 'b']);
    const refused = events.append({ stream: 's', id: 'evt_x', body: {}, expiresAt: SPAN.until });
    await expect(refused).rejects.toThrow(Unavailable);
    await close();
  });

  it('lets others have their turn between two reads', async () => {
    const { append, close } = writer();
    await append('a');
    await close();
    const { names } = reader();
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 0);
    // Would never end if reading alone kept the process busy.
    while (turns < 3) await names();
    clearInterval(timer);
    expect(turns).toBeGreaterThanOrEqual(3);
  });

  it('ends with closing', async () => {
    const { close } = writer();
    await close();
    const { database, names } = reader();
    await database.close();
    await expect(names()).rejects.toThrow(Unavailable);
    await database.close();
  });
});

describe('is refused, and nothing is made', () => {
  const refusal = (): unknown => {
    try {
      reader();
    } catch (error) {
      return error;
    }
    return undefined;
  };

  it('where there is no database', () => {
    expect(refusal()).toBeInstanceOf(Error);
    expect(readdirSync(data)).toEqual([]);
  });

  it('where the file is none, or a directory', () => {
    writeFileSync(join(data, 'bailiwick.db'), 'x'.repeat(5000));
    expect(String(refusal())).toContain('not a database');
    expect(readdirSync(data)).toEqual(['bailiwick.db']);
    data = join(data, 'other');
    mkdirSync(join(data, 'bailiwick.db'), { recursive: true });
    expect(refusal()).toBeInstanceOf(Error);
  });

  it('where an older version wrote it, which is not brought up to date by being looked at', () => {
    const old = new DatabaseSync(join(data, 'bailiwick.db'));
    old.exec(readFileSync(new URL('version-1.sql', import.meta.url), 'utf8'));
    old.close();
    const before = readFileSync(join(data, 'bailiwick.db'));
    expect(refusal()).toBeInstanceOf(DatabaseTooOld);
    expect(readFileSync(join(data, 'bailiwick.db'))).toEqual(before);
  });

  it('where a newer version wrote it', async () => {
    await writer().close();
    const newer = new DatabaseSync(join(data, 'bailiwick.db'));
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    expect(refusal()).toBeInstanceOf(DatabaseTooNew);
  });
});
