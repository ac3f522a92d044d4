// Events of a span of time: a day's index partitions read side by side and merged, then their bodies.
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { Span, StoredEvent } from '../../ports/events.ts';
import type { Page } from '../../ports/records.ts';
import { isId, leastId, timeOf } from '../../shared/ids.ts';
import { type EventPlace, placeAt, spanCursor } from '../keys.ts';
import { cutPage, mapSome } from '../spill.ts';
import {
  type Context,
  indexPartition,
  keyAttributes,
  SHARDS,
  shardOf,
  toEvent,
} from './dynamo-event-items.ts';
import { batchGet, type Item, number, packedOf, text } from './dynamo-table.ts';

const INDEX = 'time';
const DAY = 86_400_000;
/** A page ends after that many days, however few events they had. */
const MOST_DAYS = 31;
const MOST_KEYS = 100;

/** Where events are, in order. They are all up to a place, or up to the end where there is none. */
interface Found {
  readonly places: readonly EventPlace[];
  readonly upTo: EventPlace | undefined;
}

/** What to read of one day. */
interface Part {
  readonly day: Date;
  readonly after: EventPlace;
  readonly before: string;
  readonly most: number;
}

function placeOf(item: Item): EventPlace {
  return { id: text(item, 'id'), stream: text(item, 'stream') };
}

function byId(a: EventPlace, b: EventPlace): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

async function inShard(
  { client, table }: Context,
  { day, after, before, most }: Part,
  shard: number,
  signal: AbortSignal,
): Promise<Found> {
  const partition = { S: indexPartition(day, shard) };
  // Events with the same id are all in one partition, where DynamoDB goes on after the one that was read last.
  const isThere = isId('evt', after.id) && shardOf(after.id) === shard;
  const { Items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: INDEX,
      KeyConditionExpression: '#day = :day AND id BETWEEN :from AND :before',
      ExpressionAttributeNames: { '#day': 'day' },
      // BETWEEN takes in both ends, and no event has the id that is the least of a moment.
      ExpressionAttributeValues: { ':day': partition, ':from': { S: after.id }, ':before': { S: before } },
      ExclusiveStartKey: isThere ? { ...keyAttributes(after), day: partition } : undefined,
      Limit: most + 1,
    }),
    { abortSignal: signal },
  );
  return { places: Items.map(placeOf), upTo: last === undefined ? undefined : placeOf(last) };
}

async function inDay(context: Context, part: Part, signal: AbortSignal): Promise<Found> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => inShard(context, part, shard, signal)),
  );
  // Of partitions with more to come, the one that has come least far says up to where these are all.
  const [upTo] = shards.flatMap((shard) => shard.upTo ?? []).sort(byId);
  const places = shards
    .flatMap((shard) => shard.places)
    .filter((place) => upTo === undefined || byId(place, upTo) <= 0)
    .sort(byId);
  if (places.length <= part.most) return { places, upTo };
  const shown = places.slice(0, part.most);
  return { places: shown, upTo: shown.at(-1) };
}

async function inSpan(
  context: Context,
  { until }: Span,
  most: number,
  start: EventPlace,
  signal: AbortSignal,
): Promise<Found> {
  const places: EventPlace[] = [];
  const before = leastId('evt', until);
  let after = start;
  for (let days = 0; days < MOST_DAYS && places.length < most; days += 1) {
    const at = timeOf('evt', after.id)?.getTime() ?? 0;
    const day = new Date(at - (at % DAY));
    const found = await inDay(context, { day, after, before, most: most - places.length }, signal);
    places.push(...found.places);
    if (found.upTo !== undefined) return { places, upTo: found.upTo };
    const nextDay = new Date(day.getTime() + DAY);
    if (nextDay >= until) return { places, upTo: undefined };
    after = placeAt(nextDay);
  }
  return { places, upTo: after };
}

/** The events at the first of these places, as many as fit a page; the place of the last if that is not all. */
async function atPlaces(
  context: Context,
  places: readonly EventPlace[],
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Item[]; readonly upTo: EventPlace | undefined }> {
  const nameOf = ({ stream, id }: EventPlace) => JSON.stringify([stream, id]);
  const now = context.clock.now().getTime();
  let rows: readonly Item[] = [];
  for (let from = 0; from < places.length; from += MOST_KEYS) {
    const some = places.slice(from, from + MOST_KEYS);
    const items = await batchGet(context, some.map(keyAttributes), signal);
    const byName = new Map(items.map((item) => [nameOf(placeOf(item)), item]));
    const live = some.flatMap((place) => {
      const item = byName.get(nameOf(place));
      // What is not there was removed since the index was read.
      return item !== undefined && number(item, 'until') > now ? [item] : [];
    });
    const cut = cutPage([...rows, ...live], places.length, packedOf);
    rows = cut.rows;
    const last = rows.at(-1);
    if (cut.more && last !== undefined) return { rows, upTo: placeOf(last) };
  }
  return { rows, upTo: undefined };
}

/** One page, of a bounded number of requests. */
export async function between(
  context: Context,
  span: Span,
  limit: number,
  after: EventPlace,
  signal: AbortSignal,
): Promise<Page<StoredEvent>> {
  if (span.from >= span.until) return { items: [] };
  const found = await inSpan(context, span, limit, after, signal);
  const { rows, upTo = found.upTo } = await atPlaces(context, found.places, signal);
  const items = await mapSome(rows, (item) => toEvent(context, item));
  return upTo === undefined ? { items } : { items, cursor: spanCursor(span, upTo) };
}
