// What every adapter of Records must do when it lists, by either key.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BadCursor, type RecordKey, type Records } from '../../src/ports/records.ts';
import type { SetUp } from './records.ts';
import { fresh } from './support/subject.ts';

export async function listAll(records: Records, partition: string, prefix: string, limit: number) {
  const sorts: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.list(partition, prefix, { limit, ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    sorts.push(...page.items.map(({ key }) => key.sort));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return sorts;
}

export const byUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

export function listing(setUp: SetUp): void {
  it('lists by prefix in pages, in the order of UTF-8, whatever the keys', async () => {
    const { records, partition, hour } = setUp();
    const part = fc.constantFrom(
      'a',
      'ab',
      'b',
      '/',
      '~',
      '\u00ff',
      '\ud7ff',
      '\ufffd',
      '\u{1f511}',
      '\u{10ffff}',
    );
    const sort = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(''));
    const sorts = fc.uniqueArray(sort, { maxLength: 8 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.oneof(sort, fc.constant('')),
        fc.integer({ min: 1, max: 9 }),
        async (all, prefix, limit) => {
          run += 1;
          const own = `${partition}/${run}`;
          await Promise.all(all.map((each) => records.create({ partition: own, sort: each }, 1, hour)));
          const expected = all.filter((each) => each.startsWith(prefix)).sort(byUtf8);
          expect(await listAll(records, own, prefix, limit)).toEqual(expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('shows each record once while others come and go', async () => {
    const { records, key, partition, hour } = setUp();
    for (const sort of ['b', 'd', 'f']) await records.create(key(sort), sort, hour);
    const first = await records.list(partition, '', { limit: 2 });
    await records.create(key('a'), 'a', hour);
    await records.create(key('e'), 'e', hour);
    const cursor = first.cursor ?? '';
    const second = await records.list(partition, '', { limit: 2, cursor });
    expect([...first.items, ...second.items].map(({ key: { sort } }) => sort)).toEqual(['b', 'd', 'e', 'f']);
    expect(second.cursor).toBeUndefined();
  });

  it('gives no cursor at the end, and nothing for what is empty', async () => {
    const { records, key, partition, hour } = setUp();
    expect(await records.list(partition, '', { limit: 1 })).toEqual({ items: [] });
    await records.create(key('a'), 1, hour);
    expect(await records.list(partition, '', { limit: 1 })).not.toHaveProperty('cursor');
    expect(await records.list(partition, 'b', { limit: 1 })).toEqual({ items: [] });
  });

  it('takes no cursor but its own', async () => {
    const { records, key, partition, hour } = setUp();
    const index = { partition: fresh('index'), sort: 's' };
    for (const sort of ['p/a', 'p/b']) await records.create(key(sort), 1, { ...hour, index });
    const { cursor = '' } = await records.list(partition, 'p/', { limit: 1 });
    const { cursor: ofIndex = '' } = await records.listIndex(index.partition, { limit: 1 });
    const forged = Buffer.from('["list",7,"p/a"]').toString('base64url');
    const empty = Buffer.from(JSON.stringify(['list', partition, ''])).toString('base64url');
    for (const bad of ['garbage!', '', 'bnVsbA', `${cursor}=`, ` ${cursor}`, ofIndex, forged, empty]) {
      await expect(records.list(partition, '', { limit: 1, cursor: bad })).rejects.toThrow(BadCursor);
    }
    await expect(records.list(fresh('other'), 'p/', { limit: 1, cursor })).rejects.toThrow(BadCursor);
    await expect(records.list(partition, 'q/', { limit: 1, cursor })).rejects.toThrow(BadCursor);
    await expect(records.listIndex(index.partition, { limit: 1, cursor })).rejects.toThrow(BadCursor);
    await expect(records.listIndex('other', { limit: 1, cursor: ofIndex })).rejects.toThrow(BadCursor);
  });

  it.each([0, 501, 1.5, Number.NaN])('refuses a page of %d', async (limit) => {
    const { records, partition } = setUp();
    await expect(records.list(partition, '', { limit })).rejects.toThrow(RangeError);
    await expect(records.listIndex(partition, { limit })).rejects.toThrow(RangeError);
  });

  it('lists by the second key, in its order, page by page', async () => {
    const { records, partition, hour } = setUp();
    const byAge = (sort: string) => ({ ...hour, index: { partition: `${partition}/index`, sort } });
    const keys = Array.from({ length: 7 }, (_, i) => ({ partition: `${partition}/${i}`, sort: 'a' }));
    // Three of them share a second key.
    await Promise.all(keys.map((key, i) => records.create(key, i, byAge(String(Math.min(9 - i, 6))))));
    const listed: RecordKey[] = [];
    let cursor: string | undefined;
    do {
      const page = await records.listIndex(`${partition}/index`, { limit: 2, ...(cursor && { cursor }) });
      expect(page.items.length).toBeLessThanOrEqual(2);
      listed.push(...page.items);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(listed.slice(0, 3)).toEqual([6, 5, 4].map((i) => keys[i]));
    expect(new Set(listed.slice(3))).toEqual(new Set(keys.slice(0, 4)));
    expect(listed).toHaveLength(7);
  });

  it('moves a record in the index when it is replaced, or takes it out', async () => {
    const { records, key, partition, hour } = setUp();
    const at = (name: string) => ({ ...hour, index: { partition: `${partition}/${name}`, sort: 's' } });
    await records.create(key('a'), 1, at('open'));
    await records.replace(key('a'), 1, 2, at('closed'));
    expect(await records.listIndex(`${partition}/open`, { limit: 5 })).toEqual({ items: [] });
    expect(await records.listIndex(`${partition}/closed`, { limit: 5 })).toEqual({ items: [key('a')] });
    await records.replace(key('a'), 2, 3, hour);
    expect(await records.listIndex(`${partition}/closed`, { limit: 5 })).toEqual({ items: [] });
  });
}
