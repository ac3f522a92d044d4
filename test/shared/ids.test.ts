// Ids: they say what they are, sort by time, and the same parts give the same tail.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type IdPrefix,
  isId,
  leastId,
  makeId,
  tailFrom,
  tailOf,
  timelyTail,
  timeOf,
} from '../../src/shared/ids.ts';

const PREFIXES: readonly IdPrefix[] = ['task', 'call', 'evt', 'req'];
const prefix = fc.constantFrom(...PREFIXES);
const moment = fc.date({
  min: new Date('1970-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});
const tail = fc.uint8Array({ minLength: 10, maxLength: 24 });

describe('makeId', () => {
  it('makes ids that are ids, of their own kind only', () => {
    fc.assert(
      fc.property(prefix, prefix, moment, tail, (kind, other, at, bytes) => {
        const id = makeId(kind, at, bytes);
        expect(id).toMatch(/^[a-z]+_[0-9a-z]{26}$/);
        expect(isId(kind, id)).toBe(true);
        expect(isId(other, id)).toBe(kind === other);
      }),
    );
  });

  it('sorts by time, whatever the tails are', () => {
    fc.assert(
      fc.property(prefix, moment, moment, tail, tail, (kind, a, b, first, second) => {
        fc.pre(a.getTime() !== b.getTime());
        expect(makeId(kind, a, first) < makeId(kind, b, second)).toBe(a < b);
      }),
    );
  });

  it('keeps every bit of ten bytes', () => {
    fc.assert(
      fc.property(moment, tail, fc.nat(79), (at, bytes, bit) => {
        const other = Uint8Array.from(bytes);
        other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(tailOf(makeId('task', at, other))).not.toBe(tailOf(makeId('task', at, bytes)));
      }),
    );
  });

  it('has a tail that does not depend on the time or the kind', () => {
    fc.assert(
      fc.property(moment, moment, tail, (a, b, bytes) => {
        expect(tailOf(makeId('task', a, bytes))).toBe(tailOf(makeId('call', b, bytes)));
      }),
    );
  });

  it('refuses too few bytes', () => {
    expect(() => makeId('task', new Date(), new Uint8Array(9))).toThrow(RangeError);
  });
});

describe('leastId', () => {
  it('lies before all ids of its moment and of later ones, and after all earlier ones', () => {
    fc.assert(
      fc.property(prefix, moment, moment, tail, (kind, at, made, bytes) => {
        expect(leastId(kind, at) <= makeId(kind, made, bytes)).toBe(at <= made);
        expect(leastId(kind, at) < makeId(kind, at, new Uint8Array(10))).toBe(true);
      }),
    );
  });

  it.each(['-000001-01-01T00:00:00Z', '1969-12-31T23:59:59.999Z', '+275760-09-13T00:00:00Z'])(
    'of %s, where ids do not reach, lies beyond the ids that there are',
    (text) => {
      const at = new Date(text);
      const [first, last] = ['1970-01-01T00:00:00Z', '9999-12-31T23:59:59Z'].map((each) =>
        makeId('evt', new Date(each), new Uint8Array(10)),
      );
      expect(leastId('evt', at) < String(first)).toBe(at.getTime() < 0);
      expect(leastId('evt', at) > String(last)).toBe(at.getTime() > 0);
    },
  );
});

describe('timeOf', () => {
  it('is when an id was made, or what it is the least of', () => {
    fc.assert(
      fc.property(prefix, prefix, moment, tail, (kind, other, at, bytes) => {
        for (const id of [makeId(kind, at, bytes), leastId(kind, at)]) {
          expect(timeOf(kind, id)).toEqual(at);
          expect(timeOf(other, id)).toEqual(kind === other ? at : undefined);
        }
      }),
    );
  });
});

describe('tailFrom', () => {
  it('is the same for the same parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (parts) => {
        expect(tailFrom(...parts)).toEqual(tailFrom(...parts));
        expect(tailFrom(...parts)).toHaveLength(10);
      }),
    );
  });

  it('tells apart where one part ends and the next begins', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        // Lone surrogates are all one byte sequence in UTF-8.
        fc.pre([...a, ...b].every((part) => part.isWellFormed()));
        expect(tailFrom(...a)).not.toEqual(tailFrom(...b));
      }),
    );
  });

  it.each([
    [
      ['ab', 'c'],
      ['a', 'bc'],
    ],
    [['a', ''], ['a']],
    [['1:a'], ['1', 'a']],
    [['a1:b'], ['a', 'b']],
  ])('does not take %j for %j', (a, b) => {
    expect(tailFrom(...a)).not.toEqual(tailFrom(...b));
  });
});

const GOOD = makeId('task', new Date('2026-03-02T12:00:00Z'), new Uint8Array(10).fill(7));

describe('isId', () => {
  it.each([
    '',
    'task_',
    GOOD.slice(0, -1),
    `${GOOD}0`,
    `${GOOD}\n`,
    ` ${GOOD}`,
    GOOD.toUpperCase(),
    GOOD.replace('task_', 'task-'),
    GOOD.replace('task_', '_'),
    `${GOOD.slice(0, -1)}i`,
    `${GOOD.slice(0, -1)}l`,
    `${GOOD.slice(0, -1)}o`,
    `${GOOD.slice(0, -1)}u`,
    `${GOOD.slice(0, -1)}\0`,
    `${GOOD.slice(0, -1)}\u0660`,
    'task_../../../../../../../../../..',
  ])('refuses %j', (text) => {
    expect(isId('task', text)).toBe(false);
    expect(timeOf('task', text)).toBeUndefined();
    expect(() => tailOf(text)).toThrow(TypeError);
  });

  it('refuses nearly everything', () => {
    fc.assert(fc.property(fc.string(), (text) => void expect(isId('task', text)).toBe(false)));
  });
});

it('makes tails that lie together where they are made in the same moment, and are random besides', () => {
  const moment = fc.integer({ min: 0, max: 4_000_000_000_000 });
  fc.assert(
    fc.property(moment, fc.uint8Array({ minLength: 10, maxLength: 10 }), (at, random) => {
      const given = Uint8Array.from(random);
      const tail = timelyTail(new Date(at), random);
      expect(random).toEqual(given);
      expect(tail.subarray(2)).toEqual(given.subarray(2));
      const step = at - (at % 16);
      expect(timelyTail(new Date(step), random)).toEqual(tail);
      expect(timelyTail(new Date(step + 15), random)).toEqual(tail);
      const [first = 0, second = 0] = timelyTail(new Date(step + 16), random);
      // It begins anew after some 17 minutes.
      expect((first * 256 + second + 65_536 - ((tail[0] ?? 0) * 256 + (tail[1] ?? 0))) % 65_536).toBe(1);
    }),
  );
});

it('writes the bytes of a tail as one number in base 32, the most significant first', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 12 }), (bytes) => {
      const tail = tailOf(makeId('call', new Date(0), bytes));
      const digits = [...tail].map((one) => BigInt('0123456789abcdefghjkmnpqrstvwxyz'.indexOf(one)));
      const number = digits.reduce((sum, digit) => sum * 32n + digit, 0n);
      expect(number.toString(16).padStart(20, '0')).toBe(Buffer.from(bytes.subarray(0, 10)).toString('hex'));
    }),
  );
});
