// Whether the database's file is sound, looked at before anything is served of it.
import { chmodSync, existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

/** SQLITE_CORRUPT and SQLITE_NOTADB. Beyond their lowest byte, SQLite's codes say it in more detail. */
const DAMAGED = [11, 26];
const LOWEST_BYTE = 0xff;

/** The file is not what SQLite wrote there, or is of another moment than the log beside it. */
export class DatabaseDamaged extends Error {
  override readonly name = 'DatabaseDamaged';

  constructor(cause?: unknown) {
    super('the file bailiwick.db is damaged', { cause });
  }
}

/** Whether SQLite itself says so. */
export function saysDamaged(error: unknown): boolean {
  return (
    error instanceof Error && 'errcode' in error && DAMAGED.includes(Number(error.errcode) & LOWEST_BYTE)
  );
}

/** Whoever closes the file last empties its log and removes it. */
function wasClosed(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) === 0;
}

/**
 * Throws `DatabaseDamaged` where the last run did not end cleanly and what it left does not belong together, as when an
 * older file was put beside a newer log. Not by SQLite's quick_check, which does not miss a row that an index has.
 *
 * Read only: any other connection would copy the log into the file as it is closed, and the next start would find no log
 * and nothing to look at.
 */
export function expectSound(path: string, busyMilliseconds: number): void {
  if (wasClosed(path) || !existsSync(path)) return;
  // SQLite makes its other files in the mode of this one.
  chmodSync(path, 0o600);
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${Math.trunc(busyMilliseconds)}`);
    const [first] = database.prepare('PRAGMA integrity_check(1)').all();
    if (first?.['integrity_check'] !== 'ok') throw new DatabaseDamaged();
  } finally {
    database.close();
  }
}
