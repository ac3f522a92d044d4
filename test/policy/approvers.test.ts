// The order in which approvers are sought.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { approverSets } from '../../src/policy/approvers.ts';

test('the least demanding first, the same every time', () => {
  const expected = [
    [1, {}],
    [1, { a: 1 }],
    [1, { b: 1 }],
    [2, {}],
    [2, { a: 1 }],
    [2, { b: 1 }],
    [2, { a: 2 }],
    [2, { b: 2 }],
    [2, { a: 1, b: 1 }],
    [3, {}],
    [3, { a: 1 }],
    [3, { b: 1 }],
    [3, { a: 2 }],
    [3, { b: 2 }],
    [3, { a: 1, b: 1 }],
    [3, { a: 3 }],
    [3, { b: 3 }],
    [3, { a: 2, b: 1 }],
    [3, { a: 1, b: 2 }],
  ];
  expect([...approverSets(['b', 'a'])].map(({ count, of }) => [count, of])).toEqual(expected);
});

test('every set of one to three is tried once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z0-9-]{2,6}$/), { maxLength: 6 }), (groups) => {
      const sets = [...approverSets(groups)];
      const kinds = groups.length + 1;
      const ways = kinds + (kinds * (kinds + 1)) / 2 + (kinds * (kinds + 1) * (kinds + 2)) / 6;
      expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(ways);
      expect(sets).toHaveLength(ways);
    }),
  );
});
