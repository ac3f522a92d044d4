// Events of a span of time: a day's index partitions read side by side and merged, then their bodies.
import { QueryCommand } from '@aws-sdk/client-dynamodb';
import type { EventRow, Span } from '../../ports/events.ts';
import { BadCursor, type Page } from '../../ports/records.ts';
import { leastId } from '../../shared/ids.ts';
import { byUtf8, type EventPlace, spanCursor } from '../keys.ts';
import { cutPage, mapSome } from '../spill.ts';
import {
  type Context,
  type EventKey,
  indexPartition,
  keyAttributes,
  keyOf,
  SHARDS,
  shardOf,
  toRow,
} from './dynamo-event-items.ts';
import { batchGet, type Item, packedOf } from './dynamo-table.ts';

const INDEX = 'time';
const DAY = 86_400_000;
/** A page ends after that many days, however few events they had. */
const MOST_DAYS = 31;
const MOST_KEYS = 100;

/**
 * A place in the index. Nobody but the broker should write there, but nothing depends on it: an entry is in order
 * wherever in its day it lies, whatever its id is. One that lies in another day is in no span.
 */
interface Place extends EventKey {
  /** The partition of the day; before all of them where it is no event's. */
  readonly shard: number;
}

const BEFORE_SHARDS = -1;

/** Where entries are, in order. They are all up to a place, or up to the end where there is none. */
interface Found {
  readonly places: readonly Place[];
  readonly upTo: Place | undefined;
}

/** What to read of one day. */
interface Part {
  readonly day: Date;
  readonly after: Place;
  readonly before: string;
  readonly most: number;
}

/** Within a partition, entries with the same id are in an order that only DynamoDB knows. */
function byPlace(a: Place, b: Place): number {
  return byUtf8(a.id, b.id) || a.shard - b.shard;
}

/** Right before all with that id, or with a later one. */
function placeFrom(id: string): Place {
  return { id, stream: '', shard: BEFORE_SHARDS };
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString();
  if (text === '' || !Buffer.from(text).equals(bytes)) throw new BadCursor();
  return text;
}

/** Throws `BadCursor` where that can't be a place in a table of DynamoDB's. */
export function placeAfter({ id: bytes, stream, shard }: EventPlace): Place {
  const id = textOf(bytes);
  if (stream === undefined) return placeFrom(id);
  return { id, stream: textOf(stream), shard: shard ?? shardOf(id) };
}

function toCursor(span: Span, { id, stream, shard }: Place): string {
  if (shard === BEFORE_SHARDS) return spanCursor(span, { id: Buffer.from(id) });
  return spanCursor(span, { id: Buffer.from(id), stream: Buffer.from(stream), shard });
}

async function inShard(
  { client, table }: Context,
  { day, after, before, most }: Part,
  shard: number,
  signal: AbortSignal,
): Promise<Found> {
  const partition = { S: indexPartition(day, shard) };
  // Of the id that was read last, partitions before that one are done, and those after it are to come.
  const from = shard < after.shard ? '>' : '>=';
  const { Items = [], LastEvaluatedKey: last } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: INDEX,
      KeyConditionExpression: `#day = :day AND id ${from} :after`,
      ExpressionAttributeNames: { '#day': 'day' },
      ExpressionAttributeValues: { ':day': partition, ':after': { S: after.id } },
      ExclusiveStartKey: shard === after.shard ? { ...keyAttributes(after), day: partition } : undefined,
      Limit: most + 1,
    }),
    { abortSignal: signal },
  );
  const inPart = (item: Item) => {
    const place = { ...keyOf(item), shard };
    // A condition has one bound, and BETWEEN none that is left out.
    return byUtf8(place.id, before) < 0 ? [place] : [];
  };
  return { places: Items.flatMap(inPart), upTo: last === undefined ? undefined : inPart(last)[0] };
}

async function inDay(context: Context, part: Part, signal: AbortSignal): Promise<Found> {
  const shards = await Promise.all(
    Array.from({ length: SHARDS }, (_, shard) => inShard(context, part, shard, signal)),
  );
  // Of partitions with more to come, the one that has come least far says up to where these are all.
  const [upTo] = shards.flatMap((shard) => shard.upTo ?? []).sort(byPlace);
  const places = shards
    .flatMap((shard) => shard.places)
    .filter((place) => upTo === undefined || byPlace(place, upTo) <= 0)
    .sort(byPlace);
  if (places.length <= part.most) return { places, upTo };
  const shown = places.slice(0, part.most);
  return { places: shown, upTo: shown.at(-1) };
}

/** The last day of the span that begins no later than that id: an id that is none has no time of its own. */
function dayOf(id: string, { from, until }: Span): Date {
  const dayIn = (moment: Date) => Math.floor(Math.max(moment.getTime(), 0) / DAY);
  let [first, last] = [dayIn(from), dayIn(until)];
  while (first < last) {
    const middle = Math.ceil((first + last) / 2);
    if (leastId('evt', new Date(middle * DAY)) <= id) first = middle;
    else last = middle - 1;
  }
  return new Date(first * DAY);
}

async function inSpan(
  context: Context,
  span: Span,
  most: number,
  start: Place,
  signal: AbortSignal,
): Promise<Found> {
  const places: Place[] = [];
  let day = dayOf(start.id, span);
  let after = start;
  for (let days = 0; days < MOST_DAYS && places.length < most; days += 1) {
    const nextDay = new Date(day.getTime() + DAY);
    const before = leastId('evt', nextDay < span.until ? nextDay : span.until);
    const found = await inDay(context, { day, after, before, most: most - places.length }, signal);
    places.push(...found.places);
    if (found.upTo !== undefined) return { places, upTo: found.upTo };
    if (nextDay >= span.until) return { places, upTo: undefined };
    after = placeFrom(before);
    day = nextDay;
  }
  return { places, upTo: after };
}

interface Located {
  readonly place: Place;
  readonly item: Item;
}

/** The items at the first of these places, as many as fit a page; the place of the last if that is not all. */
async function atPlaces(
  context: Context,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<{ readonly rows: readonly Located[]; readonly upTo: Place | undefined }> {
  const nameOf = ({ stream, id }: EventKey) => JSON.stringify([stream, id]);
  const now = context.clock.now().getTime();
  let rows: readonly Located[] = [];
  for (let from = 0; from < places.length; from += MOST_KEYS) {
    const some = places.slice(from, from + MOST_KEYS);
    const items = await batchGet(context, some.map(keyAttributes), signal);
    const byName = new Map(items.map((item) => [nameOf(keyOf(item)), item]));
    const live = some.flatMap((place) => {
      const item = byName.get(nameOf(place));
      // What is not there was removed since the index was read. What has no expiry is not over, and is no event.
      return item === undefined || Number(item['until']?.N) <= now ? [] : [{ place, item }];
    });
    const cut = cutPage([...rows, ...live], places.length, ({ item }) => packedOf(item));
    rows = cut.rows;
    if (cut.more) return { rows, upTo: rows.at(-1)?.place };
  }
  return { rows, upTo: undefined };
}

/** One page, of a bounded number of requests. */
export async function every(
  context: Context,
  span: Span,
  limit: number,
  after: Place,
  signal: AbortSignal,
): Promise<Page<EventRow>> {
  if (span.from >= span.until) return { items: [] };
  const found = await inSpan(context, span, limit, after, signal);
  const { rows, upTo = found.upTo } = await atPlaces(context, found.places, signal);
  const items = await mapSome(rows, ({ item }) => toRow(context, item));
  return upTo === undefined ? { items } : { items, cursor: toCursor(span, upTo) };
}
