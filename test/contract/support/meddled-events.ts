// Tables of events that others write into as well, past the adapters.
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { indexPartition, shardOf } from '../../../src/adapters/aws/dynamo-event-items.ts';
import { createDynamoEvents } from '../../../src/adapters/aws/dynamo-events.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import type { EventRow, Events, Span } from '../../../src/ports/events.ts';
import { leastId, makeId } from '../../../src/shared/ids.ts';
import type { MeddledSubject } from '../events-every.ts';
import { DAY, movableClock } from './clock.ts';
import { EVENTS_TABLE, startDynamo } from './dynamo.ts';
import { memoryObjects } from './memory-objects.ts';
import { temporaryDirectory } from './temporary.ts';

interface Stored extends MeddledSubject {
  readonly objects: ReturnType<typeof memoryObjects>;
}
export interface OnSqlite extends Stored {
  readonly run: (sql: string, ...values: SQLInputValue[]) => unknown;
}
export interface OnDynamo extends Stored {
  readonly put: (item: Record<string, AttributeValue>) => Promise<unknown>;
}

export const INSERT = 'INSERT INTO events (stream, id, body, pointer, until) VALUES (?, ?, ?, ?, ?)';

export async function onSqlite(): Promise<OnSqlite> {
  const { path, remove } = await temporaryDirectory();
  const database = openDatabase({ directory: path });
  const file = new DatabaseSync(join(path, 'bailiwick.db'));
  const [clock, objects] = [movableClock(), memoryObjects()];
  const run = (sql: string, ...values: SQLInputValue[]) => file.prepare(sql).run(...values);
  return {
    port: createSqliteEvents({ database, objects, clock }),
    ...{ clock, objects, run },
    lay: ({ stream, id, body, until }) => void run(INSERT, stream, id, body, null, until),
    close: async () => {
      file.close();
      await database.close();
      await remove();
    },
  };
}

/** Of an id, or of what lies among ids. */
function dayOf(id: string): Date {
  let day = Math.floor(Date.parse('2039-12-31') / DAY);
  while (leastId('evt', new Date((day + 1) * DAY)) <= id) day += 1;
  return new Date(day * DAY);
}

export const keys = (stream: string, id: string, day = dayOf(id), shard = shardOf(id)) => ({
  stream: { S: stream },
  id: { S: id },
  day: { S: indexPartition(day, shard) },
});

export async function onDynamo(): Promise<OnDynamo> {
  const { client, close } = await startDynamo();
  const [clock, objects] = [movableClock(), memoryObjects()];
  const put = (Item: Record<string, AttributeValue>) =>
    client.send(new PutItemCommand({ TableName: EVENTS_TABLE, Item }));
  return {
    port: createDynamoEvents({ client, table: EVENTS_TABLE, objects, clock }),
    ...{ clock, objects, put, close },
    lay: async ({ stream, id, body, until }) =>
      void (await put({ ...keys(stream, id), body: { S: body }, until: { N: String(until) } })),
  };
}

const DAY_OF_TESTS = new Date('2050-06-01T00:00:00Z');
const SPAN: Span = { from: DAY_OF_TESTS, until: new Date(DAY_OF_TESTS.getTime() + DAY) };
let count = 0;
export function nextId(): string {
  count += 1;
  return makeId('evt', new Date(DAY_OF_TESTS.getTime() + count), Buffer.alloc(10, count));
}

export async function readAll(
  events: Events,
  limit: number,
  span: Span = SPAN,
): Promise<readonly EventRow[]> {
  const rows: EventRow[] = [];
  let cursor: string | undefined;
  do {
    const page = await events.every(span, { limit, ...(cursor !== undefined && { cursor }) });
    rows.push(...page.items);
    expect(rows.length).toBeLessThan(1000);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return rows;
}
