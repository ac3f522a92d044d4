// What only DynamoDB can do to a read of a span: many partitions, many days, keys left unread, an index that lags.
import { DynamoDBClient, type QueryCommandInput, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDynamoEvents } from '../../../src/adapters/aws/dynamo-events.ts';
import type { Events, Span } from '../../../src/ports/events.ts';
import { makeId } from '../../../src/shared/ids.ts';
import { clientOptions } from '../../contract/support/aws.ts';
import { DAY, HOUR, movableClock } from '../../contract/support/clock.ts';
import { EVENTS_TABLE, type LocalDynamo, startDynamo } from '../../contract/support/dynamo.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { onAttempt } from './wire.ts';

let dynamo: LocalDynamo;
const clients: DynamoDBClient[] = [];
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await dynamo.close();
});

interface Batch {
  readonly RequestItems: Readonly<Record<string, { readonly Keys: readonly object[] }>>;
}

const idOf = (item: object) => (item as { readonly id: { readonly S: string } }).id.S;

let days = Date.parse('2030-01-01T00:00:00Z');

function setUp() {
  const client = new DynamoDBClient(clientOptions(dynamo.endpoint));
  clients.push(client);
  const clock = movableClock();
  const events = createDynamoEvents({ client, table: EVENTS_TABLE, objects: memoryObjects(), clock });
  days += 500 * DAY;
  const day = days;
  const at = (milliseconds: number) => new Date(day + milliseconds);
  const append = async (count: number, apart: number) => {
    const ids = Array.from({ length: count }, (_, i) =>
      makeId('evt', at(i * apart), Buffer.alloc(10, `${i} ${day}`)),
    );
    for (const id of ids) await events.append({ stream: 's', id, body: {}, expiresAt: clock.in(HOUR) });
    return ids;
  };
  const sent: { command: string; input: unknown }[] = [];
  onAttempt(client, (command, attempt, input) => {
    sent.push({ command, input });
    return attempt();
  });
  const partitions = () =>
    sent
      .filter(({ command }) => command === 'QueryCommand')
      .map(({ input }) => (input as QueryCommandInput).ExpressionAttributeValues?.[':day']?.S);
  const batches = () =>
    sent
      .filter(({ command }) => command === 'BatchGetItemCommand')
      .map(({ input }) => (input as Batch).RequestItems[EVENTS_TABLE]?.Keys.length);
  return { client, clock, events, at, append, sent, partitions, batches };
}

/** Changes what batch reads are answered, from the first one on. */
function onBatches(
  client: DynamoDBClient,
  change: (
    keys: readonly object[],
    found: readonly object[],
  ) => { kept: readonly object[]; left: readonly object[] },
): void {
  onAttempt(client, async (command, attempt, input) => {
    const answer = (await attempt()) as { output: { Responses?: Record<string, object[]> } };
    if (command !== 'BatchGetItemCommand') return answer;
    const { Keys = [] } = (input as Batch).RequestItems[EVENTS_TABLE] ?? {};
    const { kept, left } = change(Keys, answer.output.Responses?.[EVENTS_TABLE] ?? []);
    const UnprocessedKeys = left.length === 0 ? {} : { [EVENTS_TABLE]: { Keys: left } };
    return { ...answer, output: { ...answer.output, Responses: { [EVENTS_TABLE]: kept }, UnprocessedKeys } };
  });
}

async function readAll(events: Events, span: Span, limit: number): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await events.between(span, { limit, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return ids;
}

it('writes the index with the event, and spreads a day over eight partitions', async () => {
  const { at, append, sent } = setUp();
  await append(100, 1);
  expect(new Set(sent.map(({ command }) => command))).toEqual(new Set(['PutItemCommand']));
  expect(sent).toHaveLength(100);
  const { Items = [] } = await dynamo.client.send(
    new ScanCommand({ TableName: EVENTS_TABLE, IndexName: 'time' }),
  );
  const date = at(0).toISOString().slice(0, 10);
  const of = Items.map(({ day }) => day?.S ?? '').filter((day) => day.startsWith(date));
  expect(of).toHaveLength(100);
  expect([...new Set(of)].sort()).toEqual(Array.from({ length: 8 }, (_, shard) => `${date}#${shard}`));
});

it('looks at no day before or after the span, and at each partition of the others once', async () => {
  const { events, at, partitions, batches } = setUp();
  await events.between({ from: at(DAY), until: at(3 * DAY) }, { limit: 5 });
  const dates = [at(DAY), at(2 * DAY)].map((day) => day.toISOString().slice(0, 10));
  const all = dates.flatMap((date) => Array.from({ length: 8 }, (_, shard) => `${date}#${shard}`));
  expect(partitions()).toEqual(all);
  expect(batches()).toEqual([]);
});

it('ends a page after 31 days without events, and goes on behind them', async () => {
  const { events, at, append, partitions } = setUp();
  const [, , wanted] = await append(3, 20 * DAY);
  const span = { from: at(21 * DAY), until: at(400 * DAY) };
  const first = await events.between(span, { limit: 5 });
  expect(first.items.map(({ id }) => id)).toEqual([wanted]);
  expect(partitions()).toHaveLength(31 * 8);
  const second = await events.between(span, { limit: 5, cursor: first.cursor ?? '' });
  expect(second.items).toEqual([]);
  expect(second.cursor).toBeDefined();
  expect(new Set(partitions()).size).toBe(62 * 8);
});

it('asks for a full page in few requests, a hundred bodies at a time', async () => {
  const { events, at, append, partitions, batches } = setUp();
  const ids = await append(520, 1000);
  const page = await events.between({ from: at(0), until: at(10 * DAY) }, { limit: 500 });
  expect(page.items.map(({ id }) => id)).toEqual(ids.slice(0, 500));
  expect(partitions()).toHaveLength(8);
  expect(batches()).toEqual([100, 100, 100, 100, 100]);
});

it('asks again for the bodies that were left unread', async () => {
  const { client, events, at, append, batches } = setUp();
  const ids = await append(40, 1000);
  onBatches(client, (keys, found) => {
    const half = Math.floor(keys.length / 2);
    const left = keys.slice(0, half);
    return { kept: found.filter((item) => !left.some((key) => idOf(key) === idOf(item))), left };
  });
  const page = await events.between({ from: at(0), until: at(DAY) }, { limit: 500 });
  expect(page.items.map(({ id }) => id)).toEqual(ids);
  expect(batches().length).toBeGreaterThan(1);
});

it('passes over what the index still shows and the table no longer has', async () => {
  const { client, events, at, append } = setUp();
  const ids = await append(6, 1000);
  const gone = [ids[1], ids[3]];
  onBatches(client, (_, found) => ({
    kept: found.filter((item) => !gone.includes(idOf(item))),
    left: [],
  }));
  const seen = await readAll(events, { from: at(0), until: at(DAY) }, 2);
  expect(seen).toEqual(ids.filter((id) => !gone.includes(id)));
});

it('goes no further than the partition whose answer was cut short', async () => {
  const { client, events, at, append } = setUp();
  const ids = await append(60, 1000);
  // As the service does at 1 MB, however many items were asked for.
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) =>
        next(commandName === 'QueryCommand' ? { ...args, input: { ...args.input, Limit: 2 } } : args),
    { step: 'initialize' },
  );
  const seen = await readAll(events, { from: at(0), until: at(DAY) }, 500);
  expect(seen).toEqual(ids);
});
