// What only DynamoDB can do to Records and Events: lost answers, unread keys, narrow permissions.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoEvents } from '../../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../../src/adapters/aws/dynamo-records.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { clientOptions } from '../../contract/support/aws.ts';
import { HOUR, movableClock } from '../../contract/support/clock.ts';
import { EVENTS_TABLE, type LocalDynamo, STATE_TABLE, startDynamo } from '../../contract/support/dynamo.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { fresh } from '../../contract/support/subject.ts';
import { commandsOf, loseFirstAnswer, onAttempt } from './wire.ts';

let dynamo: LocalDynamo;
const clients: DynamoDBClient[] = [];
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await dynamo.close();
});

function setUp() {
  const client = new DynamoDBClient(clientOptions(dynamo.endpoint));
  clients.push(client);
  const clock = movableClock();
  const shared = { client, objects: memoryObjects(), clock };
  return {
    ...shared,
    records: createDynamoRecords({ ...shared, table: STATE_TABLE }),
    events: createDynamoEvents({ ...shared, table: EVENTS_TABLE }),
    key: { partition: fresh('p'), sort: 's' },
    event: { stream: fresh('stream'), id: 'evt_a', body: {}, expiresAt: clock.in(HOUR) },
    hour: { expiresAt: clock.in(HOUR) },
  };
}

/** What the real service does and the emulator does not: a failed condition shows the item it met. */
function showWhatWasMet(client: DynamoDBClient): void {
  onAttempt(client, async (_, attempt, input) => {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const {
        TableName,
        Item,
        Key: updated,
        ReturnValuesOnConditionCheckFailure,
      } = input as {
        TableName: string;
        /** Of a put. */
        Item?: Record<string, AttributeValue>;
        /** Of an update. */
        Key?: Record<string, AttributeValue>;
        ReturnValuesOnConditionCheckFailure?: string;
      };
      if (ReturnValuesOnConditionCheckFailure !== 'ALL_OLD') throw error;
      const names = TableName === STATE_TABLE ? ['pk', 'sk'] : ['stream', 'id'];
      const Key = Object.fromEntries(
        Object.entries(updated ?? Item ?? {}).filter(([name]) => names.includes(name)),
      );
      const met = await dynamo.client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      if (met.Item) error.Item = met.Item;
      throw error;
    }
  });
}

describe.each([
  ['with the item that was met', showWhatWasMet],
  ['without it', () => undefined],
])('a failed condition, answered %s', (_, service) => {
  it('is a success when it met our own put, whose answer was lost', async () => {
    const { client, records, events, key, event, hour } = setUp();
    loseFirstAnswer(client);
    service(client);
    expect(await records.create(key, 'a', hour)).toEqual({ created: true });

    const second = setUp();
    loseFirstAnswer(second.client);
    service(second.client);
    expect(await second.records.replace(key, 1, 'b', hour)).toBe(true);
    expect(await records.read([key])).toMatchObject([{ version: 2, value: 'b' }]);

    const third = setUp();
    loseFirstAnswer(third.client);
    service(third.client);
    expect(await third.events.append(event)).toBe(true);
    expect(await events.append(event)).toBe(false);
  });

  it('is counted once when it met our own addition, whose answer was lost', async () => {
    const { clock, records, key, hour } = setUp();
    const soon = { expiresAt: clock.in(1000) };
    for (const [total, options] of [
      [1, hour],
      [2, soon],
    ] as const) {
      const { client, records: ours } = setUp();
      loseFirstAnswer(client);
      service(client);
      expect(await ours.count(key, 1, total, total, options)).toBe(total);
    }
    expect(await records.read([key])).toMatchObject([{ value: { count: 2, first: 1, last: 2 } }]);
  });

  it('is counted once when it met our own beginning again, whose answer was lost', async () => {
    const { client, clock, records, key, hour } = setUp();
    await records.count(key, 7, 'old', 'old', { expiresAt: clock.in(1000) });
    clock.advance(1000);
    loseFirstAnswer(client);
    service(client);
    expect(await records.count(key, 2, 'new', 'new', hour)).toBe(2);
    expect(await records.read([key])).toMatchObject([{ value: { count: 2, first: 'new', last: 'new' } }]);
  });

  it('is a fault when it met a record that is no counter', async () => {
    const { client, records, key, hour } = setUp();
    await records.create(key, 'plain', hour);
    service(client);
    await expect(records.count(key, 1, 1, 1, hour)).rejects.toThrow(Unavailable);
    expect(await records.read([key])).toMatchObject([{ version: 1, value: 'plain' }]);
  });

  it("is none when it met another's", async () => {
    const { records, events, key, event, hour } = setUp();
    await records.create(key, 'theirs', hour);
    await events.append(event);
    const ours = setUp();
    service(ours.client);
    expect(await ours.records.create(key, 'ours', hour)).toMatchObject({ existing: { value: 'theirs' } });
    expect(await ours.records.replace(key, 7, 'ours', hour)).toBe(false);
    expect(await ours.events.append(event)).toBe(false);
  });
});

describe('trips', () => {
  it('are one for each call, and never a delete or a transaction', async () => {
    const { client, records, events, key, event, hour } = setUp();
    showWhatWasMet(client);
    const commands = commandsOf(client);
    await records.create(key, 1, hour);
    await records.create(key, 1, hour);
    await records.replace(key, 1, 2, hour);
    await records.replace(key, 1, 2, hour);
    await events.append(event);
    await events.append(event);
    expect(commands).toEqual(Array(6).fill('PutItemCommand'));
    commands.length = 0;
    await records.read([key]);
    await records.list(key.partition, '', { limit: 5 });
    await records.listIndex(key.partition, { limit: 5 });
    await events.list(event.stream, { limit: 5 });
    await events.read(event.stream, event.id);
    expect(commands).toEqual([
      'BatchGetItemCommand',
      'QueryCommand',
      'QueryCommand',
      'QueryCommand',
      'GetItemCommand',
    ]);
  });

  it('are one update for an addition, and two where one begins again', async () => {
    const { client, clock, records, key, hour } = setUp();
    showWhatWasMet(client);
    const commands = commandsOf(client);
    await records.count(key, 1, 1, 1, hour);
    await records.count(key, 1, 1, 1, { expiresAt: clock.in(1000) });
    expect(commands).toEqual(Array(2).fill('UpdateItemCommand'));
    commands.length = 0;
    clock.advance(1000);
    await records.count(key, 1, 1, 1, hour);
    expect(commands).toEqual(['UpdateItemCommand', 'PutItemCommand']);
  });

  it('are none for a read of nothing', async () => {
    const { client, records } = setUp();
    const commands = commandsOf(client);
    await records.read([]);
    expect(commands).toEqual([]);
  });
});

it('takes an event for another’s where it may put but not look', async () => {
  const { events, event } = setUp();
  await events.append(event);
  const writer = setUp();
  onAttempt(writer.client, async (command, attempt) => {
    if (command !== 'GetItemCommand') return attempt();
    throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
  });
  expect(await writer.events.append(event)).toBe(false);
});

it('gives up on keys that the table keeps leaving unread', async () => {
  const { client, records, key } = setUp();
  let attempts = 0;
  onAttempt(client, async (_, attempt, input) => {
    attempts += 1;
    const answer = (await attempt()) as { output: object };
    const { RequestItems } = input as { RequestItems: object };
    return { ...answer, output: { ...answer.output, Responses: {}, UnprocessedKeys: RequestItems } };
  });
  const outcome = await records.read([key]).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(Unavailable);
  expect(attempts).toBeGreaterThan(1);
  expect(attempts).toBeLessThan(10);
});

it('gives up on a counter that is gone whenever it looks', async () => {
  const { client, records, key, hour } = setUp();
  const commands: string[] = [];
  onAttempt(client, async (command) => {
    commands.push(command);
    if (command === 'GetItemCommand') return { output: { $metadata: {} }, response: {} };
    throw new ConditionalCheckFailedException({ message: 'no', $metadata: {} });
  });
  await expect(records.count(key, 1, 1, 1, hour)).rejects.toThrow(Unavailable);
  expect(commands).toEqual(Array(3).fill(['UpdateItemCommand', 'GetItemCommand']).flat());
});

it('writes when an item ends in whole seconds, for TTL, and what events are found by', async () => {
  const { clock, records, events, key, event } = setUp();
  const expiresAt = clock.in(1001);
  await records.create(key, 1, { expiresAt });
  await events.append({ ...event, body: { at: '2030-01-01T00:00:00Z', type: 'task.opened', other: 'x' } });
  const seconds = String(Math.ceil(expiresAt.getTime() / 1000));
  const record = await dynamo.client.send(
    new GetItemCommand({ TableName: STATE_TABLE, Key: { pk: { S: key.partition }, sk: { S: 's' } } }),
  );
  const ends = { expires: { N: seconds }, until: { N: String(expiresAt.getTime()) } };
  expect(record.Item).toMatchObject(ends);
  await records.count({ ...key, sort: 'n' }, 1, 1, 1, { expiresAt: clock.in(5) });
  await records.count({ ...key, sort: 'n' }, 1, 1, 1, { expiresAt });
  const counter = await dynamo.client.send(
    new GetItemCommand({ TableName: STATE_TABLE, Key: { pk: { S: key.partition }, sk: { S: 'n' } } }),
  );
  expect(counter.Item).toMatchObject({ ...ends, n: { N: '2' } });
  const kept = await dynamo.client.send(
    new GetItemCommand({ TableName: EVENTS_TABLE, Key: { stream: { S: event.stream }, id: { S: 'evt_a' } } }),
  );
  expect(kept.Item).toMatchObject({ at: { S: '2030-01-01T00:00:00Z' }, type: { S: 'task.opened' } });
  expect(kept.Item).not.toHaveProperty('other');
});
