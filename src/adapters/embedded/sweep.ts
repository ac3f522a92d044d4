// Removes what has expired from the embedded broker's database and directory, a bounded number at a time.
import type { Dirent } from 'node:fs';
import { opendir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { KEEP } from '../../ports/objects.ts';
import { asUnavailable, hasCode } from '../faults.ts';
import { keepMilliseconds } from '../keys.ts';
import { UNFINISHED as UNFINISHED_ARCHIVE } from './directory-archive.ts';
import { UNFINISHED } from './directory-objects.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface SweepDependencies {
  readonly database: EmbeddedDatabase;
  /** Where the objects lie. */
  readonly directory: string;
  /** Where the audit is archived. */
  readonly archive?: string;
  readonly clock: Clock;
  /** At most that many of each sort in one sweep. */
  readonly limit?: number;
}

export interface Swept {
  readonly records: number;
  readonly events: number;
  readonly objects: number;
}

const LIMIT = 1000;
const SWEEP_RECORDS = `
  DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE until <= :now LIMIT :limit)`;
const SWEEP_EVENTS = `
  DELETE FROM events WHERE rowid IN (SELECT rowid FROM events WHERE until <= :now LIMIT :limit)`;

async function* filesUnder(directory: string): AsyncGenerator<string> {
  let entries: AsyncIterable<Dirent>;
  try {
    entries = await opendir(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  for await (const entry of entries) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else if (entry.isFile()) yield path;
  }
}

async function removeOlder(directory: string, than: number, limit: number): Promise<number> {
  let removed = 0;
  for await (const path of filesUnder(directory)) {
    if (removed >= limit) break;
    const { mtimeMs } = await stat(path);
    if (Math.round(mtimeMs) > than) continue;
    await unlink(path);
    removed += 1;
  }
  return removed;
}

async function sweepObjects(
  { directory, archive }: Pick<SweepDependencies, 'directory' | 'archive'>,
  now: number,
  limit: number,
): Promise<number> {
  let removed = 0;
  for (const keep of KEEP) {
    const than = now - keepMilliseconds(keep);
    removed += await removeOlder(join(directory, keep), than, limit - removed);
  }
  // What a killed broker left half written.
  const halves = [join(directory, UNFINISHED)];
  if (archive !== undefined) halves.push(join(archive, UNFINISHED_ARCHIVE));
  for (const half of halves) removed += await removeOlder(half, now - keepMilliseconds('1d'), limit);
  return removed;
}

/** One pass. Throws `Unavailable`. */
export async function sweep(dependencies: SweepDependencies): Promise<Swept> {
  const { database, clock, limit = LIMIT } = dependencies;
  const now = clock.now().getTime();
  const [records, events] = await Promise.all([
    database.run('records', 'write', (prepare) => Number(prepare(SWEEP_RECORDS).run({ now, limit }).changes)),
    database.run('events', 'write', (prepare) => Number(prepare(SWEEP_EVENTS).run({ now, limit }).changes)),
  ]);
  try {
    return { records, events, objects: await sweepObjects(dependencies, now, limit) };
  } catch (error) {
    throw asUnavailable('objects', error);
  }
}
