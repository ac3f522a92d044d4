// What every adapter of Records must do.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordKey, Records } from '../../src/ports/records.ts';
import type { Json } from '../../src/shared/json.ts';
import { counting } from './records-counting.ts';
import { byUtf8, listAll, listing } from './records-listing.ts';
import { DAY, HOUR, MINUTE } from './support/clock.ts';
import { fresh, type Open, useSubject } from './support/subject.ts';

const LARGE = `${'x'.repeat(500_000)}\u{1f511}`;

export function recordsContract(open: Open<Records>): void {
  const subject = useSubject(open);
  const setUp = () => {
    const { port, clock } = subject();
    const partition = fresh('partition');
    const key = (sort: string): RecordKey => ({ partition, sort });
    return { records: port, clock, partition, key, hour: { expiresAt: clock.in(HOUR) } };
  };
  describe('create and replace', () => creating(setUp));
  describe('count', () => counting(setUp));
  describe('read', () => reading(setUp));
  describe('list', () => listing(setUp));
  describe('time', () => passing(setUp));
  describe('values', () => valuing(setUp));
}

export type SetUp = () => {
  records: Records;
  clock: ReturnType<ReturnType<typeof useSubject>>['clock'];
  partition: string;
  key: (sort: string) => RecordKey;
  hour: { expiresAt: Date };
};

function creating(setUp: SetUp): void {
  it('creates once, and shows the second what stands there', async () => {
    const { records, key, hour } = setUp();
    expect(await records.create(key('a'), { first: true }, hour)).toEqual({ created: true });
    const existing = { key: key('a'), version: 1, value: { first: true } };
    expect(await records.create(key('a'), { first: false }, hour)).toEqual({ created: false, existing });
    expect(await records.read([key('a')])).toEqual([existing]);
  });

  it('lets exactly one of a hundred creates win', async () => {
    const { records, key, hour } = setUp();
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, writer) => records.create(key('a'), { writer }, hour)),
    );
    const winner = all.findIndex(({ created }) => created);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    for (const result of all) {
      if (!result.created) expect(result.existing.value).toEqual({ writer: winner });
    }
  });

  it('replaces the version it was given, and no other', async () => {
    const { records, key, hour } = setUp();
    await records.create(key('a'), 'one', hour);
    expect(await records.replace(key('a'), 2, 'wrong', hour)).toBe(false);
    expect(await records.replace(key('a'), 1, 'two', hour)).toBe(true);
    expect(await records.replace(key('a'), 1, 'late', hour)).toBe(false);
    expect(await records.read([key('a')])).toEqual([{ key: key('a'), version: 2, value: 'two' }]);
  });

  it('does not replace what is not there', async () => {
    const { records, key, hour } = setUp();
    expect(await records.replace(key('a'), 1, 'x', hour)).toBe(false);
    expect(await records.replace(key('a'), 0, 'x', hour)).toBe(false);
    expect(await records.read([key('a')])).toEqual([undefined]);
  });

  it('loses none of a hundred updates made at once', async () => {
    const { records, key, hour } = setUp();
    await records.create(key('counter'), 0, hour);
    const increment = async () => {
      for (;;) {
        const [record] = await records.read([key('counter')]);
        if (record === undefined) throw new Error('the counter is gone');
        if (await records.replace(key('counter'), record.version, Number(record.value) + 1, hour)) return;
      }
    };
    // Twenty writers, five updates each: every round of them has one winner and many losers.
    const writer = async () => {
      for (let i = 0; i < 5; i += 1) await increment();
    };
    await Promise.all(Array.from({ length: 20 }, writer));
    expect(await records.read([key('counter')])).toMatchObject([{ version: 101, value: 100 }]);
  });
}

function reading(setUp: SetUp): void {
  it('gives records in the order asked for, and undefined where there is none', async () => {
    const { records, key, hour } = setUp();
    await Promise.all(['a', 'b', 'c'].map((sort) => records.create(key(sort), sort, hour)));
    const found = await records.read(['c', 'nothing', 'a', 'c'].map(key));
    expect(found.map((record) => record?.value)).toEqual(['c', undefined, 'a', 'c']);
    expect(await records.read([])).toEqual([]);
  });

  it('reads a hundred at once, across partitions, and refuses more', async () => {
    const { records, partition, hour } = setUp();
    const keys = Array.from({ length: 100 }, (_, i) => ({ partition: `${partition}/${i}`, sort: 'a' }));
    await Promise.all(keys.map((each, i) => records.create(each, i, hour)));
    const found = await records.read(keys);
    expect(found.map((record) => record?.value)).toEqual(keys.map((_, i) => i));
    await expect(records.read([...keys, { partition, sort: 'b' }])).rejects.toThrow(RangeError);
  });

  it('reads more bytes at once than a back end gives in one answer', async () => {
    const { records, key, hour } = setUp();
    const keys = Array.from({ length: 6 }, (_, i) => key(String(i)));
    const value = 'y'.repeat(300_000);
    await Promise.all(keys.map((each) => records.create(each, value, hour)));
    const found = await records.read(keys);
    expect(found.map((record) => record?.value === value)).toEqual(keys.map(() => true));
    expect((await records.list(keys[0]?.partition ?? '', '', { limit: 500 })).items).toHaveLength(6);
  });

  it.each(['', 'a\0b', '\ud800', 'k'.repeat(1025)])('refuses the sort key %j', async (sort) => {
    const { records, key, hour } = setUp();
    await expect(records.create(key(sort), 1, hour)).rejects.toThrow(TypeError);
    await expect(records.replace(key(sort), 1, 1, hour)).rejects.toThrow(TypeError);
    await expect(records.read([key(sort)])).rejects.toThrow(TypeError);
    await expect(records.create(key('a'), 1, { ...hour, index: key(sort) })).rejects.toThrow(TypeError);
  });
}

function passing(setUp: SetUp): void {
  it('counts an expired record as absent everywhere, from that moment on', async () => {
    const { records, clock, key, partition } = setUp();
    await records.create(key('a'), 'old', { expiresAt: clock.in(1500) });
    clock.advance(1499);
    expect(await records.read([key('a')])).toMatchObject([{ value: 'old' }]);
    clock.advance(1);
    expect(await records.read([key('a')])).toEqual([undefined]);
    expect(await records.list(partition, '', { limit: 10 })).toEqual({ items: [] });
    expect(await records.replace(key('a'), 1, 'late', { expiresAt: clock.in(HOUR) })).toBe(false);
    expect(await records.create(key('a'), 'new', { expiresAt: clock.in(HOUR) })).toEqual({ created: true });
    expect(await records.read([key('a')])).toMatchObject([{ version: 1, value: 'new' }]);
  });

  it('fills a page with what lives, however much has expired before it', async () => {
    const { records, clock, key, partition, hour } = setUp();
    const soon = { expiresAt: clock.in(1000) };
    const sorts = Array.from({ length: 40 }, (_, i) => String(i).padStart(2, '0'));
    await Promise.all(sorts.map((sort) => records.create(key(sort), 1, Number(sort) % 4 ? soon : hour)));
    clock.advance(1000);
    const page = await records.list(partition, '', { limit: 9 });
    expect(page.items).toHaveLength(9);
    const rest = await records.list(partition, '', { limit: 9, cursor: page.cursor ?? '' });
    expect(rest.items.map((record) => record.key.sort)).toEqual(['36']);
    expect(rest.cursor).toBeUndefined();
  });

  it('lets another create take the place once it is no longer held', async () => {
    const { records, clock, key } = setUp();
    const options = () => ({ expiresAt: clock.in(HOUR), heldUntil: clock.in(MINUTE) });
    await records.create(key('a'), 'first', options());
    clock.advance(MINUTE - 1);
    expect(await records.create(key('a'), 'second', options())).toMatchObject({ created: false });
    clock.advance(1);
    expect(await records.read([key('a')])).toMatchObject([{ value: 'first' }]);
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, i) => records.create(key('a'), i, options())),
    );
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(await records.read([key('a')])).toMatchObject([{ version: 1 }]);
  });

  it('holds no longer than it lives, and may be replaced while it is not held', async () => {
    const { records, clock, key } = setUp();
    await records.create(key('a'), 1, { expiresAt: clock.in(1000), heldUntil: clock.in(HOUR) });
    await records.create(key('b'), 1, { expiresAt: clock.in(HOUR), heldUntil: clock.now() });
    expect(await records.replace(key('b'), 1, 2, { expiresAt: clock.in(HOUR) })).toBe(true);
    expect(await records.create(key('b'), 3, { expiresAt: clock.in(HOUR) })).toMatchObject({
      created: false,
    });
    clock.advance(1000);
    expect(await records.create(key('a'), 2, { expiresAt: clock.in(HOUR) })).toEqual({ created: true });
  });
}

function valuing(setUp: SetUp): void {
  it('gives back any JSON as it was', async () => {
    const { records, partition, hour } = setUp();
    let run = 0;
    const unit = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\u{1f511}', '', '\0', 'e\u0301'));
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ depthSize: 'small' }), unit, async (json, text) => {
        run += 1;
        const key = { partition, sort: String(run) };
        const value = { json: JSON.parse(JSON.stringify(json)), text, [`k${text}`]: 1 } as Json;
        await records.create(key, value, hour);
        expect((await records.read([key]))[0]?.value).toEqual(value);
      }),
      { numRuns: 40 },
    );
  });

  // JSON text escapes a lone surrogate, so that values, other than keys, keep even those.
  it.each<Json>([
    '',
    {},
    [],
    null,
    false,
    0,
    { '': '' },
    [[], {}, ''],
    '\ud800',
    '\udc00\ud800',
    { '\ud83d': 1 },
  ])('gives back %j', async (value) => {
    const { records, key, hour } = setUp();
    await records.create(key('a'), value, hour);
    expect((await records.read([key('a')]))[0]?.value).toEqual(value);
  });

  it('takes keys of any script', async () => {
    const { records, partition, hour } = setUp();
    const sorts = ['\u00e9', 'e\u0301', '\u{1f511}', '\u65e5\u672c', ' ', '"\\%_*?'];
    await Promise.all(sorts.map((sort) => records.create({ partition, sort }, sort, hour)));
    expect(await listAll(records, partition, '', 500)).toEqual([...sorts].sort(byUtf8));
    const found = await records.read(sorts.map((sort) => ({ partition, sort })));
    expect(found.map((record) => record?.value)).toEqual(sorts);
  });

  it('takes values over 400 KB, in every way they come back', async () => {
    const { records, clock, key, partition } = setUp();
    const month = { expiresAt: clock.in(20 * DAY) };
    await records.create(key('a'), LARGE, month);
    const second = await records.create(key('a'), 'small', month);
    expect(second.created === false && second.existing.value === LARGE).toBe(true);
    expect(await records.replace(key('a'), 1, { large: LARGE }, month)).toBe(true);
    const [record] = await records.read([key('a')]);
    expect(record?.value).toEqual({ large: LARGE });
    const { items } = await records.list(partition, '', { limit: 10 });
    expect(items.map(({ value }) => value)).toEqual([{ large: LARGE }]);
    expect(await records.replace(key('a'), 2, 'small', month)).toBe(true);
    expect(await records.read([key('a')])).toMatchObject([{ version: 3, value: 'small' }]);
  });
}
