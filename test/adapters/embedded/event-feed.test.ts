// The feed of events that are not archived yet: each one, in order, whatever happens to the file between two batches.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventFeed } from '../../../src/adapters/embedded/event-feed.ts';
import { Unavailable } from '../../../src/shared/errors.ts';
import { HOUR } from '../../contract/support/clock.ts';
import { type FedDatabase, ready, wholeNext } from './fed-database.ts';

async function idsOf(feed: EventFeed, limit = 100): Promise<readonly string[] | undefined> {
  const batch = await wholeNext(feed, limit);
  return batch?.events.map(({ id }) => id);
}

async function addSome({ add }: FedDatabase, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) await add();
}

async function take(feed: EventFeed, limit = 100): Promise<readonly string[] | undefined> {
  const batch = await wholeNext(feed, limit);
  if (batch !== undefined) await feed.done(batch);
  return batch?.events.map(({ id }) => id);
}

function never(): never {
  throw new Error('there was no batch');
}

describe('in order', () => {
  it('brings each event once, as it was appended, and then nothing', async () => {
    const { feed, add } = await ready();
    expect(await wholeNext(feed(), 10)).toBeUndefined();
    const events = [await add({ type: 'a' }), await add({ nested: { b: [1] } }), await add()];
    expect(await wholeNext(feed(), 10)).toMatchObject({ events, unreadable: [] });
    expect(await take(feed(), 2)).toEqual(['evt_1', 'evt_2']);
    expect(await take(feed(), 2)).toEqual(['evt_3']);
    expect(await wholeNext(feed(), 2)).toBeUndefined();
    await add();
    expect(await take(feed())).toEqual(['evt_4']);
  });

  it('brings large bodies whole', async () => {
    const { feed, add, objects } = await ready();
    const large = await add({ text: randomBytes(400_000).toString('hex') });
    expect(objects.kept.size).toBe(1);
    expect((await wholeNext(feed(), 10))?.events).toEqual([large]);
  });

  it('cuts a batch where it is large, after one row at least', async () => {
    const { feed, add } = await ready();
    for (let at = 0; at < 30; at += 1) await add({ text: 'x'.repeat(340_000) });
    await add({ text: 'x'.repeat(9_000_000) });
    await add();
    expect(await take(feed())).toHaveLength(24);
    expect(await take(feed())).toHaveLength(6);
    expect(await take(feed())).toEqual(['evt_31']);
    expect(await take(feed())).toEqual(['evt_32']);
  });

  it.each([0, -1, 1.5, Number.NaN, 10_001])('has no batch of %s', async (limit) => {
    await expect((await ready()).feed().next(limit)).rejects.toThrow(RangeError);
  });

  it('leaves out what has expired, swept or not', async () => {
    const { feed, add, clock } = await ready();
    await add({}, clock.in(HOUR));
    await add();
    await add({}, clock.in(HOUR));
    clock.advance(HOUR - 1);
    expect(await idsOf(feed())).toEqual(['evt_1', 'evt_2', 'evt_3']);
    clock.advance(1);
    expect(await take(feed())).toEqual(['evt_2']);
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });
});

describe('at any point of failure', () => {
  it('brings the same batch under the same name until it is done', async () => {
    const subject = await ready();
    const { feed, restart } = subject;
    await addSome(subject, 5);
    const batch = await wholeNext(feed(), 3);
    expect(batch?.tail).toMatch(/^[0-9a-f]{32}$/);
    expect(await wholeNext(feed(), 3)).toEqual(batch);
    await restart();
    expect(await wholeNext(feed(), 3)).toEqual(batch);
    await feed().done(batch ?? never());
    await restart();
    expect(await idsOf(feed())).toEqual(['evt_4', 'evt_5']);
  });

  it('names no two batches alike, so that what has the name has the events', async () => {
    const subject = await ready();
    const { feed } = subject;
    await addSome(subject, 2);
    const small = await wholeNext(feed(), 10);
    await addSome(subject, 1);
    const grown = await wholeNext(feed(), 10);
    expect(grown?.events).toHaveLength(3);
    expect(grown?.tail).not.toBe(small?.tail);
    expect((await wholeNext(feed(), 2))?.tail).toBe(small?.tail);
  });

  it('goes on where it was when it could not be told that a batch is done', async () => {
    const subject = await ready();
    const { feed, exec } = subject;
    await addSome(subject, 3);
    const batch = (await wholeNext(feed(), 2)) ?? never();
    exec('ALTER TABLE event_feed RENAME TO elsewhere');
    await expect(feed().done(batch)).rejects.toThrow(Unavailable);
    await expect(wholeNext(feed(), 2)).rejects.toMatchObject({ backend: 'events' });
    exec('ALTER TABLE elsewhere RENAME TO event_feed');
    expect(await wholeNext(feed(), 2)).toEqual(batch);
  });

  it('takes the same batch for done twice', async () => {
    const subject = await ready();
    const { feed } = subject;
    await addSome(subject, 3);
    const batch = (await wholeNext(feed(), 2)) ?? never();
    await feed().done(batch);
    await feed().done(batch);
    expect(await take(feed())).toEqual(['evt_3']);
  });

  it('keeps no more of the past than it needs', async () => {
    const subject = await ready();
    const { feed, database } = subject;
    await addSome(subject, 100);
    for (let at = 0; at < 100; at += 1) await take(feed(), 1);
    const kept = await database().run('events', 'read', (prepare) =>
      prepare('SELECT count(*) AS n FROM event_feed').get(),
    );
    expect(kept).toEqual({ n: 32 });
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });
});

describe('when rows get other numbers', () => {
  it('goes on behind the last one, before and after a batch is done', async () => {
    const subject = await ready();
    const { feed, add, clock, renumber, rowids } = subject;
    for (let at = 0; at < 5; at += 1) await add({}, clock.in(HOUR));
    await addSome(subject, 6);
    await take(feed(), 7);
    clock.advance(HOUR);
    await subject.sweep();
    const batch = (await wholeNext(feed(), 2)) ?? never();
    expect(rowids()[0]).toBe(6);
    renumber();
    expect(rowids()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await wholeNext(feed(), 2)).toEqual({ ...batch, through: { ...batch.through, place: 4 } });
    await feed().done(batch);
    expect(await take(feed())).toEqual(['evt_10', 'evt_11']);
    renumber();
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });

  it('begins anew where all has gone', async () => {
    const subject = await ready();
    const { feed, add, clock, rowids } = subject;
    for (let at = 0; at < 5; at += 1) await add({}, clock.in(HOUR));
    await take(feed());
    clock.advance(HOUR);
    await subject.sweep();
    expect(rowids()).toEqual([]);
    expect(await wholeNext(feed(), 1)).toBeUndefined();
    await addSome(subject, 7);
    expect(rowids()[0]).toBe(1);
    expect(await take(feed())).toHaveLength(7);
  });

  it('misses none that got the number of the last one', async () => {
    const subject = await ready();
    const { feed, exec, rowids } = subject;
    await addSome(subject, 3);
    await take(feed(), 2);
    await take(feed(), 1);
    exec("DELETE FROM events WHERE id = 'evt_3'");
    await addSome(subject, 2);
    expect(rowids()).toEqual([1, 2, 3, 4]);
    expect(await take(feed())).toEqual(['evt_4', 'evt_5']);
  });

  it('brings all once more where nothing is left that it knows', async () => {
    const subject = await ready();
    const { feed, exec } = subject;
    await addSome(subject, 4);
    await take(feed(), 3);
    exec("DELETE FROM events WHERE id = 'evt_3'");
    expect(await take(feed())).toEqual(['evt_1', 'evt_2', 'evt_4']);
    expect(await wholeNext(feed(), 1)).toBeUndefined();
  });

  it('is not led past others by an event that was removed and written again', async () => {
    const subject = await ready();
    const { feed, exec } = subject;
    await addSome(subject, 6);
    await take(feed(), 2);
    await take(feed(), 2);
    exec(`
      CREATE TEMP TABLE moved AS SELECT * FROM events WHERE id = 'evt_4';
      DELETE FROM events WHERE id = 'evt_4';
      INSERT INTO events SELECT * FROM moved;
    `);
    expect(await take(feed())).toEqual(['evt_3', 'evt_5', 'evt_6', 'evt_4']);
  });
});
