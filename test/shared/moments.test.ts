import fc from 'fast-check';
import { expect, it } from 'vitest';
import { existingMoment, millisecondsBetween, readMoment, writtenMoment } from '../../src/shared/moments.ts';

const near = fc
  .integer({ min: 0, max: 180_000 })
  .map((ahead) => new Date(Date.UTC(2026, 1, 28, 23, 58) + ahead));
const moments = fc.oneof(near, fc.date({ noInvalidDate: true }));

it('writes as toISOString, whatever was written before', () => {
  fc.assert(
    fc.property(fc.array(moments), (some) => {
      expect(some.map(writtenMoment)).toEqual(some.map((moment) => moment.toISOString()));
    }),
  );
});

it('refuses what is no moment, and goes on', () => {
  expect(() => writtenMoment(new Date(Number.NaN))).toThrow(RangeError);
  expect(writtenMoment(new Date(5))).toBe('1970-01-01T00:00:00.005Z');
});

it('reads as Date.parse, whatever was written before', () => {
  fc.assert(
    fc.property(fc.array(moments), (some) => {
      const written = some.map(writtenMoment);
      expect(written.map(readMoment)).toEqual(some.map((moment) => moment.getTime()));
    }),
  );
});

it('reads what is spoilt, or written otherwise, as Date.parse does', () => {
  const places = fc.tuple(fc.nat({ max: 23 }), fc.constantFrom('0', '9', 'Z', ' ', 'é', '.', '-', '٣'));
  fc.assert(
    fc.property(near, fc.array(places, { maxLength: 3 }), (moment, changes) => {
      const characters = [...writtenMoment(moment)];
      for (const [place, character] of changes) characters[place] = character;
      const text = characters.join('');
      expect(readMoment(text)).toBe(Date.parse(text));
    }),
  );
  for (const text of [
    '',
    '2026-03-02',
    '2026-03-02T09:12:44Z',
    '2026-03-02T09:12:44.050+01:00',
    'never',
    '9'.repeat(100),
  ])
    expect(readMoment(text), text).toBe(Date.parse(text));
});

it.each([
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2026-05-01T00:30+02:00', '2026-04-30T22:30:00.000Z'],
  ['2026-12-31T23:30:00-02:00', '2027-01-01T01:30:00.000Z'],
  ['2026-02-29', undefined],
  ['2026-02-30T10:00:00Z', undefined],
  ['2026-04-31T00:30:00+02:00', undefined],
  ['2026-05-01T24:00:00Z', undefined],
  ['0000-01-01T00:00:00+01:00', undefined],
  ['9999-12-31T23:59:00-01:00', undefined],
  ['2026-13-01', undefined],
  ['', undefined],
])('%s exists as %s', (text, moment) => {
  expect(existingMoment(text)?.toISOString()).toBe(moment);
});

it.each<[Date | string, Date | string, number]>([
  ['2026-03-02T12:00:00.000Z', '2026-03-02T12:00:01.500Z', 1500],
  [new Date(1000), '1970-01-01T00:00:03.000Z', 2000],
  [new Date(1000), new Date(1000), 0],
  ['2026-03-02T12:00:01.000Z', new Date('2026-03-02T11:59:00.000Z'), 0],
])('from %s until %s it is %i milliseconds', (began, ended, milliseconds) => {
  expect(millisecondsBetween(began, ended)).toBe(milliseconds);
});
