// Text that is cut: never longer than it may be, in whole characters, and nothing is cut that fits.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fitted } from '../../src/agents/index.ts';
import { cutToBytes, jsonBytes } from '../../src/shared/cut.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 300 })
    .map((units) => String.fromCharCode(...units)),
  fc.nat(400).map((length) => '検'.repeat(length)),
);

it.each([
  ['abc', 5, 'abc'],
  ['abcdef', 8, 'abcdef'],
  ['abcdef', 7, 'ab…'],
  ['検検検', 10, '検…'],
  ['検検検', 11, '検検検'],
  ['\u0000\u0000', 13, '\u0000…'],
  ['😀😀😀', 12, '😀…'],
])('%j in %i bytes is %j', (given, most, kept) => {
  expect(cutToBytes(given, most)).toBe(kept);
});

it('has as many bytes as it may at the most, and begins as the text did', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 600 }), (given, most) => {
      const kept = cutToBytes(given, most);
      expect(jsonBytes(kept)).toBeLessThanOrEqual(most);
      if (kept === given) return;
      expect(jsonBytes(given)).toBeGreaterThan(most);
      const characters = [...kept].slice(0, -1);
      expect([...given].slice(0, characters.length)).toEqual(characters);
    }),
  );
});

it('a sighting has room in a counter, whatever its claims are', () => {
  const claims = fc.dictionary(text, fc.jsonValue(), { maxKeys: 30 });
  fc.assert(
    fc.property(claims, text, (given, subject) => {
      const sighting = {
        ...{ issuer: 'https://issuer.example.com', subject: cutToBytes(subject, 512), claims: given },
        ...{ tokenHash: 'h'.repeat(64), at: '2026-03-02T12:00:30.000Z' },
      };
      const fits = fitted(sighting);
      expect(jsonBytes(fits)).toBeLessThanOrEqual(3072);
      if (jsonBytes(sighting) <= 3072) expect(fits).toEqual(sighting);
      else expect(Object.keys(fits.claims).length).toBeLessThan(Object.keys(given).length);
    }),
  );
});
