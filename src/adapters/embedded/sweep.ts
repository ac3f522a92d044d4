// Removes what has expired from the embedded broker's database and directory, a little at a time.
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
  /** Then the rest is left to the next one. */
  readonly isStopping?: () => boolean;
}

export interface Swept {
  readonly records: number;
  readonly events: number;
  readonly objects: number;
}

/** What some thousand calls a minute leave between two sweeps, ten minutes apart. */
const LIMIT = 200_000;
/** At once: callers wait while rows are removed, and must not notice. */
const BATCH = 100;
const PAUSE_MILLISECONDS = 100;
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

async function isRemoved(path: string, than: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(path);
    if (Math.round(mtimeMs) > than) return false;
    await unlink(path);
    return true;
  } catch (error) {
    // Whoever put it there has removed it meanwhile.
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function removeOlder(directory: string, than: number, mayGoOn: (removed: number) => boolean) {
  let removed = 0;
  for await (const path of filesUnder(directory)) {
    if (!mayGoOn(removed)) break;
    if (await isRemoved(path, than)) removed += 1;
  }
  return removed;
}

async function sweepObjects(
  { directory, archive, limit = LIMIT, isStopping }: SweepDependencies,
  now: number,
): Promise<number> {
  const mayGoOn = (removed: number) => removed < limit && isStopping?.() !== true;
  let removed = 0;
  for (const keep of KEEP) {
    const than = now - keepMilliseconds(keep);
    const before = removed;
    removed += await removeOlder(join(directory, keep), than, (more) => mayGoOn(before + more));
  }
  // What a killed broker left half written.
  const halves = [join(directory, UNFINISHED)];
  if (archive !== undefined) halves.push(join(archive, UNFINISHED_ARCHIVE));
  for (const half of halves) removed += await removeOlder(half, now - keepMilliseconds('1d'), mayGoOn);
  return removed;
}

async function sweepRows(
  { database, clock, limit: most = LIMIT, isStopping }: SweepDependencies,
  now: number,
): Promise<Omit<Swept, 'objects'>> {
  const remove = (backend: 'records' | 'events', sql: string, limit: number) =>
    database.run(backend, 'write', (prepare) => Number(prepare(sql).run({ now, limit }).changes));
  const swept = { records: 0, events: 0 };
  for (;;) {
    const limit = Math.min(BATCH, most - Math.max(swept.records, swept.events));
    const [records, events] = await Promise.all([
      remove('records', SWEEP_RECORDS, limit),
      remove('events', SWEEP_EVENTS, limit),
    ]);
    swept.records += records;
    swept.events += events;
    const isMore = records === limit || events === limit;
    if (!isMore || Math.max(swept.records, swept.events) >= most || isStopping?.() === true) return swept;
    await clock.sleep(PAUSE_MILLISECONDS);
  }
}

/** One pass. Throws `Unavailable`. */
export async function sweep(dependencies: SweepDependencies): Promise<Swept> {
  const now = dependencies.clock.now().getTime();
  const rows = await sweepRows(dependencies, now);
  try {
    return { ...rows, objects: await sweepObjects(dependencies, now) };
  } catch (error) {
    throw asUnavailable('objects', error);
  }
}
