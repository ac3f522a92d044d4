// Large values beside their items: where they go, and what happens when they do not come back as they were.
import { describe, expect, it, vi } from 'vitest';
import { createSpill, cutPage, mapSome, passes, sizeOf } from '../../src/adapters/spill.ts';
import type { ObjectKey } from '../../src/ports/objects.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { DAY, HOUR, movableClock } from '../contract/support/clock.ts';
import { memoryObjects } from '../contract/support/memory-objects.ts';

const LARGE = 'x'.repeat(350_001);

function setUp() {
  const objects = memoryObjects();
  const clock = movableClock();
  return {
    objects,
    clock,
    spill: createSpill(objects, clock, 'events'),
    key: () => [...objects.kept.keys()][0],
  };
}

describe('pack', () => {
  it.each([
    ['x'.repeat(350_000), 0],
    [LARGE, 1],
    ['\u20ac'.repeat(116_666), 0],
    ['\u20ac'.repeat(116_667), 1],
  ])('counts bytes, not characters (%#)', async (text, kept) => {
    const { objects, clock, spill } = setUp();
    const packed = await spill.pack(text, clock.in(HOUR));
    expect(objects.kept.size).toBe(kept);
    expect('pointer' in packed).toBe(kept === 1);
    expect((await spill.unpack(packed)) === text).toBe(true);
  });

  it.each([
    [HOUR, '1d'],
    [DAY, '1d'],
    [DAY + 1, '30d'],
    [30 * DAY, '30d'],
    [31 * DAY, '400d'],
    [400 * DAY, '400d'],
  ])('keeps what lives %d ms under a class that outlives it', async (life, keep) => {
    const { clock, spill, key } = setUp();
    await spill.pack(LARGE, clock.in(life));
    expect(key()).toMatch(new RegExp(`^${keep}/spill/[0-9a-f]{40}$`));
  });

  it('refuses what would have to outlive every class', async () => {
    const { clock, spill } = setUp();
    await expect(spill.pack(LARGE, clock.in(400 * DAY + 1))).rejects.toThrow(RangeError);
  });

  it('is a fault of the back end it serves when the object cannot be put', async () => {
    const { objects, clock } = setUp();
    const down = { ...objects, put: () => Promise.reject(new Unavailable('objects')) };
    const outcome = createSpill(down, clock, 'events').pack(LARGE, clock.in(HOUR));
    await expect(outcome).rejects.toMatchObject({ name: 'Unavailable', backend: 'events' });
    const taken = { ...objects, put: async () => false };
    await expect(createSpill(taken, clock, 'events').pack(LARGE, clock.in(HOUR))).rejects.toThrow(
      Unavailable,
    );
  });
});

describe('unpack', () => {
  it.each([
    ['gone', (kept: Map<string, Uint8Array>, key: ObjectKey) => kept.delete(key)],
    ['changed', (kept: Map<string, Uint8Array>, key: ObjectKey) => kept.set(key, Buffer.from(`${LARGE} `))],
  ])('never gives a value whose object is %s', async (_, spoil) => {
    const { objects, clock, spill, key } = setUp();
    const packed = await spill.pack(LARGE, clock.in(HOUR));
    spoil(objects.kept, key() as ObjectKey);
    await expect(spill.unpack(packed)).rejects.toMatchObject({ name: 'Unavailable', backend: 'events' });
  });

  it.each([
    ['a byte more', 1],
    ['a byte less', -1],
    ['none at all', -350_001],
  ])('refuses a pointer that counts %s', async (_, more) => {
    const { clock, spill } = setUp();
    const packed = await spill.pack(LARGE, clock.in(HOUR));
    const pointer = JSON.parse('pointer' in packed ? packed.pointer : '') as { bytes: number };
    const said = { pointer: JSON.stringify({ ...pointer, bytes: pointer.bytes + more }) };
    const outcome = await spill.unpack(said).catch((error: unknown) => error);
    expect(outcome).toMatchObject({ name: 'Unavailable', backend: 'events' });
    expect(passes(outcome)).toBe(false);
  });

  const pointer = (object: unknown, bytes: unknown = 1) =>
    JSON.stringify({ object, sha256: sha256('x'), bytes });
  it.each([
    ...['', '{}', 'null', '[]', 'no JSON', '{"object":"1d/spill/a"}'],
    ...[7, 'spill/a', '2d/spill/a', '1d/spill', '1d/spill/', '1d/spill/a/b', '1d/spill/../a', '1d/a'].map(
      (object) => pointer(object),
    ),
    ...[pointer(`1d/spill/${'a'.repeat(65)}`), pointer('1d/spill/a\n')],
    ...[-1, 0.5, '1', null].map((bytes) => pointer('1d/spill/a', bytes)),
  ])('refuses the pointer %j, and asks for no object', async (pointer) => {
    const { objects, clock } = setUp();
    const get = vi.fn(objects.get);
    const spill = createSpill({ ...objects, get }, clock, 'events');
    const outcome = await spill.unpack({ pointer }).catch((error: unknown) => error);
    expect(outcome).toBeInstanceOf(Unavailable);
    expect(passes(outcome)).toBe(false);
    expect(get).not.toHaveBeenCalled();
    expect(sizeOf({ pointer }, (row) => row)).toBe(0);
  });

  it('tells what passes from what stays', async () => {
    const { objects, clock, spill } = setUp();
    const packed = await spill.pack(LARGE, clock.in(HOUR));
    const down = { ...objects, get: () => Promise.reject(new Unavailable('objects')) };
    const late = await createSpill(down, clock, 'events')
      .unpack(packed)
      .catch((error: unknown) => error);
    expect(passes(late)).toBe(true);
    objects.kept.clear();
    const gone = await spill.unpack(packed).catch((error: unknown) => error);
    expect(gone).toBeInstanceOf(Unavailable);
    expect(passes(gone)).toBe(false);
  });
});

it('cuts a page where it grows too large, never before its first item', () => {
  const huge = { pointer: JSON.stringify({ object: '1d/spill/a', sha256: '', bytes: 20_000_000 }) };
  const small = { body: '{}' };
  const cut = (rows: (typeof huge | typeof small)[], limit: number) => {
    const page = cutPage(rows, limit, (row) => row);
    return [page.rows.length, page.more];
  };
  expect(cut([huge], 5)).toEqual([1, false]);
  expect(cut([huge, small], 5)).toEqual([1, true]);
  expect(cut([small, small, huge], 5)).toEqual([2, true]);
  expect(cut([small, small, small], 2)).toEqual([2, true]);
  expect(cut([small, small], 2)).toEqual([2, false]);
  expect(cut([], 2)).toEqual([0, false]);
});

it('maps a few at a time, in order', async () => {
  let running = 0;
  let most = 0;
  const results = await mapSome([...Array(50).keys()], async (i) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return i * 2;
  });
  expect(results).toEqual([...Array(50).keys()].map((i) => i * 2));
  expect(most).toBe(8);
});

it('maps what is there at once beside what is not, and rejects what throws', async () => {
  expect(await mapSome([1, 2, 3], (i) => (i === 2 ? Promise.resolve(0) : i))).toEqual([1, 0, 3]);
  expect(await mapSome([], (i) => i)).toEqual([]);
  const fail = () => {
    throw new Error('at once');
  };
  await expect(mapSome([1], fail)).rejects.toThrow('at once');
});
