// Records in the embedded database.
import type { Clock } from '../../ports/clock.ts';
import type { Objects } from '../../ports/objects.ts';
import type { CountedValue, RecordKey, RecordOptions, Records, StoredRecord } from '../../ports/records.ts';
import { Unavailable } from '../../shared/errors.ts';
import type { Json } from '../../shared/json.ts';
import { additionOf } from '../counters.ts';
import {
  afterInIndex,
  afterInList,
  assertIndexPage,
  assertLimit,
  assertPrefix,
  assertReadKeys,
  assertRecord,
  makeCursor,
} from '../keys.ts';
import { createSpill, cutPage, mapSome, type Packed, type Spill } from '../spill.ts';
import { createParser } from './read-again.ts';
import { afterPrefix, number, packedColumns, packedOf, type Row, text } from './rows.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface SqliteRecordsDependencies {
  readonly database: EmbeddedDatabase;
  readonly objects: Objects;
  readonly clock: Clock;
}

interface Context extends SqliteRecordsDependencies {
  readonly spill: Spill;
  /** For what is read by its key. */
  readonly parsed: (name: string, text: string) => Json;
}

// What every call runs is bound in order: to find a parameter by its name costs more than to bind it.
const CREATE = `
  INSERT INTO records (partition, sort, version, body, pointer, until, held, index_partition, index_sort)
  VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (partition, sort) DO UPDATE SET
    version = 1, body = excluded.body, pointer = excluded.pointer, until = excluded.until, held = excluded.held,
    index_partition = excluded.index_partition, index_sort = excluded.index_sort, count = NULL, first = NULL
  WHERE records.held <= ?`;
const REPLACE = `
  UPDATE records SET
    version = version + 1, body = ?, pointer = ?, held = ?, until = ?, index_partition = ?, index_sort = ?
  WHERE partition = ? AND sort = ? AND version = ? AND until > ? AND count IS NULL`;
// To set a column, even to what it is, writes the pages of every index on it: mostly none of these three changes.
const REPLACE_BODY = `
  UPDATE records SET version = version + 1, body = ?, pointer = ?, held = ?
  WHERE until = ? AND index_partition IS ? AND index_sort IS ?
    AND partition = ? AND sort = ? AND version = ? AND until > ? AND count IS NULL`;
// A record that is no counter has no count to compare, so that it is left alone while it lives.
const COUNT = `
  INSERT INTO records
    (partition, sort, version, body, pointer, until, held, index_partition, index_sort, count, first)
  VALUES
    (:partition, :sort, 1, :body, :pointer, :until, :held, :indexPartition, :indexSort, :by, :first)
  ON CONFLICT (partition, sort) DO UPDATE SET
    version = 1, body = excluded.body, pointer = excluded.pointer, until = excluded.until, held = excluded.held,
    index_partition = excluded.index_partition, index_sort = excluded.index_sort,
    count = iif(records.until > :now, records.count, 0) + excluded.count,
    first = iif(records.until > :now, records.first, excluded.first)
  WHERE records.until <= :now OR records.count <= :most
  RETURNING count`;
const VALUE = 'version, body, pointer, count, first';
const READ = `SELECT ${VALUE} FROM records WHERE partition = ? AND sort = ? AND until > ?`;
const LIST = `
  SELECT sort, ${VALUE} FROM records
  WHERE partition = :partition AND sort >= :prefix AND sort < :afterPrefix AND sort > :after AND until > :now
  ORDER BY sort LIMIT :limit`;
const LIST_INDEX = `
  SELECT index_sort, partition, sort FROM records
  WHERE index_partition = :indexPartition
    AND (index_sort, partition, sort) > (:indexSort, :partition, :sort)
  ORDER BY index_sort, partition, sort LIMIT :limit`;

function columns(key: RecordKey, packed: Packed, { expiresAt, heldUntil, index }: RecordOptions) {
  const until = expiresAt.getTime();
  return {
    partition: key.partition,
    sort: key.sort,
    ...packedColumns(packed),
    until,
    held: Math.min(heldUntil?.getTime() ?? until, until),
    indexPartition: index?.partition ?? null,
    indexSort: index?.sort ?? null,
  };
}

function countedValue(row: Row, last: Json): CountedValue {
  return { count: number(row, 'count'), first: JSON.parse(text(row, 'first')), last };
}

/** At once, but for a large value. */
function toRecord(
  { spill }: Context,
  { partition, sort }: RecordKey,
  row: Row,
  parsed: (text: string) => Json = JSON.parse,
): StoredRecord | Promise<StoredRecord> {
  const withBody = (json: string): StoredRecord => {
    const body = parsed(json);
    const value = row['count'] === null ? body : { ...countedValue(row, body) };
    return { key: { partition, sort }, version: number(row, 'version'), value };
  };
  const packed = packedOf(row);
  return 'body' in packed ? withBody(packed.body) : spill.unpack(packed).then(withBody);
}

/** The three that write. */
function writing(context: Context): Pick<Records, 'create' | 'replace' | 'count'> {
  const { database, clock, spill } = context;
  const pack = (value: Json, { expiresAt }: RecordOptions) => spill.pack(JSON.stringify(value), expiresAt);
  return {
    async create(key, value, options) {
      assertRecord(key, options);
      const packing = pack(value, options);
      const packed = packing instanceof Promise ? await packing : packing;
      const row = columns(key, packed, options);
      const { partition, sort, body, pointer, until, held, indexPartition, indexSort } = row;
      const existing = await database.run('records', 'write', (prepare) => {
        const now = clock.now().getTime();
        const bound = [partition, sort, body, pointer, until, held, indexPartition, indexSort, now];
        if (Number(prepare(CREATE).run(...bound).changes) === 1) return undefined;
        const found = prepare(READ).get(partition, sort, now);
        if (found === undefined) throw new Error('a record came and went');
        return found;
      });
      return existing === undefined
        ? { created: true }
        : { created: false, existing: await toRecord(context, { partition, sort }, existing) };
    },
    async replace(key, version, value, options) {
      assertRecord(key, options);
      const packing = pack(value, options);
      const packed = packing instanceof Promise ? await packing : packing;
      const row = columns(key, packed, options);
      const { partition, sort, body, pointer, held, until, indexPartition, indexSort } = row;
      return await database.run('records', 'write', (prepare) => {
        const now = clock.now().getTime();
        const bound = [body, pointer, held, until, indexPartition, indexSort, partition, sort, version, now];
        const isChangedBy = (sql: string) => Number(prepare(sql).run(...bound).changes) === 1;
        return isChangedBy(REPLACE_BODY) || isChangedBy(REPLACE);
      });
    },
    async count(key, by, first, last, { expiresAt, index }) {
      const options = { expiresAt, ...(index && { index }) };
      assertRecord(key, options);
      const { last: body, ...addition } = additionOf(by, first, last);
      const row = columns(key, { body }, options);
      const counted = await database.run('records', 'write', (prepare) =>
        prepare(COUNT).get({ ...row, ...addition, now: clock.now().getTime() }),
      );
      // Thrown here and not above, where it would take with it what else the transaction holds.
      if (counted === undefined) throw new Unavailable('records', new Error('no counter, or a full one'));
      return number(counted, 'count');
    },
  };
}

/** The three that read. */
function reading(context: Context): Pick<Records, 'read' | 'list' | 'listIndex'> {
  const { database, clock } = context;
  return {
    async read(keys) {
      assertReadKeys(keys);
      const found = await database.run('records', 'read', (prepare) => {
        const now = clock.now().getTime();
        const statement = prepare(READ);
        return keys.map((key) => ({ key, row: statement.get(key.partition, key.sort, now) }));
      });
      return await mapSome(found, ({ key, row }) => {
        if (row === undefined) return undefined;
        return toRecord(context, key, row, (text) => context.parsed(`${key.partition}\n${key.sort}`, text));
      });
    },
    async list(partition, sortPrefix, page) {
      assertPrefix(partition, sortPrefix);
      assertLimit(page);
      const { limit, cursor } = page;
      const after = cursor === undefined ? '' : afterInList(partition, sortPrefix, cursor);
      const bounds = { partition, prefix: sortPrefix, afterPrefix: afterPrefix(sortPrefix), after };
      const { rows, more } = await database.run('records', 'read', (prepare) => {
        const now = clock.now().getTime();
        return cutPage(prepare(LIST).iterate({ ...bounds, now, limit: limit + 1 }), limit, packedOf);
      });
      const items = await mapSome(rows, (row) =>
        toRecord(context, { partition, sort: text(row, 'sort') }, row),
      );
      const last = more ? items.at(-1) : undefined;
      return last === undefined
        ? { items }
        : { items, cursor: makeCursor('list', [partition, last.key.sort]) };
    },
    async listIndex(indexPartition, page) {
      assertIndexPage(indexPartition, page);
      const { limit, from = '' } = page;
      // No part of a key is empty: nothing at `from` comes before this.
      const start = { indexSort: from, key: { partition: '', sort: '' } };
      const after = afterInIndex(indexPartition, page) ?? start;
      const bounds = { indexPartition, indexSort: after.indexSort, ...after.key, limit: limit + 1 };
      const rows = await database.run('records', 'read', (prepare) => prepare(LIST_INDEX).all(bounds));
      const shown = rows.slice(0, limit);
      const items = shown.map((row) => ({ partition: text(row, 'partition'), sort: text(row, 'sort') }));
      const last = rows.length > limit ? shown.at(-1) : undefined;
      if (last === undefined) return { items };
      const place = ['index_sort', 'partition', 'sort'].map((column) => text(last, column));
      return { items, cursor: makeCursor('index', [indexPartition, ...place]) };
    },
  };
}

export function createSqliteRecords(dependencies: SqliteRecordsDependencies): Records {
  const { objects, clock } = dependencies;
  const spill = createSpill(objects, clock, 'records');
  const context: Context = { ...dependencies, spill, parsed: createParser() };
  return { ...writing(context), ...reading(context) };
}
