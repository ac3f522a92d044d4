// What every adapter of Events must do.
import { describe, expect, it } from 'vitest';
import type { Events, StoredEvent } from '../../src/ports/events.ts';
import { BadCursor } from '../../src/ports/records.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { readingBetween } from './events-between.ts';
import { DAY, HOUR } from './support/clock.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

export function eventsContract(open: Open<Events>): void {
  const subject = useSubject(open);
  const setUp = () => {
    const { port, clock } = subject();
    const stream = fresh('stream');
    const event = (id: string, body: JsonObject = { id }): StoredEvent => ({
      stream,
      id,
      body,
      expiresAt: clock.in(HOUR),
    });
    return { events: port, clock, stream, event };
  };

  it('appends once: who comes second changes nothing', async () => {
    const { events, stream, event } = setUp();
    expect(await events.append(event('evt_a', { first: true }))).toBe(true);
    expect(await events.append(event('evt_a', { first: false }))).toBe(false);
    expect(await events.append(event('evt_a', { first: true }))).toBe(false);
    expect(await events.read(stream, 'evt_a')).toEqual(event('evt_a', { first: true }));
    expect(await events.read(stream, 'evt_b')).toBeUndefined();
  });

  it('lets exactly one of a hundred writers fill a place', async () => {
    const { events, stream, event } = setUp();
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, writer) => events.append(event('evt_a', { writer }))),
    );
    expect(all.filter(Boolean)).toHaveLength(1);
    expect((await events.read(stream, 'evt_a'))?.body).toEqual({ writer: all.indexOf(true) });
  });

  it('lists a stream, and no other, in the order of ids, page by page', async () => {
    const { events, stream, event } = setUp();
    const ids = Array.from({ length: 7 }, (_, i) => `evt_${i}`);
    await Promise.all([...ids].reverse().map((id) => events.append(event(id))));
    await events.append({ ...event('evt_0'), stream: `${stream}/other` });
    const listed: StoredEvent[] = [];
    let cursor: string | undefined;
    do {
      const page = await events.list(stream, { limit: 3, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(3);
      listed.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(listed).toEqual(ids.map((id) => event(id)));
    expect(await events.list(stream, { limit: 7 })).not.toHaveProperty('cursor');
    expect(await events.list(fresh('empty'), { limit: 7 })).toEqual({ items: [] });
  });

  it('takes no cursor but its own, and no odd page', async () => {
    const { events, stream, event } = setUp();
    await Promise.all(['a', 'b'].map((id) => events.append(event(id))));
    const { cursor = '' } = await events.list(stream, { limit: 1 });
    for (const bad of ['', 'garbage!', 'W10', `${cursor}A`]) {
      await expect(events.list(stream, { limit: 1, cursor: bad })).rejects.toThrow(BadCursor);
    }
    await expect(events.list(fresh('other'), { limit: 1, cursor })).rejects.toThrow(BadCursor);
    await expect(events.list(stream, { limit: 0 })).rejects.toThrow(RangeError);
  });

  it('no longer shows what has expired', async () => {
    const { events, clock, stream, event } = setUp();
    await events.append({ ...event('evt_a'), expiresAt: clock.in(1500) });
    await events.append(event('evt_b'));
    clock.advance(1499);
    expect((await events.list(stream, { limit: 5 })).items).toHaveLength(2);
    clock.advance(1);
    expect(await events.read(stream, 'evt_a')).toBeUndefined();
    const { items } = await events.list(stream, { limit: 5 });
    expect(items.map(({ id }) => id)).toEqual(['evt_b']);
  });

  it.each<JsonObject>([
    {},
    { '': '' },
    { list: [], object: {}, nothing: null },
    { key: '\u{1f511}', combining: 'e\u0301', lone: '\ud800', nul: '\0' },
    { at: '2030-01-01T00:00:00.000Z', type: 'task.opened' },
    { at: '', type: 'x'.repeat(5000) },
    { at: 7, type: ['a'] },
  ])('gives back %j', async (body) => {
    const { events, stream, event } = setUp();
    expect(await events.append(event('evt_a', body))).toBe(true);
    expect((await events.read(stream, 'evt_a'))?.body).toEqual(body);
  });

  it('takes bodies over 400 KB', async () => {
    const { events, clock, stream, event } = setUp();
    const body = { large: `${'z'.repeat(450_000)}\u{1f511}` };
    const kept = { ...event('evt_a', body), expiresAt: clock.in(400 * DAY) };
    expect(await events.append(kept)).toBe(true);
    expect(await events.append(kept)).toBe(false);
    expect(await events.read(stream, 'evt_a')).toEqual(kept);
    expect((await events.list(stream, { limit: 5 })).items).toEqual([kept]);
  });

  it.each(['', 'a\0b', '\udc00'])('refuses the id %j', async (id) => {
    const { events, stream, event } = setUp();
    await expect(events.append(event(id))).rejects.toThrow(TypeError);
    await expect(events.read(stream, id)).rejects.toThrow(TypeError);
  });

  describe('between', () => readingBetween(setUp));
}
