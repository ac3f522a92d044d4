// Records in the embedded database.
import type { Clock } from '../../ports/clock.ts';
import type { Objects } from '../../ports/objects.ts';
import type { RecordKey, RecordOptions, Records, StoredRecord } from '../../ports/records.ts';
import type { Json } from '../../shared/json.ts';
import {
  afterInIndex,
  afterInList,
  assertKey,
  assertLimit,
  assertPrefix,
  assertReadKeys,
  assertRecord,
  makeCursor,
} from '../keys.ts';
import { createSpill, cutPage, mapSome, type Packed, type Spill } from '../spill.ts';
import { afterPrefix, number, packedColumns, packedOf, type Row, text } from './rows.ts';
import type { EmbeddedDatabase } from './sqlite.ts';

export interface SqliteRecordsDependencies {
  readonly database: EmbeddedDatabase;
  readonly objects: Objects;
  readonly clock: Clock;
}

interface Context extends SqliteRecordsDependencies {
  readonly spill: Spill;
}

const CREATE = `
  INSERT INTO records (partition, sort, version, body, pointer, until, held, index_partition, index_sort)
  VALUES (:partition, :sort, 1, :body, :pointer, :until, :held, :indexPartition, :indexSort)
  ON CONFLICT (partition, sort) DO UPDATE SET
    version = 1, body = excluded.body, pointer = excluded.pointer, until = excluded.until, held = excluded.held,
    index_partition = excluded.index_partition, index_sort = excluded.index_sort
  WHERE records.held <= :now`;
const REPLACE = `
  UPDATE records SET
    version = version + 1, body = :body, pointer = :pointer, until = :until, held = :held,
    index_partition = :indexPartition, index_sort = :indexSort
  WHERE partition = :partition AND sort = :sort AND version = :version AND until > :now`;
const READ = 'SELECT * FROM records WHERE partition = :partition AND sort = :sort AND until > :now';
const LIST = `
  SELECT * FROM records
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

async function toRecord({ spill }: Context, row: Row): Promise<StoredRecord> {
  const value: Json = JSON.parse(await spill.unpack(packedOf(row)));
  const key = { partition: text(row, 'partition'), sort: text(row, 'sort') };
  return { key, version: number(row, 'version'), value };
}

/** The two that write. */
function writing(context: Context): Pick<Records, 'create' | 'replace'> {
  const { database, clock, spill } = context;
  const pack = (value: Json, { expiresAt }: RecordOptions) => spill.pack(JSON.stringify(value), expiresAt);
  return {
    async create(key, value, options) {
      assertRecord(key, options);
      const row = columns(key, await pack(value, options), options);
      const existing = await database.run('records', 'write', (prepare) => {
        const now = clock.now().getTime();
        if (Number(prepare(CREATE).run({ ...row, now }).changes) === 1) return undefined;
        const found = prepare(READ).get({ partition: row.partition, sort: row.sort, now });
        if (found === undefined) throw new Error('a record came and went');
        return found;
      });
      return existing === undefined
        ? { created: true }
        : { created: false, existing: await toRecord(context, existing) };
    },
    async replace(key, version, value, options) {
      assertRecord(key, options);
      const row = columns(key, await pack(value, options), options);
      return database.run('records', 'write', (prepare) => {
        const { changes } = prepare(REPLACE).run({ ...row, version, now: clock.now().getTime() });
        return Number(changes) === 1;
      });
    },
  };
}

/** The three that read. */
function reading(context: Context): Pick<Records, 'read' | 'list' | 'listIndex'> {
  const { database, clock } = context;
  return {
    async read(keys) {
      assertReadKeys(keys);
      const rows = await database.run('records', 'read', (prepare) => {
        const now = clock.now().getTime();
        return keys.map(({ partition, sort }) => prepare(READ).get({ partition, sort, now }));
      });
      return mapSome(rows, async (row) => (row === undefined ? undefined : toRecord(context, row)));
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
      const items = await mapSome(rows, (row) => toRecord(context, row));
      const last = more ? items.at(-1) : undefined;
      return last === undefined
        ? { items }
        : { items, cursor: makeCursor('list', [partition, last.key.sort]) };
    },
    async listIndex(indexPartition, { limit, cursor }) {
      assertKey(indexPartition, '-');
      assertLimit({ limit });
      const start = { indexSort: '', key: { partition: '', sort: '' } };
      const after = cursor === undefined ? start : afterInIndex(indexPartition, cursor);
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
  const context: Context = { ...dependencies, spill: createSpill(objects, clock, 'records') };
  return { ...writing(context), ...reading(context) };
}
