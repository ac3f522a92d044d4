// Where a search by prefix ends.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { afterPrefix } from '../../../src/adapters/embedded/rows.ts';

it.each([
  ['a', 'b'],
  ['a/', 'a0'],
  ['a\ud7ff', 'a\ue000'],
  ['a\u{1f511}', 'a\u{1f512}'],
  ['\uffff', '\u{10000}'],
  ['a\u{10ffff}', 'b'],
  ['a\u{10ffff}\u{10ffff}', 'b'],
])('ends %j before %j', (prefix, end) => {
  expect(afterPrefix(prefix)).toBe(end);
});

it.each(['', '\u{10ffff}'])('has no end for %j: a blob, which sorts after every text', (prefix) => {
  expect(afterPrefix(prefix)).toBeInstanceOf(Uint8Array);
});

it('lies after every text with the prefix and before every later text without it', () => {
  const text = fc.string({ unit: 'binary', maxLength: 3 }).filter((each) => each.isWellFormed());
  const order = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  fc.assert(
    fc.property(text, text, text, (prefix, rest, other) => {
      const end = afterPrefix(prefix);
      if (typeof end !== 'string') return;
      expect(order(prefix + rest, end)).toBe(-1);
      if (order(other, prefix) >= 0 && !other.startsWith(prefix)) {
        expect(order(other, end)).toBeGreaterThanOrEqual(0);
      }
    }),
  );
});
