// Events, on SQLite and on DynamoDB.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../src/adapters/embedded/sqlite-events.ts';
import type { Events } from '../../src/ports/events.ts';
import { eventsContract } from './events.ts';
import { impatientOptions } from './support/aws.ts';
import { HOUR, movableClock } from './support/clock.ts';
import { EVENTS_TABLE, startDynamo } from './support/dynamo.ts';
import { memoryObjects } from './support/memory-objects.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
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

const CALLS = {
  append: (events: Events) =>
    events.append({ stream: 's', id: 'i', body: {}, expiresAt: new Date(Date.now() + HOUR) }),
  read: (events: Events) => events.read('s', 'i'),
  list: (events: Events) => events.list('s', { limit: 1 }),
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
