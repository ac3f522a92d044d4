// What every adapter of Records must do when it counts.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Unavailable } from '../../src/shared/errors.ts';
import type { Json } from '../../src/shared/json.ts';
import type { SetUp } from './records.ts';
import { HOUR, MINUTE } from './support/clock.ts';

/** Not small in a back end that spills. */
const LARGE = 'x'.repeat(500_000);

export function counting(setUp: SetUp): void {
  adding(setUp);
  ending(setUp);
  mixing(setUp);
  refusing(setUp);
}

function adding(setUp: SetUp): void {
  it('adds up, keeps the first value and shows the latest', async () => {
    const { records, key, partition, hour } = setUp();
    expect(await records.count(key('a'), 1, { from: 'one' }, { at: 1 }, hour)).toBe(1);
    expect(await records.count(key('a'), 5, { from: 'two' }, { at: 2 }, hour)).toBe(6);
    expect(await records.count(key('a'), 1, { from: 'three' }, { at: 3 }, hour)).toBe(7);
    const record = {
      key: key('a'),
      version: 1,
      value: { count: 7, first: { from: 'one' }, last: { at: 3 } },
    };
    expect(await records.read([key('a'), key('b')])).toEqual([record, undefined]);
    expect(await records.list(partition, '', { limit: 5 })).toEqual({ items: [record] });
  });

  it('loses none of a hundred additions made at once, and tells each another count', async () => {
    const { records, key, hour } = setUp();
    const writers = Array.from({ length: 100 }, (_, i) => i);
    const counts = await Promise.all(writers.map((i) => records.count(key('a'), 1, i, i, hour)));
    expect([...counts].sort((a, b) => a - b)).toEqual(writers.map((i) => i + 1));
    const [record] = await records.read([key('a')]);
    const value = { count: 100, first: counts.indexOf(1), last: counts.indexOf(100) };
    expect(record?.value).toEqual(value);
  });

  it('loses none of those made at once, whatever each adds', async () => {
    const { records, key, hour } = setUp();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 1, maxLength: 8 }),
        async (all) => {
          run += 1;
          const own = key(String(run));
          const counts = await Promise.all(all.map((by) => records.count(own, by, null, null, hour)));
          const sum = all.reduce((a, b) => a + b);
          expect(Math.max(...counts)).toBe(sum);
          expect(await records.read([own])).toMatchObject([{ value: { count: sum } }]);
        },
      ),
      { numRuns: 20 },
    );
  });

  it.each<Json>(['', {}, [], null, false, 0, '\0', '\ud800', { '\u{1f511}': 'e\u0301' }])(
    'gives back the values %j',
    async (value) => {
      const { records, key, hour } = setUp();
      await records.count(key('a'), 1, value, value, hour);
      expect(await records.read([key('a')])).toMatchObject([
        { value: { count: 1, first: value, last: value } },
      ]);
    },
  );

  it('is listed by the index of the latest addition', async () => {
    const { records, key, partition, hour } = setUp();
    const at = (sort: string) => ({ ...hour, index: { partition: `${partition}/index`, sort } });
    const listed = async (from: string) =>
      (await records.listIndex(`${partition}/index`, { limit: 5, from })).items;
    await records.count(key('a'), 1, 1, 1, at('1'));
    await records.count(key('b'), 1, 1, 1, at('2'));
    expect(await listed('1')).toEqual([key('a'), key('b')]);
    await records.count(key('a'), 1, 1, 1, at('3'));
    expect(await listed('1')).toEqual([key('b'), key('a')]);
    expect(await listed('3')).toEqual([key('a')]);
    await records.count(key('b'), 1, 1, 1, hour);
    expect(await listed('1')).toEqual([key('a')]);
  });
}

type Step = { readonly pass: number } | { readonly by: number; readonly lives: number };

function ending(setUp: SetUp): void {
  it('begins again once it has expired', async () => {
    const { records, clock, key, partition } = setUp();
    const soon = () => ({ expiresAt: clock.in(1500) });
    await records.count(key('a'), 3, 'old', 'old', soon());
    clock.advance(1499);
    expect(await records.count(key('a'), 4, 'second', 'second', soon())).toBe(7);
    clock.advance(1499);
    expect(await records.read([key('a')])).toMatchObject([{ value: { count: 7, first: 'old' } }]);
    clock.advance(1);
    expect(await records.read([key('a')])).toEqual([undefined]);
    expect(await records.list(partition, '', { limit: 5 })).toEqual({ items: [] });
    expect(await records.count(key('a'), 2, 'new', 'last', soon())).toBe(2);
    expect(await records.read([key('a')])).toMatchObject([
      { version: 1, value: { count: 2, first: 'new', last: 'last' } },
    ]);
  });

  it('begins again once, however many find it expired', async () => {
    const { records, clock, key, hour } = setUp();
    await records.count(key('a'), 9, 'old', 'old', { expiresAt: clock.in(1000) });
    clock.advance(1000);
    const writers = Array.from({ length: 50 }, (_, i) => i);
    const counts = await Promise.all(writers.map((i) => records.count(key('a'), 1, i, i, hour)));
    expect([...counts].sort((a, b) => a - b)).toEqual(writers.map((i) => i + 1));
    expect(await records.read([key('a')])).toMatchObject([
      { value: { count: 50, first: counts.indexOf(1) } },
    ]);
  });

  it('counts as a counter in memory would, over any sequence of additions and waits', async () => {
    const { records, clock, key } = setUp();
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.record({ pass: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ by: fc.integer({ min: 1, max: 9 }), lives: fc.integer({ min: 0, max: 3 }) }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        run += 1;
        const own = key(String(run));
        let model = { count: 0, first: 0, last: 0, left: 0 };
        for (const [i, one] of steps.entries()) {
          if ('pass' in one) {
            clock.advance(one.pass);
            model = { ...model, left: model.left - one.pass };
            continue;
          }
          const { count, first } = model.left > 0 ? model : { count: 0, first: i };
          model = { count: count + one.by, first, last: i, left: one.lives };
          const options = { expiresAt: clock.in(one.lives) };
          expect(await records.count(own, one.by, i, i, options)).toBe(model.count);
        }
        const { left, ...value } = model;
        const [record] = await records.read([own]);
        expect(record?.value).toEqual(left > 0 ? value : undefined);
      }),
      { numRuns: 40 },
    );
  });
}

function mixing(setUp: SetUp): void {
  it('leaves alone a record that is no counter, while that one lives', async () => {
    const { records, clock, key } = setUp();
    const options = { expiresAt: clock.in(HOUR), heldUntil: clock.in(MINUTE) };
    await records.create(key('a'), { count: 1 }, options);
    const add = () => records.count(key('a'), 1, 1, 1, { expiresAt: clock.in(HOUR) });
    await expect(add()).rejects.toThrow(Unavailable);
    // No longer held is not yet gone.
    clock.advance(MINUTE);
    await expect(add()).rejects.toThrow(Unavailable);
    expect(await records.read([key('a')])).toEqual([{ key: key('a'), version: 1, value: { count: 1 } }]);
    clock.advance(HOUR);
    expect(await add()).toBe(1);
  });

  it.each(['small', LARGE])('takes the place of an expired record, and gives it back', async (value) => {
    const { records, clock, key } = setUp();
    await records.create(key('a'), value, { expiresAt: clock.in(1000) });
    clock.advance(1000);
    await records.count(key('a'), 2, 'first', 'last', { expiresAt: clock.in(1000) });
    expect(await records.read([key('a')])).toMatchObject([
      { version: 1, value: { count: 2, first: 'first', last: 'last' } },
    ]);
    clock.advance(1000);
    const hour = { expiresAt: clock.in(HOUR) };
    expect(await records.create(key('a'), value, hour)).toEqual({ created: true });
    expect((await records.read([key('a')]))[0]?.value).toEqual(value);
    expect(await records.replace(key('a'), 1, 'replaced', hour)).toBe(true);
    expect(await records.read([key('a')])).toEqual([{ key: key('a'), version: 2, value: 'replaced' }]);
  });

  it('is neither created anew nor replaced', async () => {
    const { records, key, hour } = setUp();
    await records.count(key('a'), 2, 'first', 'last', hour);
    const existing = { key: key('a'), version: 1, value: { count: 2, first: 'first', last: 'last' } };
    expect(await records.create(key('a'), 'x', hour)).toEqual({ created: false, existing });
    for (const version of [0, 1, 2]) {
      expect(await records.replace(key('a'), version, 'x', hour)).toBe(false);
    }
    expect(await records.read([key('a')])).toEqual([existing]);
    expect(await records.count(key('a'), 1, 'other', 'last', hour)).toBe(3);
  });

  it('is held for as long as it lives, though it was told otherwise', async () => {
    const { records, clock, key, hour } = setUp();
    const options = { ...hour, heldUntil: clock.now() };
    await records.count(key('a'), 1, 1, 1, options);
    expect(await records.create(key('a'), 'x', hour)).toMatchObject({ created: false });
  });
}

function refusing(setUp: SetUp): void {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('does not add %d', async (by) => {
    const { records, key, hour } = setUp();
    await expect(records.count(key('a'), by, 1, 1, hour)).rejects.toThrow(TypeError);
    expect(await records.read([key('a')])).toEqual([undefined]);
  });

  it('counts as far as a number is exact, and stays there', async () => {
    const { records, key, hour } = setUp();
    const most = Number.MAX_SAFE_INTEGER;
    expect(await records.count(key('a'), most - 2, 1, 1, hour)).toBe(most - 2);
    await expect(records.count(key('a'), 3, 1, 1, hour)).rejects.toThrow(Unavailable);
    expect(await records.count(key('a'), 2, 1, 1, hour)).toBe(most);
    await expect(records.count(key('a'), 1, 1, 1, hour)).rejects.toThrow(Unavailable);
    expect(await records.read([key('a')])).toMatchObject([{ value: { count: most } }]);
  });

  it('takes values of 4 KB and refuses larger ones', async () => {
    const { records, key, hour } = setUp();
    // Two bytes each, and two for the quotes.
    const full = '\u00e9'.repeat(2047);
    expect(await records.count(key('a'), 1, full, full, hour)).toBe(1);
    await expect(records.count(key('a'), 1, `${full}x`, 1, hour)).rejects.toThrow(TypeError);
    await expect(records.count(key('a'), 1, 1, `${full}x`, hour)).rejects.toThrow(TypeError);
    expect(await records.read([key('a')])).toMatchObject([{ value: { count: 1, first: full, last: full } }]);
  });

  it('refuses wrong keys and moments', async () => {
    const { records, key, hour } = setUp();
    const wrong = { expiresAt: new Date(Number.NaN) };
    await expect(records.count(key(''), 1, 1, 1, hour)).rejects.toThrow(TypeError);
    await expect(records.count(key('a'), 1, 1, 1, { ...hour, index: key('') })).rejects.toThrow(TypeError);
    await expect(records.count(key('a'), 1, 1, 1, wrong)).rejects.toThrow(TypeError);
  });
}
