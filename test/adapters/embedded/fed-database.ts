// An embedded database with its feed, and what others do to the file.
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { onTestFinished } from 'vitest';
import {
  createEventFeed,
  type EventFeed,
  type FeedBatch,
  type FeedPart,
} from '../../../src/adapters/embedded/event-feed.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { sweep } from '../../../src/adapters/embedded/sweep.ts';
import { DAY, movableClock } from '../../contract/support/clock.ts';
import { memoryObjects } from '../../contract/support/memory-objects.ts';
import { temporaryDirectory } from '../../contract/support/temporary.ts';

export async function fedDatabase() {
  const { path, remove } = await temporaryDirectory();
  const clock = movableClock();
  const objects = memoryObjects();
  const open = () => {
    const database = openDatabase({ directory: path });
    const shared = { database, objects, clock };
    return { database, events: createSqliteEvents(shared), feed: createEventFeed(shared) };
  };
  let now = open();
  const file = new DatabaseSync(join(path, 'bailiwick.db'));
  const close = async () => {
    file.close();
    await now.database.close();
    await remove();
  };
  let count = 0;
  return {
    clock,
    objects,
    close,
    feed: (): EventFeed => now.feed,
    database: () => now.database,
    /** What somebody else does to the file. */
    exec: (sql: string) => file.exec(sql),
    rowids: () =>
      file
        .prepare('SELECT rowid AS n FROM events ORDER BY rowid')
        .all()
        .map(({ n }) => Number(n)),
    /** As a restored dump does, and as a vacuum may: from 1 on, in the order in which they were. */
    renumber: () =>
      file.exec(`
        VACUUM;
        CREATE TEMP TABLE dumped AS SELECT * FROM events ORDER BY rowid;
        DELETE FROM events;
        INSERT INTO events SELECT * FROM dumped ORDER BY rowid;
        DROP TABLE dumped;
      `),
    async restart() {
      await now.database.close();
      now = open();
    },
    async add(body: object = {}, expiresAt = clock.in(DAY)) {
      count += 1;
      const id = `evt_${count}`;
      // Neither streams nor ids are in the order in which rows come.
      const event = { stream: `s${count % 3}`, id, body: { id, ...body }, expiresAt };
      await now.events.append(event);
      return event;
    },
    sweep: () => sweep({ database: now.database, directory: join(path, 'objects'), clock }),
  };
}

export type FedDatabase = Awaited<ReturnType<typeof fedDatabase>>;

/** Until the test ends. */
export async function ready(): Promise<FedDatabase> {
  const subject = await fedDatabase();
  onTestFinished(subject.close);
  return subject;
}

export type WholeBatch = Pick<FeedBatch, 'tail' | 'through'> & FeedPart;

/** The next batch with all of its parts. */
export async function wholeNext(feed: EventFeed, limit: number): Promise<WholeBatch | undefined> {
  const batch = await feed.next(limit);
  if (batch === undefined) return undefined;
  const { tail, through } = batch;
  const parts: FeedPart[] = [];
  for await (const part of batch.parts()) parts.push(part);
  return {
    ...{ tail, through },
    events: parts.flatMap(({ events }) => events),
    unreadable: parts.flatMap(({ unreadable }) => unreadable),
  };
}
