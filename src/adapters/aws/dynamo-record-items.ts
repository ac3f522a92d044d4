// How a record lies in DynamoDB: as an item, and back.
import { randomUUID } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { CountedValue, RecordKey, RecordOptions, StoredRecord } from '../../ports/records.ts';
import type { Json } from '../../shared/json.ts';
import type { Spill } from '../spill.ts';
import { expiryAttributes, type Item, number, packedAttributes, packedOf, text } from './dynamo-table.ts';

export interface Context {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
  readonly spill: Spill;
}

export function keyAttributes(key: RecordKey): Item {
  return { pk: { S: key.partition }, sk: { S: key.sort } };
}

export function keyOf(item: Item): RecordKey {
  return { partition: text(item, 'pk'), sort: text(item, 'sk') };
}

export function isLive(item: Item, now: Date): boolean {
  return number(item, 'until') > now.getTime();
}

export function indexAttributes(index: RecordKey | undefined): Item {
  return index === undefined ? {} : { ipk: { S: index.partition }, isk: { S: index.sort } };
}

export async function toItem(
  context: Context,
  key: RecordKey,
  version: number,
  value: Json,
  options: RecordOptions,
): Promise<Item> {
  const { expiresAt, heldUntil = expiresAt, index } = options;
  const held = Math.min(heldUntil.getTime(), expiresAt.getTime());
  return {
    ...keyAttributes(key),
    ...packedAttributes(await context.spill.pack(JSON.stringify(value), expiresAt)),
    ...expiryAttributes(expiresAt),
    ...indexAttributes(index),
    held: { N: String(held) },
    v: { N: String(version) },
    w: { S: randomUUID() },
  };
}

/** A counter is a record whose body is the latest value, with `n`, the count, and `first` beside it. */
export function isCounter(item: Item): boolean {
  return item['n'] !== undefined;
}

function countedValue(item: Item, last: Json): CountedValue {
  return { count: number(item, 'n'), first: JSON.parse(text(item, 'first')), last };
}

export async function toRecord({ spill }: Context, item: Item): Promise<StoredRecord> {
  const body: Json = JSON.parse(await spill.unpack(packedOf(item)));
  const value = isCounter(item) ? { ...countedValue(item, body) } : body;
  return { key: keyOf(item), version: number(item, 'v'), value };
}

export async function getItem({ client, table }: Context, key: RecordKey, signal: AbortSignal) {
  const answer = await client.send(
    new GetItemCommand({ TableName: table, Key: keyAttributes(key), ConsistentRead: true }),
    { abortSignal: signal },
  );
  return answer.Item;
}
