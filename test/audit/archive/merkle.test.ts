// The tree of RFC 9162: grown leaf by leaf it is what the definition says, and every leaf's path leads to its root.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leafHashWithin } from '../../../src/audit/archive/merkle.ts';
import { createMerkleTree, inclusionPath, leafHash, rootByPath } from '../../../src/audit/index.ts';

const sha = (...parts: readonly Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();

/** Word for word as RFC 9162 has it in 2.1.1. */
function rootOf(lines: readonly Uint8Array[]): Buffer {
  const [only] = lines;
  if (only === undefined) return sha();
  if (lines.length === 1) return sha(Buffer.of(0), only);
  const half = 2 ** Math.ceil(Math.log2(lines.length) - 1);
  return sha(Buffer.of(1), rootOf(lines.slice(0, half)), rootOf(lines.slice(half)));
}

const anyLines = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 70 });

test('the root is that of the definition', () => {
  fc.assert(
    fc.property(anyLines, (lines) => {
      const tree = createMerkleTree();
      for (const [at, line] of lines.entries()) {
        tree.add(leafHash(line));
        expect(tree.size).toBe(at + 1);
        if (at % 7 === 0) expect(tree.root()).toEqual(rootOf(lines.slice(0, at + 1)));
      }
      expect(tree.root()).toEqual(rootOf(lines));
    }),
  );
});

test.each([
  [0, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [1, 'fb5d93e6cf90bc9470cd9ea9d9e12348993db3e854ab2b7660e3594767045f6c'],
  [2, '74ef9a5374cd1dbea5b451ac3141d2bb380b46c53ea412cdf139900b4f7e1422'],
  [3, '745dce0c223010d103d8a8743d73dd26e3ba012049a53aaaeceeb21c0e90e140'],
])("the docs' example of %i lines", (count, root) => {
  const tree = createMerkleTree();
  for (let n = 1; n <= count; n += 1) tree.add(leafHash(Buffer.from(`{"n":${n}}`)));
  expect(tree.root().toString('hex')).toBe(root);
});

describe('paths', () => {
  const leaves = (count: number) =>
    Array.from({ length: count }, (_, place) => leafHash(Buffer.from(String(place))));

  test('of every leaf of every small tree lead to its root', () => {
    for (let count = 1; count <= 33; count += 1) {
      const all = leaves(count);
      const tree = createMerkleTree();
      for (const leaf of all) tree.add(leaf);
      for (const [place, leaf] of all.entries()) {
        expect(rootByPath(leaf, place, count, inclusionPath(all, place))).toEqual(tree.root());
      }
    }
  });

  test('of another leaf, place, size or path lead elsewhere', () => {
    const anyPlace = fc
      .integer({ min: 2, max: 40 })
      .chain((count) => fc.tuple(fc.constant(count), fc.nat(count - 1)));
    fc.assert(
      fc.property(anyPlace, fc.nat(), fc.nat(), ([count, place], which, bit) => {
        const all = leaves(count);
        const path = inclusionPath(all, place);
        const leaf = all[place] ?? Buffer.alloc(0);
        const root = rootByPath(leaf, place, count, path);
        const altered = path.map((hash) => Buffer.from(hash));
        const one = altered[which % path.length] ?? Buffer.alloc(32);
        one[bit % 32] = (one[bit % 32] ?? 0) ^ (1 << (bit % 8));
        expect(rootByPath(leaf, place, count, altered)).not.toEqual(root);
        expect(rootByPath(all[(place + 1) % count] ?? leaf, place, count, path)).not.toEqual(root);
        expect(rootByPath(leaf, (place + 1) % count, count, path)).not.toEqual(root);
        expect(rootByPath(leaf, place, count, path.slice(1))).not.toEqual(root);
        expect(rootByPath(leaf, place, count, [...path, one])).not.toEqual(root);
      }),
    );
  });

  test('there are none of leaves that there are not', () => {
    expect(() => inclusionPath(leaves(3), 3)).toThrow(RangeError);
    expect(() => inclusionPath([], 0)).toThrow(RangeError);
    expect(rootByPath(Buffer.alloc(32), 3, 3, [])).toBeUndefined();
    expect(rootByPath(Buffer.alloc(32), -1, 3, [])).toBeUndefined();
  });
});

test('a line within a buffer has the same hash, and the buffer stays as it was', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 50 }), fc.nat(), fc.nat(), (bytes, a, b) => {
      const buffer = Buffer.from(bytes);
      const start = 1 + (a % buffer.length);
      const end = start + (b % (buffer.length - start + 1));
      expect(leafHashWithin(buffer, start, end)).toEqual(leafHash(bytes.subarray(start, end)));
      expect(buffer).toEqual(Buffer.from(bytes));
    }),
  );
});
