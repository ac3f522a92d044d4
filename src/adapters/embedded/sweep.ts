// Removes what has expired from the embedded broker's database and directory, a little at a time.
import type { Dirent } from 'node:fs';
import { opendir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import { KEEP } from '../../ports/objects.ts';
import { leastId } from '../../shared/ids.ts';
import { asUnavailable, hasCode } from '../faults.ts';
import { keepMilliseconds } from '../keys.ts';
import { UNFINISHED as UNFINISHED_ARCHIVE } from './directory-archive.ts';
import { UNFINISHED } from './directory-objects.ts';
import { bytes } from './rows.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface SweepDependencies {
  readonly database: EmbeddedDatabase;
  /** Where the objects lie. */
  readonly directory: string;
  /** Where the audit is archived. */
  readonly archive?: string;
  readonly clock: Clock;
  /** At most that many of each sort in one sweep; of events, whether they have expired or not. */
  readonly limit?: number;
  /** No event is kept for less: what is younger isn't looked at. Left out, all are. */
  readonly leastKeptMilliseconds?: number;
  /** Kept from one sweep to the next, which goes on there. */
  readonly looked?: LookedThrough;
  /** Then the rest is left to the next one. */
  readonly isStopping?: () => boolean;
}

interface EventPlace {
  readonly id: Uint8Array;
  readonly stream: Uint8Array;
}

/** The last event that was looked at; from the beginning where nothing stands there. */
export interface LookedThrough {
  last?: EventPlace | undefined;
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
/**
 * By age and not by an index on when they expire: to keep one costs every call more than to look again does here. What
 * is no text, or no number that can be read, is a fault of who wrote it there, and must not keep the rest.
 */
const OLD_EVENTS = `
  SELECT CAST(id AS BLOB) AS id_bytes, CAST(stream AS BLOB) AS stream_bytes FROM events
  WHERE (id, stream) > (CAST(:id AS TEXT), CAST(:stream AS TEXT)) AND id < :before ORDER BY id, stream LIMIT :limit`;
const SWEEP_EVENTS = `
  DELETE FROM events
  WHERE (id, stream) > (CAST(:id AS TEXT), CAST(:stream AS TEXT))
    AND (id, stream) <= (CAST(:lastId AS TEXT), CAST(:lastStream AS TEXT)) AND until <= :now`;
const BEFORE_ALL: EventPlace = { id: new Uint8Array(), stream: new Uint8Array() };
/** Of ids, none of which begins with it. */
const BEHIND_ALL = '~';

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

/** Whether it was. */
async function removeIfOlder(path: string, than: number): Promise<boolean> {
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
    if (await removeIfOlder(path, than)) removed += 1;
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

interface Step {
  readonly seen: number;
  readonly removed: number;
}

/** How many are removed, until no more are seen. */
async function littleByLittle(
  { clock, limit: most = LIMIT, isStopping }: SweepDependencies,
  step: (limit: number) => Promise<Step>,
): Promise<number> {
  let [seen, removed] = [0, 0];
  for (;;) {
    const limit = Math.min(BATCH, most - seen);
    const stepped = await step(limit);
    seen += stepped.seen;
    removed += stepped.removed;
    if (stepped.seen < limit || seen >= most || isStopping?.() === true) return removed;
    await clock.sleep(PAUSE_MILLISECONDS);
  }
}

function sweepRecords(dependencies: SweepDependencies, now: number): Promise<number> {
  return littleByLittle(dependencies, (limit) =>
    dependencies.database.run('records', 'write', (prepare) => {
      const removed = Number(prepare(SWEEP_RECORDS).run({ now, limit }).changes);
      return { seen: removed, removed };
    }),
  );
}

function sweepEvents(dependencies: SweepDependencies, now: number): Promise<number> {
  const { database, leastKeptMilliseconds: kept, looked = {} } = dependencies;
  const before = kept === undefined ? BEHIND_ALL : leastId('evt', new Date(now - kept));
  return littleByLittle(dependencies, async (limit) => {
    const { last, ...step } = await database.run('events', 'write', (prepare) => {
      const { id, stream } = looked.last ?? BEFORE_ALL;
      const rows = prepare(OLD_EVENTS).all({ id, stream, before, limit });
      const row = rows.at(-1);
      if (row === undefined) return { seen: 0, removed: 0 };
      const last: EventPlace = { id: bytes(row, 'id_bytes'), stream: bytes(row, 'stream_bytes') };
      const through = { id, stream, lastId: last.id, lastStream: last.stream, now };
      return { seen: rows.length, removed: Number(prepare(SWEEP_EVENTS).run(through).changes), last };
    });
    looked.last = step.seen < limit ? undefined : last;
    return step;
  });
}

/** One pass. Throws `Unavailable`. */
export async function sweep(dependencies: SweepDependencies): Promise<Swept> {
  const now = dependencies.clock.now().getTime();
  const [records, events] = await Promise.all([
    sweepRecords(dependencies, now),
    sweepEvents(dependencies, now),
  ]);
  try {
    return { records, events, objects: await sweepObjects(dependencies, now) };
  } catch (error) {
    throw asUnavailable('objects', error);
  }
}
