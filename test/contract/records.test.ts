// Records, on SQLite and on DynamoDB.
import { DatabaseSync } from 'node:sqlite';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { openDatabase } from '../../src/adapters/embedded/sqlite.ts';
import { createSqliteRecords } from '../../src/adapters/embedded/sqlite-records.ts';
import type { Records } from '../../src/ports/records.ts';
import { recordsContract } from './records.ts';
import { impatientOptions } from './support/aws.ts';
import { HOUR, movableClock } from './support/clock.ts';
import { STATE_TABLE, startDynamo } from './support/dynamo.ts';
import { memoryObjects } from './support/memory-objects.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const onSqlite: Open<Records> = async () => {
  const directory = await temporaryDirectory();
  const database = openDatabase({ directory: directory.path });
  const clock = movableClock();
  const close = async () => {
    await database.close();
    await directory.remove();
  };
  return { port: createSqliteRecords({ database, objects: memoryObjects(), clock }), clock, close };
};

const onDynamo: Open<Records> = async () => {
  const { client, close } = await startDynamo();
  const clock = movableClock();
  const port = createDynamoRecords({ client, table: STATE_TABLE, objects: memoryObjects(), clock });
  return { port, clock, close };
};

describe('Records on SQLite', () => recordsContract(onSqlite));
describe('Records on DynamoDB', () => recordsContract(onDynamo));

const KEY = { partition: 'p', sort: 's' };
const WRITES = {
  create: (records: Records) => records.create(KEY, 1, { expiresAt: new Date(Date.now() + HOUR) }),
  count: (records: Records) => records.count(KEY, 1, 1, 1, { expiresAt: new Date(Date.now() + HOUR) }),
  replace: (records: Records) => records.replace(KEY, 1, 1, { expiresAt: new Date(Date.now() + HOUR) }),
};
const READS = {
  read: (records: Records) => records.read([KEY]),
  list: (records: Records) => records.list('p', '', { limit: 1 }),
  listIndex: (records: Records) => records.listIndex('p', { limit: 1 }),
};

const dynamoAt =
  (start: () => Promise<Listening>): Open<Records> =>
  async () => {
    const { endpoint, close } = await start();
    const client = new DynamoDBClient(impatientOptions(endpoint));
    const clock = movableClock();
    const port = createDynamoRecords({ client, table: STATE_TABLE, objects: memoryObjects(), clock });
    return { port, clock, close };
  };

const onClosedSqlite: Open<Records> = async () => {
  const { port, clock, close } = await onSqlite();
  await close();
  return { port, clock, close: async () => undefined };
};

const onLockedSqlite: Open<Records> = async () => {
  const directory = await temporaryDirectory();
  const database = openDatabase({ directory: directory.path, busyMilliseconds: 10 });
  const other = new DatabaseSync(`${directory.path}/bailiwick.db`);
  other.exec('BEGIN IMMEDIATE');
  const clock = movableClock();
  const close = async () => {
    other.close();
    await database.close();
    await directory.remove();
  };
  return { port: createSqliteRecords({ database, objects: memoryObjects(), clock }), clock, close };
};

faultsAreTyped('Records on a closed database', 'records', onClosedSqlite, { ...WRITES, ...READS });
faultsAreTyped('Records on a database that another process writes', 'records', onLockedSqlite, WRITES);
faultsAreTyped('Records where nobody listens', 'records', dynamoAt(closedPort), { ...WRITES, ...READS });
faultsAreTyped('Records where nobody answers', 'records', dynamoAt(silentServer), { ...WRITES, ...READS });
