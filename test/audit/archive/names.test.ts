// Names in the archive: what is made is understood, and nothing else is.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveName, digestKey, eventsKey, indexKey, keysFrom, strayKey } from '../../../src/audit/index.ts';

const moment = fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true });
const tail = fc.string({ minLength: 1, maxLength: 64, unit: fc.constantFrom(...'abcxyz0189') });
const sequence = fc.integer({ min: 1, max: 9_999_999_999 });
const hex = fc.string({ minLength: 64, maxLength: 64, unit: fc.constantFrom(...'0123456789abcdef') });

test('a name says what it was made of', () => {
  fc.assert(
    fc.property(moment, tail, sequence, hex, (at, end, number, hash) => {
      expect(archiveName(eventsKey(at, end))).toEqual({ kind: 'events', at });
      expect(archiveName(strayKey(at, end))).toEqual({ kind: 'stray', at });
      expect(archiveName(digestKey(number))).toEqual({ kind: 'digest', sequence: number });
      expect(archiveName(indexKey(number, hash))).toEqual({ kind: 'index', sequence: number });
    }),
  );
});

test('names are in the order of their moments', () => {
  fc.assert(
    fc.property(moment, moment, tail, tail, (one, two, a, b) => {
      fc.pre(one < two);
      expect(eventsKey(one, a) < eventsKey(two, b)).toBe(true);
      expect(eventsKey(one, a) < keysFrom('events/', two)).toBe(true);
      expect(eventsKey(two, b) >= keysFrom('events/', two)).toBe(true);
    }),
  );
});

test('digests are in the order of their numbers', () => {
  fc.assert(
    fc.property(sequence, sequence, (one, two) => {
      expect(digestKey(one) < digestKey(two)).toBe(one < two);
    }),
  );
});

const AT = new Date('2026-11-21T22:41:07.123Z');

test('they look as the docs say', () => {
  expect(eventsKey(AT, '0k3x9')).toBe('events/day=2026-11-21/hour=22/20261121T224107123Z-0k3x9.jsonl.gz');
  expect(strayKey(AT, '0k3x9')).toBe('unarchived/day=2026-11-21/hour=22/20261121T224107123Z-0k3x9.json');
  expect(digestKey(17)).toBe('digests/digest-0000000017.json');
  expect(indexKey(17, `4f1c0a92b7d3e658${'0'.repeat(48)}`)).toBe(
    'digests/digest-0000000017-4f1c0a92b7d3e658.index.gz',
  );
});

test.each(['', 'A', 'a-b', 'a/b', '../x', 'x'.repeat(65)])('%j ends no name', (end) => {
  expect(() => eventsKey(AT, end)).toThrow(TypeError);
});

describe('no name of an archive', () => {
  const good = eventsKey(AT, 'x');
  test.each([
    '',
    'events/',
    'readme.txt',
    good.replace('events/', 'event/'),
    good.replace('.jsonl.gz', '.json'),
    good.replace('.jsonl.gz', '.jsonl'),
    good.replace('day=2026-11-21', 'day=2026-11-22'),
    good.replace('hour=22', 'hour=21'),
    good.replace(/2026-11-21|20261121/g, (text) => text.replace('1121', '0231').replace('11-21', '02-31')),
    good.replace(/hour=22|T22/g, (text) => text.replace('22', '24')),
    good.replace('T224107', 'T226107'),
    good.replace('-x', '-X'),
    `${good}.bak`,
    `./${good}`,
    `${good}\n`,
    'digests/digest-17.json',
    'digests/digest-00000000017.json',
    'digests/digest-0000000017.json.gz',
    'digests/digest-0000000017-4f1c.index.gz',
    'digests/digest-0000000017-4F1C0A92B7D3E658.index.gz',
  ])('%j', (key) => {
    expect(archiveName(key)).toBeUndefined();
  });
});
