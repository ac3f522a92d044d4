// Events, on SQLite and on DynamoDB.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import type { Events } from '../../src/ports/events.ts';
import { makeId } from '../../src/shared/ids.ts';
import { eventsContract } from './events.ts';
import { impatientOptions } from './support/aws.ts';
import { HOUR, movableClock } from './support/clock.ts';
import { EVENTS_TABLE, startDynamo } from './support/dynamo.ts';
import { memoryObjects } from './support/memory-objects.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open, useSubject } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const onSqlite: Open<Events> = async () => {
  const directory = await temporaryDirectory();
  const database = openDatabase({ directory: directory.path });
  const clock = movableClock();
  const close = async () => {
    await database.close();
    await directory.remove();
  };
  return { port: createSqliteEvents({ database, objects: memoryObjects(), clock }), clock, close };
};

const onDynamo: Open<Events> = async () => {
  const { client, close } = await startDynamo();
  const clock = movableClock();
  const port = createDynamoEvents({ client, table: EVENTS_TABLE, objects: memoryObjects(), clock });
  return { port, clock, close };
};

describe('Events on SQLite', () => eventsContract(onSqlite));
describe('Events on DynamoDB', () => eventsContract(onDynamo));

describe.each([
  ['SQLite', onSqlite],
  ['DynamoDB', onDynamo],
])('a page on %s', (_, open) => {
  const subject = useSubject(open);
  it('is cut where it would hold too much, and the next one goes on there', async () => {
    const { port, clock } = subject();
    const day = Date.parse('2030-01-01T00:00:00Z');
    const ids = Array.from({ length: 130 }, (_, i) =>
      makeId('evt', new Date(day + i * 1000), new Uint8Array(10).fill(i)),
    );
    const body = { text: 'z'.repeat(100_000) };
    for (const id of ids) await port.append({ stream: 's', id, body, expiresAt: clock.in(HOUR) });
    const span = { from: new Date(day), until: new Date(day + HOUR) };
    const pages: string[][] = [];
    let cursor: string | undefined;
    do {
      const page = await port.between(span, { limit: 500, ...(cursor !== undefined && { cursor }) });
      pages.push(page.items.map(({ id }) => id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(pages.flat()).toEqual(ids);
    for (const page of pages) expect(page.length).toBeLessThan(50);
  });
});

const CALLS = {
  append: (events: Events) =>
    events.append({ stream: 's', id: 'i', body: {}, expiresAt: new Date(Date.now() + HOUR) }),
  read: (events: Events) => events.read('s', 'i'),
  list: (events: Events) => events.list('s', { limit: 1 }),
  between: (events: Events) => events.between({ from: new Date(0), until: new Date() }, { limit: 1 }),
  every: (events: Events) => events.every({ from: new Date(0), until: new Date() }, { limit: 1 }),
};

const dynamoAt =
  (start: () => Promise<Listening>): Open<Events> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new DynamoDBClient(impatientOptions(endpoint));
    const clock = movableClock();
    const port = createDynamoEvents({ client, table: EVENTS_TABLE, objects: memoryObjects(), clock });
    return { port, clock, close };
  };

const onClosedSqlite: Open<Events> = async () => {
  const { port, clock, close } = await onSqlite();
  await close();
  return { port, clock, close: async () => undefined };
};

faultsAreTyped('Events on a closed database', 'events', onClosedSqlite, CALLS);
faultsAreTyped('Events where nobody listens', 'events', dynamoAt(closedPort), CALLS);
faultsAreTyped('Events where nobody answers', 'events', dynamoAt(silentServer), CALLS);
