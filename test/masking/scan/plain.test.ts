// What is let go without a look: short words, short numbers and moments, in which nothing is ever found.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DETECTORS } from '../../../src/masking/detectors/all.ts';
import { compileTables } from '../../../src/masking/scan/compile.ts';
import { createFinder } from '../../../src/masking/scan/finder.ts';
import { isPlain } from '../../../src/masking/scan/plain.ts';
import { Scan } from '../../../src/masking/scan/scan.ts';

/** The pass itself, which looks at everything. */
const scan = new Scan(compileTables(DETECTORS));

/** Letters that detectors wait for, and what their words and names are made of. */
const parts = [
  ...new Set(
    DETECTORS.flatMap(({ words = [], names = [], anchors = [] }) => [
      ...words,
      ...names,
      ...anchors.map(({ text }) => text),
    ]).flatMap((text) => text.split(/[^A-Za-z]+/u)),
  ),
].filter((part) => part !== '');

const letters = fc
  .array(fc.oneof(fc.constantFrom(...parts), fc.stringMatching(/^[A-Za-z]$/u)), { maxLength: 6 })
  .map((some) => some.join('').slice(0, 12));
const digit = fc.constantFrom(...'0123456789');
const numbers = fc.oneof(
  fc.stringMatching(/^[0-9.-]{1,6}$/u),
  fc.array(digit, { minLength: 7, maxLength: 10 }).map((digits) => digits.join('')),
  // With a point somewhere.
  fc
    .tuple(fc.array(digit, { minLength: 6, maxLength: 8 }), fc.nat(8))
    .map(([digits, point]) => digits.toSpliced(point, 0, '.').join('')),
);

const moments = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T23:59:59Z'), noInvalidDate: true })
  .chain((at) => {
    const whole = at.toISOString();
    return fc.constantFrom(whole, whole.replace(/\.\d+/u, ''), at.toUTCString());
  });

describe('a short word, a number or a moment', () => {
  it('has nothing in it that a detector finds', () => {
    fc.assert(
      fc.property(fc.oneof(letters, numbers, moments), (text) => {
        expect(isPlain(text)).toBe(true);
        expect(scan.run(text)).toEqual([]);
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    'letters only of which there are many',
    '12345678901',
    '12-34-56',
    '123456.7890',
    '12a',
    'a1',
    '1 2',
    'ä',
    '12:30',
    '+1',
    '2026-03-02',
    '2026-03-02T09:12:44',
    '2026-03-02T09:12:44.1Z',
    '2026-03-02T09:12:44.123z',
    '2026-13-02T09:12:44Z',
    '1234-56-78T90:12:34Z',
    'Mon, 02 Mar 2026 09:12:44 UTC',
    'Mon, 02 Mar 2026 29:12:44 GMT',
  ])('is not what %s is', (text) => {
    expect(isPlain(text)).toBe(false);
  });

  it('is looked at where its name, a country or a pattern says something of it', () => {
    const pin = createFinder({ detectors: DETECTORS });
    const named = pin.names.lookUp('password');
    expect(pin.find('hunter')).toEqual([]);
    expect(pin.find('hunter', named)).toEqual([{ type: 'PASSWORD', start: 0, end: 6 }]);
    const moment = '1984-03-02T00:00:00Z';
    const born = pin.names.lookUp('birthDate');
    expect(pin.find(moment)).toEqual([]);
    expect(pin.find(moment, born)).not.toEqual([]);
    const patterns = createFinder({
      detectors: [],
      types: ['CODE'],
      patterns: (text, add) => add('CODE', 0, text.length),
    });
    expect(patterns.find('abc')).toEqual([{ type: 'CODE', start: 0, end: 3 }]);
  });
});
