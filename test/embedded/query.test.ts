// A query as it was sent: what servers read alike, and what they would not.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUtf8, pairsOf } from '../../src/embedded/query.ts';

describe('a query', () => {
  it.each([
    ['', []],
    [
      'x=1&x=2&y',
      [
        ['x', '1'],
        ['x', '2'],
        ['y', ''],
      ],
    ],
    ['%C3%A9=%e2%82%ac+%F0%9F%98%80', [['é', '€ 😀']]],
    ['x=%EF%BF%BD', [['x', '\ufffd']]],
    // What begins no escape is what it is.
    [
      'x=100%&y=%zz&z=%4',
      [
        ['x', '100%'],
        ['y', '%zz'],
        ['z', '%4'],
      ],
    ],
    ['x=%%C3%A9%25E9', [['x', '%é%E9']]],
  ])('%j is read', (query, pairs) => {
    expect(isUtf8(query)).toBe(true);
    expect(pairsOf(query)).toEqual(pairs);
  });

  it.each(['x=%E9', '%ff', 'x=%80', 'x=a%C3a', 'x=%C3&y=%A9', 'x=%C3+%A9', '%C0%AF', '%ED%A0%80=1', '%%E9'])(
    '%j is not',
    (query) => {
      expect(isUtf8(query)).toBe(false);
    },
  );

  it('is read without a character in the place of another', () => {
    const piece = fc.oneof(
      fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
      fc.constantFrom('%', '%C3%A9', '&', '=', '+', 'a', '%z', '%4'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const query = pieces.join('');
        // That one may be sent, as any other.
        if (/%EF%BF%BD/iu.test(query)) return;
        expect(isUtf8(query)).toBe(!pairsOf(query).flat().join('').includes('\ufffd'));
      }),
      { numRuns: 3000 },
    );
  });
});
