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

/** The keys under an index partition, page by page, from `from` on. */
async function listAllIndexed(records: Records, partition: string, limit: number, from?: string) {
  const keys: RecordKey[] = [];
  let cursor: string | undefined;
  do {
    const page = await records.listIndex(partition, {
      limit,
      ...(cursor && { cursor }),
      ...(from !== undefined && { from }),
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    keys.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return keys;
}

export const byUtf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));

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

export function listing(setUp: SetUp): void {
  byKey(setUp);
  byIndex(setUp);
  fromIndex(setUp);
}

function byKey(setUp: SetUp): void {
  it('lists by prefix in pages, in the order of UTF-8, whatever the keys', async () => {
    const { records, partition, hour } = setUp();
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
}

function byIndex(setUp: SetUp): void {
  it('lists by the second key, in its order, page by page', async () => {
    const { records, partition, hour } = setUp();
    const byAge = (sort: string) => ({ ...hour, index: { partition: `${partition}/index`, sort } });
    const keys = Array.from({ length: 7 }, (_, i) => ({ partition: `${partition}/${i}`, sort: 'a' }));
    // Three of them share a second key.
    await Promise.all(keys.map((key, i) => records.create(key, i, byAge(String(Math.min(9 - i, 6))))));
    const listed = await listAllIndexed(records, `${partition}/index`, 2);
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

/** The emulator holds a page's start against `from` in the order of UTF-16, which is another only where there are pairs. */
const withoutPairs = sort.filter((text) => !/[\ud800-\udfff]/.test(text));

function fromIndex(setUp: SetUp): void {
  it('lists from a second key on, in the order of UTF-8, whatever the keys', async () => {
    const { records, partition, hour } = setUp();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(withoutPairs, { maxLength: 8 }),
        withoutPairs,
        fc.integer({ min: 1, max: 9 }),
        async (all, from, limit) => {
          run += 1;
          const index = `${partition}/index/${run}`;
          const keyOf = (i: number) => ({ partition: `${partition}/${run}`, sort: String(i) });
          await Promise.all(
            all.map((each, i) =>
              records.create(keyOf(i), 1, { ...hour, index: { partition: index, sort: each } }),
            ),
          );
          const listed = await listAllIndexed(records, index, limit, from);
          const expected = all.filter((each) => byUtf8(each, from) >= 0).sort(byUtf8);
          expect(listed.map((key) => all[Number(key.sort)])).toEqual(expected);
          expect(new Set(listed.map((key) => key.sort)).size).toBe(expected.length);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('goes on after the cursor or at the second key, whichever lies further on', async () => {
    const { records, partition, key, hour } = setUp();
    const index = `${partition}/index`;
    for (const [i, at] of ['1', '2', '2', '3', '4'].entries()) {
      await records.create(key(String(i)), 1, { ...hour, index: { partition: index, sort: at } });
    }
    const all = await listAllIndexed(records, index, 5);
    const listed = async (limit: number, from?: string, cursor?: string) =>
      records.listIndex(index, { limit, ...(from && { from }), ...(cursor && { cursor }) });
    const { cursor: afterOne = '' } = await listed(1);
    const { cursor: afterTwo = '' } = await listed(2);
    const { cursor: afterFour = '' } = await listed(4);
    expect((await listed(5, '3', afterOne)).items).toEqual(all.slice(3));
    expect((await listed(5, '2', afterOne)).items).toEqual(all.slice(1));
    // Within what `from` names: the first of the two is not shown again.
    expect((await listed(5, '2', afterTwo)).items).toEqual(all.slice(2));
    expect((await listed(5, '1', afterFour)).items).toEqual(all.slice(4));
    expect(await listed(5, '5', afterOne)).toEqual({ items: [] });
    expect(await listed(5, '5')).toEqual({ items: [] });
  });

  it.each(['', 'a\0b', '\ud800', 'k'.repeat(1025)])(
    'does not list from the second key %j on',
    async (from) => {
      const { records, partition } = setUp();
      await expect(records.listIndex(partition, { limit: 1, from })).rejects.toThrow(TypeError);
    },
  );

  it('takes no cursor but its own, from wherever it lists', async () => {
    const { records, partition, key, hour } = setUp();
    const index = { partition: `${partition}/index`, sort: 's' };
    for (const name of ['a', 'b']) await records.create(key(name), 1, { ...hour, index });
    const { cursor = '' } = await records.listIndex(index.partition, { limit: 1 });
    const { cursor: ofList = '' } = await records.list(partition, '', { limit: 1 });
    for (const [of, bad] of [
      [index.partition, ofList],
      [index.partition, 'x'],
      ['other', cursor],
    ] as const) {
      await expect(records.listIndex(of, { limit: 1, from: 'z', cursor: bad })).rejects.toThrow(BadCursor);
    }
  });
}
