// How events lie in their table, and in its index by time.
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { EventRow, StoredEvent } from '../../ports/events.ts';
import type { Objects } from '../../ports/objects.ts';
import { sha256 } from '../../shared/hash.ts';
import { timeOf } from '../../shared/ids.ts';
import type { Json, JsonObject } from '../../shared/json.ts';
import { eventFrom, rowFrom } from '../event-rows.ts';
import type { Spill } from '../spill.ts';
import { type Item, number, packedOf, text } from './dynamo-table.ts';

export interface DynamoEventsDependencies {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly objects: Objects;
  readonly clock: Clock;
  readonly deadlineMilliseconds?: number;
}

export interface Context extends DynamoEventsDependencies {
  readonly spill: Spill;
}

export type EventKey = Pick<StoredEvent, 'stream' | 'id'>;

export function keyAttributes({ stream, id }: EventKey): Item {
  return { stream: { S: stream }, id: { S: id } };
}

export function keyOf(item: Item): EventKey {
  return { stream: text(item, 'stream'), id: text(item, 'id') };
}

export async function toEvent({ spill }: Pick<Context, 'spill'>, item: Item): Promise<StoredEvent> {
  return eventFrom(keyOf(item), await spill.unpack(packedOf(item)), number(item, 'until'));
}

/** Bytes, which JSON has not got, in base 64. */
function shown(value: unknown): Json {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(shown);
  return typeof value === 'object' && value !== null ? shownMembers(value) : (value as Json);
}

function shownMembers(object: object): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, shown(value)]));
}

export function toRow(context: Pick<Context, 'spill'>, item: Item): Promise<EventRow> {
  return rowFrom(
    keyOf(item),
    () => toEvent(context, item),
    () => shownMembers(item),
  );
}

/** A day's events are spread over so many partitions: in one, each write of that day would meet all the others. */
export const SHARDS = 8;

/** Of events with the same id, all. */
export function shardOf(id: string): number {
  return Number.parseInt(sha256(id).slice(0, 8), 16) % SHARDS;
}

export function indexPartition(day: Date, shard: number): string {
  return `${day.toISOString().split('T')[0]}#${shard}`;
}

/** The index's partition; its sort key is the event's id. What is no id has no time, and stays out of the index. */
export function indexAttributes(id: string): Item {
  const at = timeOf('evt', id);
  return at === undefined ? {} : { day: { S: indexPartition(at, shardOf(id)) } };
}
