// Events in the embedded database.
import type { Clock } from '../../ports/clock.ts';
import type { Events, StoredEvent } from '../../ports/events.ts';
import type { Objects } from '../../ports/objects.ts';
import { leastId } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import { indexedFields } from '../event-fields.ts';
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
import { number, packedColumns, packedOf, type Row, text } from './rows.ts';
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
const BETWEEN = `
  SELECT * FROM events WHERE (id, stream) > (:id, :stream) AND id < :before AND until > :now
  ORDER BY id, stream LIMIT :limit`;

async function toEvent(spill: Spill, row: Row): Promise<StoredEvent> {
  const body: JsonObject = JSON.parse(await spill.unpack(packedOf(row)));
  const expiresAt = new Date(number(row, 'until'));
  return { stream: text(row, 'stream'), id: text(row, 'id'), body, expiresAt };
}

export function createSqliteEvents({ database, objects, clock }: SqliteEventsDependencies): Events {
  const spill = createSpill(objects, clock, 'events');
  return {
    async append({ stream, id, body, expiresAt }) {
      assertKey(stream, id);
      assertMoment(expiresAt);
      const { at = null, type = null } = indexedFields(body);
      const packed = packedColumns(await spill.pack(JSON.stringify(body), expiresAt));
      const row = [stream, id, packed.body, packed.pointer, expiresAt.getTime(), at, type];
      return database.run('events', 'write', (prepare) => Number(prepare(APPEND).run(...row).changes) === 1);
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
    async between(span, page) {
      assertSpan(span);
      assertLimit(page);
      const after = afterInSpan(span, page);
      const before = leastId('evt', span.until);
      const { rows, more } = await database.run('events', 'read', (prepare) => {
        const now = clock.now().getTime();
        const found = prepare(BETWEEN).iterate({ ...after, before, now, limit: page.limit + 1 });
        return cutPage(found, page.limit, packedOf);
      });
      const items = await mapSome(rows, (row) => toEvent(spill, row));
      const last = more ? items.at(-1) : undefined;
      return last === undefined ? { items } : { items, cursor: spanCursor(span, last) };
    },
  };
}
