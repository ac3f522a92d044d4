// One broker for each data directory: a lock that the operating system frees however the process ends.
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ensureOwnDirectory } from './own-directory.ts';

const FILE = 'bailiwick.lock';
/** SQLITE_BUSY. */
const BUSY = 5;

/** A lock that nobody points to any more would be collected, and with it let go. */
const held = new Set<DatabaseSync>();

/** Another broker runs on that directory. */
export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';

  constructor(directory: string) {
    super(`another broker is running on the data directory ${directory}; stop it, or use another --data`);
  }
}

export interface DataLock {
  release(): void;
}

/**
 * Node has no lock on files, SQLite does: an exclusive transaction that is never ended. The file holds nothing.
 * Throws `DataDirectoryInUse`, and what SQLite or the file system throw when the directory cannot be written.
 */
export function lockDataDirectory(directory: string): DataLock {
  ensureOwnDirectory(directory);
  const path = join(directory, FILE);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;');
    chmodSync(path, 0o600);
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === BUSY) {
      throw new DataDirectoryInUse(directory);
    }
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}
