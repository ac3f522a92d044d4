// A data directory's database for those who only read it, while its broker runs or not: nothing is made or changed there.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Unavailable } from '../../shared/errors.ts';
import { DatabaseTooNew, migrate } from './migrations.ts';
import type { EmbeddedDatabase, Prepare } from './sqlite.ts';

const FILE = 'bailiwick.db';
const BUSY_MILLISECONDS = 2000;

/** The file has not got what events are read by time with. */
export class DatabaseTooOld extends Error {
  override readonly name = 'DatabaseTooOld';

  constructor() {
    super(
      'the data directory was written by an older version of bailiwick; starting this one on it brings it up to date',
    );
  }
}

interface Handle {
  readonly database: DatabaseSync;
  readonly prepare: Prepare;
  /** What the file was when nobody wrote to it; undefined where somebody may. */
  readonly still?: string;
}

function stampOf(path: string): string {
  const { ino, size, mtimeNs } = statSync(path, { bigint: true });
  return [ino, size, mtimeNs].join(' ');
}

const logOf = (path: string) => `${path}-wal`;

/** Whether it is as it was: every change goes through the log first. */
function isStill(path: string, still: string): boolean {
  return !existsSync(logOf(path)) && stampOf(path) === still;
}

function remembering(database: DatabaseSync): Prepare {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };
}

/**
 * A reader shares SQLite's log with whoever writes. Where there is no log nobody writes, and a reader would leave an
 * empty one behind, or fail where it can't be made: then SQLite is told that the file does not change.
 */
function open(path: string): Handle {
  const still = existsSync(logOf(path)) ? undefined : stampOf(path);
  const unchanging = still === undefined ? undefined : openUnchanging(path);
  if (still !== undefined && unchanging !== undefined) {
    return { database: unchanging, prepare: remembering(unchanging), still };
  }
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`);
  return { database, prepare: remembering(database) };
}

/** Undefined on Node before 22.15 and 23.10, which tells SQLite no more than a path: there an empty log is left behind. */
function openUnchanging(path: string): DatabaseSync | undefined {
  const url = pathToFileURL(resolve(path));
  url.searchParams.set('immutable', '1');
  try {
    return new DatabaseSync(url, { readOnly: true });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_INVALID_ARG_TYPE')
      return undefined;
    throw error;
  }
}

function versionOf(prepare: Prepare): number {
  return Number(prepare('PRAGMA user_version').get()?.['user_version']);
}

/** What this version would make of a new file. */
function ownVersion(): number {
  const database = new DatabaseSync(':memory:');
  migrate(database);
  const version = versionOf(remembering(database));
  database.close();
  return version;
}

const INDEX = "SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = 'events_by_id'";

function expectReadable(prepare: Prepare): void {
  if (versionOf(prepare) > ownVersion()) throw new DatabaseTooNew();
  if (prepare(INDEX).get() === undefined) throw new DatabaseTooOld();
}

/** Throws what SQLite and the file system throw when there is no such database, `DatabaseTooNew` and `DatabaseTooOld`. */
export function openReadOnly(directory: string): EmbeddedDatabase {
  const path = join(directory, FILE);
  let handle: Handle | undefined;
  let reads = 0;
  let closed = false;

  /** Again where a broker has begun to write meanwhile: from then on there is a log. */
  function read<T>(operation: (prepare: Prepare) => T): T {
    for (;;) {
      handle ??= open(path);
      const { database, prepare, still } = handle;
      try {
        const result = operation(prepare);
        if (still === undefined || isStill(path, still)) return result;
      } catch (error) {
        if (still === undefined || isStill(path, still)) throw error;
      }
      database.close();
      handle = undefined;
    }
  }

  try {
    read(expectReadable);
  } catch (error) {
    handle?.database.close();
    throw error;
  }
  return {
    async run(backend, _kind, operation) {
      // Whoever reads a lot must not keep signals and timers waiting until all is read.
      await setImmediate();
      try {
        if (closed) throw new Error('the database is closed');
        reads += 1;
        return read(operation);
      } catch (error) {
        throw new Unavailable(backend, error);
      }
    },
    transactions: () => reads,
    async close() {
      closed = true;
      handle?.database.close();
      handle = undefined;
    },
  };
}
