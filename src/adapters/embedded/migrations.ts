// The embedded database's tables, and how an older file comes to have them.
import type { DatabaseSync } from 'node:sqlite';

/** Each brings the file one version further; a released one is never edited. */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE records (
    partition TEXT NOT NULL,
    sort TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT,
    pointer TEXT,
    until INTEGER NOT NULL,
    held INTEGER NOT NULL,
    index_partition TEXT,
    index_sort TEXT,
    PRIMARY KEY (partition, sort)
  ) STRICT;
  CREATE INDEX records_by_index ON records (index_partition, index_sort, partition, sort)
    WHERE index_partition IS NOT NULL;
  CREATE INDEX records_by_until ON records (until);

  CREATE TABLE events (
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    body TEXT,
    pointer TEXT,
    until INTEGER NOT NULL,
    at TEXT,
    type TEXT,
    PRIMARY KEY (stream, id)
  ) STRICT;
  CREATE INDEX events_by_until ON events (until);
  `,
  // A record that counts has all three of count, first and body, which is the latest value.
  `
  ALTER TABLE records ADD COLUMN count INTEGER;
  ALTER TABLE records ADD COLUMN first TEXT;
  `,
  // Events of all streams are read by time, which their ids begin with.
  'CREATE INDEX events_by_id ON events (id, stream);',
  // How far the events are archived: the last ones of the last batches, the latest with the highest number.
  `
  CREATE TABLE event_feed (
    number INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    id TEXT NOT NULL,
    place INTEGER NOT NULL
  ) STRICT;
  `,
  // What has expired is found by its age: this index was written for every event, and read once every ten minutes.
  'DROP INDEX events_by_until;',
];

/** The file was written by a later broker, whose tables this one does not know. */
export class DatabaseTooNew extends Error {
  override readonly name = 'DatabaseTooNew';

  constructor() {
    super(
      'the data directory was written by a newer version of bailiwick; use that version or another --data',
    );
  }
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
}

export function migrate(database: DatabaseSync): void {
  if (versionOf(database) === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) throw new DatabaseTooNew();
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}
