// The embedded broker's database: one file, and a queue that writes what is asked for together in one transaction.
import { chmodSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { type Backend, Unavailable } from '../../shared/errors.ts';
import { migrate } from './migrations.ts';
import { ensureOwnDirectory } from './own-directory.ts';
import { DatabaseDamaged, expectSound, saysDamaged } from './sound-database.ts';

export interface DatabaseOptions {
  readonly directory: string;
  /** Survives power loss too, at the price of a disk flush for each transaction. */
  readonly durable?: boolean;
  /** How long to wait for another process that writes. The whole process waits with it. */
  readonly busyMilliseconds?: number;
  /** There is one, and it is not made anew. */
  readonly existing?: boolean;
  /** The file was removed or replaced since it was opened, and nothing is read or written until it is back. */
  readonly onGone?: () => void;
}

/** What is written into a file that nobody finds any more is as good as lost. */
export class DatabaseGone extends Error {
  override readonly name = 'DatabaseGone';

  constructor() {
    super('the data directory was removed or replaced while the broker runs');
  }
}

/** Prepares each statement once. */
export type Prepare = (sql: string) => StatementSync;

export interface EmbeddedDatabase {
  /** Runs it in the transaction of everything that is asked for in the same turn of the event loop. */
  run<T>(backend: Backend, kind: 'read' | 'write', operation: (prepare: Prepare) => T): Promise<T>;
  /** How many transactions have been committed, for tests that count trips. */
  transactions(): number;
  /** Writes what is waiting, then closes. */
  close(): Promise<void>;
}

export interface WritableDatabase extends EmbeddedDatabase {
  /** Copies what has been committed to where it stays, as far as nobody reads what was there before. Waits for the disk. */
  checkpoint(): void;
}

interface Waiting {
  readonly backend: Backend;
  readonly kind: 'read' | 'write';
  readonly operation: (prepare: Prepare) => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Unavailable) => void;
}

const FILE = 'bailiwick.db';
const BUSY_MILLISECONDS = 2000;
/** What one trip of one request asks for at most, or thereabouts: more are of several requests. */
const MOST_OF_ONE_TRIP = 4;
/**
 * Where many come at once, more are waited for while they keep coming, turn after turn, but no longer than this: a
 * transaction writes each page once, however many rows of it have changed. Whoever is alone waits for nobody.
 */
const GATHER_MILLISECONDS = 2;
/**
 * A checkpoint waits for the disk, and everybody with it: one for some thousand calls, at the price of a log of 32 MB. Of
 * what another connection has copied by then, nothing is copied again.
 */
const PAGES_BETWEEN_CHECKPOINTS = 8000;

/** Undefined where there is none, or it can't be looked at. */
function whichFile(path: string): string | undefined {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/** Throws `DatabaseGone` where it is not the file any more that was there at first. `onGone` is told once each time. */
function stillThere(path: string, onGone: () => void = () => undefined): () => void {
  const opened = whichFile(path);
  let isGone = false;
  return () => {
    const wasGone = isGone;
    isGone = whichFile(path) !== opened;
    if (isGone && !wasGone) onGone();
    if (isGone) throw new DatabaseGone();
  };
}

function open(options: DatabaseOptions) {
  const { directory, durable = false, busyMilliseconds = BUSY_MILLISECONDS, existing = false } = options;
  const path = join(directory, FILE);
  if (!existing) {
    ensureOwnDirectory(directory);
    expectSound(path, busyMilliseconds);
  } else if (whichFile(path) === undefined) throw new DatabaseGone();
  const database = new DatabaseSync(path);
  try {
    // Not by opening it: closing any other handle on the file would drop SQLite's own locks.
    chmodSync(path, 0o600);
    database.exec(`
      PRAGMA busy_timeout = ${Math.trunc(busyMilliseconds)};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'};
      PRAGMA wal_autocheckpoint = ${PAGES_BETWEEN_CHECKPOINTS};
    `);
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** All of them, or none where any fails: what was asked for together stands or falls together. */
function commit(database: DatabaseSync, prepare: Prepare, batch: readonly Waiting[]): unknown[] {
  prepare(batch.some(({ kind }) => kind === 'write') ? 'BEGIN IMMEDIATE' : 'BEGIN').run();
  try {
    const results = batch.map(({ operation }) => operation(prepare));
    prepare('COMMIT').run();
    return results;
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // SQLite has already rolled back, as it does when the disk is full.
    }
    throw error;
  }
}

function openUndamaged(options: DatabaseOptions): DatabaseSync {
  try {
    return open(options);
  } catch (error) {
    throw saysDamaged(error) ? new DatabaseDamaged(error) : error;
  }
}

/** Throws what SQLite throws when the file cannot be opened, `DatabaseDamaged`, `DatabaseTooNew` and `DatabaseGone`. */
export function openDatabase(options: DatabaseOptions): WritableDatabase {
  const database = openUndamaged(options);
  const expectThere = stillThere(join(options.directory, FILE), options.onGone);
  const statements = new Map<string, StatementSync>();
  let waiting: Waiting[] = [];
  let transactions = 0;
  let isCrowded = false;
  let closed = false;

  const prepare: Prepare = (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, statement);
    return statement;
  };

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (batch.length === 0) return;
    isCrowded = batch.length > MOST_OF_ONE_TRIP;
    try {
      expectThere();
      const results = commit(database, prepare, batch);
      transactions += 1;
      batch.forEach(({ resolve }, i) => {
        resolve(results[i]);
      });
    } catch (error) {
      for (const { backend, reject } of batch) reject(new Unavailable(backend, error));
    }
  }

  /** In each turn, until none has come in the last one. */
  function gather(before: number, since: number): void {
    const isOver = waiting.length === before || performance.now() - since >= GATHER_MILLISECONDS;
    if (isOver) flush();
    else setImmediate(gather, waiting.length, since);
  }

  function run<T>(backend: Backend, kind: Waiting['kind'], operation: (prepare: Prepare) => T): Promise<T> {
    if (closed) return Promise.reject(new Unavailable(backend, new Error('the database is closed')));
    return new Promise<T>((resolve, reject) => {
      if (waiting.length === 0) {
        if (isCrowded) setImmediate(gather, 0, performance.now());
        else setImmediate(flush);
      }
      waiting.push({ backend, kind, operation, resolve: (value) => resolve(value as T), reject });
    });
  }

  return {
    run,
    checkpoint() {
      if (!closed) prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    },
    transactions: () => transactions,
    async close() {
      if (closed) return;
      closed = true;
      flush();
      database.close();
    },
  };
}
