// Events in one DynamoDB table that the broker may only put into.
import { randomUUID } from 'node:crypto';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Events, Span, StoredEvent } from '../../ports/events.ts';
import type { Page, PageRequest } from '../../ports/records.ts';
import { indexedFields } from '../event-fields.ts';
import { eventsOf } from '../event-rows.ts';
import { withinDeadline } from '../faults.ts';
import {
  afterInList,
  afterInSpan,
  assertKey,
  assertLimit,
  assertMoment,
  assertPrefix,
  assertSpan,
  makeCursor,
} from '../keys.ts';
import { createSpill, cutPage, mapSome } from '../spill.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import {
  type Context,
  type DynamoEventsDependencies,
  indexAttributes,
  keyAttributes,
  toEvent,
} from './dynamo-event-items.ts';
import { every, placeAfter } from './dynamo-events-between.ts';
import {
  expiryAttributes,
  type Item,
  number,
  packedAttributes,
  packedOf,
  putIf,
  queryUpTo,
  sameWriter,
  text,
} from './dynamo-table.ts';

async function getItem({ client, table }: Context, stream: string, id: string, signal: AbortSignal) {
  const answer = await client.send(
    new GetItemCommand({ TableName: table, Key: keyAttributes({ stream, id }), ConsistentRead: true }),
    { abortSignal: signal },
  );
  return answer.Item;
}

async function append(context: Context, event: StoredEvent, signal: AbortSignal): Promise<boolean> {
  const { at, type } = indexedFields(event.body);
  const item: Item = {
    ...keyAttributes(event),
    ...indexAttributes(event.id),
    ...packedAttributes(await context.spill.pack(JSON.stringify(event.body), event.expiresAt)),
    ...expiryAttributes(event.expiresAt),
    ...(at !== undefined && { at: { S: at } }),
    ...(type !== undefined && { type: { S: type } }),
    w: { S: randomUUID() },
  };
  const result = await putIf(
    context.client,
    // An expired event is not taken over either: until TTL removes it, its place is filled.
    { TableName: context.table, Item: item, ConditionExpression: 'attribute_not_exists(id)' },
    signal,
  );
  if (result.put) return true;
  if (result.existing !== undefined) return false;
  try {
    const existing = await getItem(context, event.stream, event.id, signal);
    return existing !== undefined && sameWriter(existing, item);
  } catch (error) {
    // Who may only put cannot look whose event it met: then it is not ours.
    if (error instanceof Error && error.name === 'AccessDeniedException') return false;
    throw error;
  }
}

async function list(
  context: Context,
  stream: string,
  limit: number,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Page<StoredEvent>> {
  const { client, table, clock } = context;
  const found = await queryUpTo(
    client,
    {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: '#stream = :stream',
      FilterExpression: '#until > :now',
      ExpressionAttributeNames: { '#stream': 'stream', '#until': 'until' },
      ExpressionAttributeValues: {
        ':stream': { S: stream },
        ':now': { N: String(clock.now().getTime()) },
      },
      ExclusiveStartKey: after === undefined ? undefined : keyAttributes({ stream, id: after }),
    },
    limit + 1,
    signal,
  );
  const { rows, more } = cutPage(found.items, limit, packedOf);
  const items = await mapSome(rows, (item) => toEvent(context, item));
  const last = more ? rows.at(-1) : found.last;
  return last === undefined ? { items } : { items, cursor: makeCursor('list', [stream, text(last, 'id')]) };
}

export function createDynamoEvents(dependencies: DynamoEventsDependencies): Events {
  const { objects, clock, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  const context: Context = { ...dependencies, spill: createSpill(objects, clock, 'events') };
  const within = <T>(work: (signal: AbortSignal) => Promise<T>) =>
    withinDeadline('events', deadlineMilliseconds, work);
  const everyIn = async (span: Span, page: PageRequest) => {
    assertSpan(span);
    assertLimit(page);
    const after = placeAfter(afterInSpan(span, page));
    return within((signal) => every(context, span, page.limit, after, signal));
  };
  return {
    async append(event) {
      assertKey(event.stream, event.id);
      assertMoment(event.expiresAt);
      return within((signal) => append(context, event, signal));
    },
    async read(stream, id) {
      assertKey(stream, id);
      return within(async (signal) => {
        const item = await getItem(context, stream, id, signal);
        if (item === undefined || number(item, 'until') <= clock.now().getTime()) return undefined;
        return toEvent(context, item);
      });
    },
    async list(stream, page) {
      assertPrefix(stream, '');
      assertLimit(page);
      const after = page.cursor === undefined ? undefined : afterInList(stream, '', page.cursor);
      return within((signal) => list(context, stream, page.limit, after, signal));
    },
    between: async (span, page) => eventsOf(await everyIn(span, page)),
    every: everyIn,
  };
}
