// Records in one DynamoDB table, written by conditional puts; only counters are updated.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { Objects } from '../../ports/objects.ts';
import type {
  Created,
  IndexPageRequest,
  Page,
  RecordKey,
  Records,
  StoredRecord,
} from '../../ports/records.ts';
import { additionOf } from '../counters.ts';
import { withinDeadline } from '../faults.ts';
import {
  afterInIndex,
  afterInList,
  assertIndexPage,
  assertLimit,
  assertPrefix,
  assertReadKeys,
  assertRecord,
  type IndexPlace,
  makeCursor,
} from '../keys.ts';
import { createSpill, cutPage, mapSome } from '../spill.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { count } from './dynamo-counters.ts';
import {
  type Context,
  getItem,
  isLive,
  keyAttributes,
  keyOf,
  toItem,
  toRecord,
} from './dynamo-record-items.ts';
import { batchGet, type Item, packedOf, putIf, queryUpTo, sameWriter, text } from './dynamo-table.ts';

export interface DynamoRecordsDependencies {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly deadlineMilliseconds?: number;
}

const INDEX = 'index';
/** How often a create starts over because what stood in its way was gone when it looked. */
const CREATE_ATTEMPTS = 3;

async function create(context: Context, item: Item, signal: AbortSignal): Promise<Created> {
  const { client, table, clock } = context;
  for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt += 1) {
    const now = clock.now();
    const result = await putIf(
      client,
      {
        TableName: table,
        Item: item,
        // `held` is never later than `until`, so that it covers expiry too.
        ConditionExpression: 'attribute_not_exists(pk) OR held <= :now',
        ExpressionAttributeValues: { ':now': { N: String(now.getTime()) } },
      },
      signal,
    );
    if (result.put) return { created: true };
    const existing = result.existing ?? (await getItem(context, keyOf(item), signal));
    if (existing !== undefined && sameWriter(existing, item)) return { created: true };
    if (existing !== undefined && isLive(existing, now)) {
      return { created: false, existing: await toRecord(context, existing) };
    }
  }
  throw new Error('a record came and went');
}

async function replace(context: Context, item: Item, version: number, signal: AbortSignal): Promise<boolean> {
  const { client, table, clock } = context;
  const result = await putIf(
    client,
    {
      TableName: table,
      Item: item,
      ConditionExpression: 'v = :version AND #until > :now AND attribute_not_exists(n)',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: {
        ':version': { N: String(version) },
        ':now': { N: String(clock.now().getTime()) },
      },
    },
    signal,
  );
  if (result.put) return true;
  const existing = result.existing ?? (await getItem(context, keyOf(item), signal));
  return existing !== undefined && sameWriter(existing, item);
}

async function read(context: Context, keys: readonly RecordKey[], signal: AbortSignal) {
  const nameOf = (key: RecordKey) => JSON.stringify([key.partition, key.sort]);
  // DynamoDB refuses a batch that names a key twice.
  const distinct = new Map(keys.map((key) => [nameOf(key), keyAttributes(key)]));
  const items = await batchGet(context, [...distinct.values()], signal);
  const now = context.clock.now();
  const live = items.filter((item) => isLive(item, now));
  const records = await mapSome(live, (item) => toRecord(context, item));
  const byName = new Map(records.map((record) => [nameOf(record.key), record]));
  return keys.map((key) => byName.get(nameOf(key)));
}

async function list(
  context: Context,
  partition: string,
  prefix: string,
  limit: number,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Page<StoredRecord>> {
  const { client, table, clock } = context;
  const condition = prefix === '' ? 'pk = :pk' : 'pk = :pk AND begins_with(sk, :prefix)';
  const found = await queryUpTo(
    client,
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: condition,
      FilterExpression: '#until > :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: {
        ':pk': { S: partition },
        ':now': { N: String(clock.now().getTime()) },
        ...(prefix !== '' && { ':prefix': { S: prefix } }),
      },
      ExclusiveStartKey: after === undefined ? undefined : keyAttributes({ partition, sort: after }),
    },
    limit + 1,
    signal,
  );
  const { rows, more } = cutPage(found.items, limit, packedOf);
  const items = await mapSome(rows, (item) => toRecord(context, item));
  const last = more ? rows.at(-1) : found.last;
  return last === undefined
    ? { items }
    : { items, cursor: makeCursor('list', [partition, text(last, 'sk')]) };
}

async function listIndex(
  { client, table }: Context,
  partition: string,
  { limit, from }: IndexPageRequest,
  after: IndexPlace | undefined,
  signal: AbortSignal,
): Promise<Page<RecordKey>> {
  const found = await queryUpTo(
    client,
    {
      TableName: table,
      IndexName: INDEX,
      KeyConditionExpression: from === undefined ? 'ipk = :ipk' : 'ipk = :ipk AND isk >= :from',
      ExpressionAttributeValues: {
        ':ipk': { S: partition },
        ...(from !== undefined && { ':from': { S: from } }),
      },
      ExclusiveStartKey: after && {
        ...keyAttributes(after.key),
        ipk: { S: partition },
        isk: { S: after.indexSort },
      },
    },
    limit + 1,
    signal,
  );
  const shown = found.items.slice(0, limit);
  const items = shown.map(keyOf);
  const last = found.items.length > limit ? shown.at(-1) : found.last;
  if (last === undefined) return { items };
  return {
    items,
    cursor: makeCursor('index', [partition, text(last, 'isk'), text(last, 'pk'), text(last, 'sk')]),
  };
}

export function createDynamoRecords(dependencies: DynamoRecordsDependencies): Records {
  const { client, table, objects, clock, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  const context: Context = { client, table, clock, spill: createSpill(objects, clock, 'records') };
  const within = <T>(work: (signal: AbortSignal) => Promise<T>) =>
    withinDeadline('records', deadlineMilliseconds, work);
  return {
    async create(key, value, options) {
      assertRecord(key, options);
      return within(async (signal) => create(context, await toItem(context, key, 1, value, options), signal));
    },
    async replace(key, version, value, options) {
      assertRecord(key, options);
      return within(async (signal) =>
        replace(context, await toItem(context, key, version + 1, value, options), version, signal),
      );
    },
    async count(key, by, first, last, options) {
      assertRecord(key, options);
      const addition = additionOf(by, first, last);
      return within((signal) => count(context, key, addition, options, signal));
    },
    async read(keys) {
      assertReadKeys(keys);
      return within((signal) => read(context, keys, signal));
    },
    async list(partition, sortPrefix, page) {
      assertPrefix(partition, sortPrefix);
      assertLimit(page);
      const after = page.cursor === undefined ? undefined : afterInList(partition, sortPrefix, page.cursor);
      return within((signal) => list(context, partition, sortPrefix, page.limit, after, signal));
    },
    async listIndex(partition, page) {
      assertIndexPage(partition, page);
      const after = afterInIndex(partition, page);
      return within((signal) => listIndex(context, partition, page, after, signal));
    },
  };
}
