// Events in the embedded database.
import type { Clock } from '../../ports/clock.ts';
import type { EventRow, Events, Span, StoredEvent } from '../../ports/events.ts';
import type { Objects } from '../../ports/objects.ts';
import type { Page, PageRequest } from '../../ports/records.ts';
import { leastId } from '../../shared/ids.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { indexedFields } from '../event-fields.ts';
import { eventFrom, eventsOf, rowFrom } from '../event-rows.ts';
import { asUnavailable } from '../faults.ts';
import {
  afterInList,
  afterInSpan,
  assertKey,
  assertLimit,
  assertMoment,
  assertPrefix,
  assertSpan,
  makeCursor,
  spanCursor,
} from '../keys.ts';
import { createSpill, cutPage, mapSome, type Spill } from '../spill.ts';
import { bytes, number, packedColumns, packedOf, type Row, text } from './rows.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface SqliteEventsDependencies {
  readonly database: EmbeddedDatabase;
  readonly objects: Objects;
  readonly clock: Clock;
}

// Bound in order, as every call appends two: to find a parameter by its name costs more than to bind it.
const APPEND = `
  INSERT INTO events (stream, id, body, pointer, until, at, type)
  VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (stream, id) DO NOTHING`;
const READ = 'SELECT * FROM events WHERE stream = :stream AND id = :id AND until > :now';
const LIST = `
  SELECT * FROM events WHERE stream = :stream AND id > :after AND until > :now ORDER BY id LIMIT :limit`;
// By bytes, as somebody else's text may be ill-formed and not survive being read; and an integer that is too large to be
// read would throw for the whole page.
const between = (after: '>' | '>=') => `
  SELECT stream, id, body, pointer, CAST(until AS REAL) AS until, at, type,
    CAST(id AS BLOB) AS id_bytes, CAST(stream AS BLOB) AS stream_bytes
  FROM events WHERE (id, stream) ${after} (CAST(:id AS TEXT), CAST(:stream AS TEXT)) AND id < :before AND until > :now
  ORDER BY id, stream LIMIT :limit`;
const BETWEEN = { from: between('>='), after: between('>') };
const NO_BYTES = new Uint8Array();

async function toEvent(spill: Spill, row: Row): Promise<StoredEvent> {
  const place = { stream: text(row, 'stream'), id: text(row, 'id') };
  try {
    return eventFrom(place, await spill.unpack(packedOf(row)), number(row, 'until'));
  } catch (error) {
    throw asUnavailable('events', error);
  }
}

function shown({ id_bytes: _id, stream_bytes: _stream, ...row }: Row): JsonObject {
  return row as Record<string, Json>;
}

async function every(
  { database, clock }: Pick<SqliteEventsDependencies, 'database' | 'clock'>,
  spill: Spill,
  span: Span,
  page: PageRequest,
): Promise<Page<EventRow>> {
  assertSpan(span);
  assertLimit(page);
  const { id, stream } = afterInSpan(span, page);
  const before = leastId('evt', span.until);
  const { rows, more } = await database.run('events', 'read', (prepare) => {
    const now = clock.now().getTime();
    const statement = prepare(stream === undefined ? BETWEEN.from : BETWEEN.after);
    const found = statement.iterate({ id, stream: stream ?? NO_BYTES, before, now, limit: page.limit + 1 });
    return cutPage(found, page.limit, packedOf);
  });
  const items = await mapSome(rows, (row) => {
    const place = { stream: text(row, 'stream'), id: text(row, 'id') };
    return rowFrom(
      place,
      () => toEvent(spill, row),
      () => shown(row),
    );
  });
  const last = more ? rows.at(-1) : undefined;
  if (last === undefined) return { items };
  return {
    items,
    cursor: spanCursor(span, { id: bytes(last, 'id_bytes'), stream: bytes(last, 'stream_bytes') }),
  };
}

export function createSqliteEvents({ database, objects, clock }: SqliteEventsDependencies): Events {
  const spill = createSpill(objects, clock, 'events');
  const everyIn = (span: Span, page: PageRequest) => every({ database, clock }, spill, span, page);
  return {
    async append({ stream, id, body, expiresAt }) {
      assertKey(stream, id);
      assertMoment(expiresAt);
      const { at = null, type = null } = indexedFields(body);
      const packing = spill.pack(JSON.stringify(body), expiresAt);
      const packed = packedColumns(packing instanceof Promise ? await packing : packing);
      const row = [stream, id, packed.body, packed.pointer, expiresAt.getTime(), at, type];
      return await database.run(
        'events',
        'write',
        (prepare) => Number(prepare(APPEND).run(...row).changes) === 1,
      );
    },
    async read(stream, id) {
      assertKey(stream, id);
      const row = await database.run('events', 'read', (prepare) =>
        prepare(READ).get({ stream, id, now: clock.now().getTime() }),
      );
      return row === undefined ? undefined : toEvent(spill, row);
    },
    async list(stream, { limit, cursor }) {
      assertPrefix(stream, '');
      assertLimit({ limit });
      const after = cursor === undefined ? '' : afterInList(stream, '', cursor);
      const { rows, more } = await database.run('events', 'read', (prepare) => {
        const now = clock.now().getTime();
        return cutPage(prepare(LIST).iterate({ stream, after, now, limit: limit + 1 }), limit, packedOf);
      });
      const items = await mapSome(rows, (row) => toEvent(spill, row));
      const last = more ? items.at(-1) : undefined;
      return last === undefined ? { items } : { items, cursor: makeCursor('list', [stream, last.id]) };
    },
    between: async (span, page) => eventsOf(await everyIn(span, page)),
    every: everyIn,
  };
}
