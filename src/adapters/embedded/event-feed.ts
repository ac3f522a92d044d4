// The events that are not archived yet, in the order in which they were written.
import type { Clock } from '../../ports/clock.ts';
import type { StoredEvent } from '../../ports/events.ts';
import type { Objects } from '../../ports/objects.ts';
import { sha256 } from '../../shared/hash.ts';
import { isObject } from '../event-rows.ts';
import { createSpill, mapSome, passes, type Spill, sizeOf } from '../spill.ts';
import { number, packedOf, type Row, text } from './rows.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface EventFeedDependencies {
  readonly database: EmbeddedDatabase;
  readonly objects: Objects;
  readonly clock: Clock;
}

/** A row that is no event any more, with what stands there. */
export interface UnreadableRow {
  readonly stream: string;
  readonly id: string;
  readonly why: string;
  readonly body?: string;
  /** Where a large body lay. */
  readonly pointer?: string;
}

interface FeedPlace {
  readonly stream: string;
  readonly id: string;
  /** SQLite's number of the row when it was read. */
  readonly place: number;
}

/** Some rows of a batch. */
export interface FeedPart {
  readonly events: readonly StoredEvent[];
  readonly unreadable: readonly UnreadableRow[];
}

export interface FeedBatch {
  /**
   * Small letters and digits that say which rows it has: the same for the same ones, however often it is asked for, and
   * for no others. So where something has that name already, it is of this batch.
   */
  readonly tail: string;
  /**
   * All rows, in their order. Each part is read when it is asked for: of a batch that was read at once, what is done would
   * be held with what is not.
   */
  parts(): AsyncIterable<FeedPart>;
  /** The last row. */
  readonly through: FeedPlace;
}

/** For one reader at a time. Both throw `Unavailable('events')`, and so do parts. */
export interface EventFeed {
  /** The first rows after those that are done, or undefined where there are none: the same until `done` is told. */
  next(limit: number): Promise<FeedBatch | undefined>;
  done(batch: Pick<FeedBatch, 'through'>): Promise<void>;
}

const MOST_ROWS = 10_000;
/** Of bodies. A batch is cut there, however many rows were asked for. */
const MOST_BYTES = 8 * 1024 * 1024;
const ROWS_OF_PART = 25;
const TAIL_CHARACTERS = 32;

/**
 * SQLite numbers rows as they come. It may number them anew when the file is vacuumed, and does when a dump is restored,
 * from 1 on and in the same order: so the last row is found by what it is. Where it is gone, the last of an earlier
 * batch will do, and what came after that is read once more: better twice than never. One that has a higher number than
 * it had was removed and written again, behind others that were not read.
 */
const LAST = `
  SELECT events.rowid AS place FROM event_feed CROSS JOIN events USING (stream, id)
  WHERE events.rowid <= event_feed.place ORDER BY event_feed.number DESC LIMIT 1`;
// An expiry that is too large to be read as an integer would throw for the whole batch.
const NEXT = `
  SELECT rowid AS place, stream, id, body, pointer, CAST(until AS REAL) AS until FROM events NOT INDEXED
  WHERE rowid > :after AND until > :now ORDER BY rowid LIMIT :limit`;
const SAVE = 'INSERT INTO event_feed (stream, id, place) VALUES (:stream, :id, :place)';
const KEPT = 32;
const FORGET = `DELETE FROM event_feed WHERE number <= (SELECT max(number) FROM event_feed) - ${KEPT}`;

/** At least one. */
function cutRows(rows: Iterable<Row>): readonly Row[] {
  const taken: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += sizeOf(row, packedOf);
    if (taken.length > 0 && bytes > MOST_BYTES) break;
    taken.push(row);
  }
  return taken;
}

function unreadable(row: Row, why: string): UnreadableRow {
  const { body, pointer } = row;
  return {
    stream: text(row, 'stream'),
    id: text(row, 'id'),
    why,
    ...(typeof body === 'string' && { body }),
    ...(typeof pointer === 'string' && { pointer }),
  };
}

/** Throws only what may pass: that objects did not answer. */
async function readRow(spill: Spill, row: Row): Promise<StoredEvent | UnreadableRow> {
  try {
    const body: unknown = JSON.parse(await spill.unpack(packedOf(row)));
    if (!isObject(body)) return unreadable(row, 'its body is no JSON object');
    const expiresAt = new Date(number(row, 'until'));
    if (Number.isNaN(expiresAt.getTime())) return unreadable(row, 'its expiry is no moment');
    return { stream: text(row, 'stream'), id: text(row, 'id'), body, expiresAt };
  } catch (error) {
    if (passes(error)) throw error;
    const isJson = !(error instanceof SyntaxError);
    return unreadable(row, isJson ? 'its body is gone, or is not what was written' : 'its body is not JSON');
  }
}

async function* partsOf(spill: Spill, rows: readonly Row[]): AsyncGenerator<FeedPart> {
  for (let from = 0; from < rows.length; from += ROWS_OF_PART) {
    const read = await mapSome(rows.slice(from, from + ROWS_OF_PART), (row) => readRow(spill, row));
    yield {
      events: read.filter((each): each is StoredEvent => !('why' in each)),
      unreadable: read.filter((each): each is UnreadableRow => 'why' in each),
    };
  }
}

function placeOf(row: Row): FeedPlace {
  return { stream: text(row, 'stream'), id: text(row, 'id'), place: number(row, 'place') };
}

function tailFor(rows: readonly Row[]): string {
  const keys = rows.map(placeOf).map(({ stream, id }) => [stream, id]);
  return sha256(JSON.stringify(keys)).slice(0, TAIL_CHARACTERS);
}

export function createEventFeed({ database, objects, clock }: EventFeedDependencies): EventFeed {
  const spill = createSpill(objects, clock, 'events');
  return {
    async next(limit) {
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ROWS) {
        throw new RangeError(`a batch has 1 to ${MOST_ROWS} rows`);
      }
      const rows = await database.run('events', 'read', (prepare) => {
        const after = prepare(LAST).get()?.['place'] ?? 0;
        return cutRows(prepare(NEXT).iterate({ after, now: clock.now().getTime(), limit }));
      });
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      return { tail: tailFor(rows), parts: () => partsOf(spill, rows), through: placeOf(last) };
    },
    async done({ through: { stream, id, place } }) {
      await database.run('events', 'write', (prepare) => {
        prepare(SAVE).run({ stream, id, place });
        prepare(FORGET).run();
      });
    },
  };
}
