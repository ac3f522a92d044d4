// The Merkle tree of RFC 9162 over archived lines: its root, and the proof that one line is among them.
import { hash } from 'node:crypto';

const LEAF = 0;
const NODE = 1;
const HASH_BYTES = 32;

/** Of one line, without its line end. */
export function leafHash(line: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(LEAF), line]), 'buffer');
}

/** The same of a line that stands in a buffer behind at least one byte, without a copy of it. */
export function leafHashWithin(buffer: Buffer, start: number, end: number): Buffer {
  const before = buffer[start - 1] ?? LEAF;
  buffer[start - 1] = LEAF;
  const leaf = hash('sha256', buffer.subarray(start - 1, end), 'buffer');
  buffer[start - 1] = before;
  return leaf;
}

/** One for all: what is hashed of it is hashed at once. */
const node = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);

function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  node.set(left, 1);
  node.set(right, 1 + HASH_BYTES);
  return hash('sha256', node, 'buffer');
}

export interface MerkleTree {
  add(leaf: Uint8Array): void;
  readonly size: number;
  /** Of what was added so far; that of nothing is the hash of nothing. */
  root(): Buffer;
}

/** Keeps one hash for each level, however many leaves there are. */
export function createMerkleTree(): MerkleTree {
  /** Roots of full trees, the largest first. */
  const full: { readonly size: number; readonly root: Uint8Array }[] = [];
  let size = 0;
  return {
    add(leaf) {
      size += 1;
      let grown = { size: 1, root: leaf };
      for (let last = full.at(-1); last?.size === grown.size; last = full.at(-1)) {
        full.pop();
        grown = { size: grown.size * 2, root: nodeHash(last.root, grown.root) };
      }
      full.push(grown);
    },
    get size() {
      return size;
    },
    root() {
      const [last, ...before] = full.toReversed();
      if (last === undefined) return hash('sha256', '', 'buffer');
      return Buffer.from(before.reduce((right, left) => nodeHash(left.root, right), last.root));
    },
  };
}

/** The largest power of two that is smaller. */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const tree = createMerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.root();
}

/** What leads from one of the leaves to the root, the nearest first. */
export function inclusionPath(leaves: readonly Uint8Array[], place: number): readonly Uint8Array[] {
  if (place < 0 || place >= leaves.length) throw new RangeError('there is no such leaf');
  if (leaves.length === 1) return [];
  const half = split(leaves.length);
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return place < half
    ? [...inclusionPath(left, place), rootOf(right)]
    : [...inclusionPath(right, place - half), rootOf(left)];
}

/** The root that the path leads to, for a leaf at that place among so many; undefined where no path is that long. */
export function rootByPath(
  leaf: Uint8Array,
  place: number,
  size: number,
  path: readonly Uint8Array[],
): Buffer | undefined {
  if (place < 0 || place >= size) return undefined;
  if (size === 1) return path.length === 0 ? Buffer.from(leaf) : undefined;
  const last = path.at(-1);
  if (last === undefined) return undefined;
  const half = split(size);
  const rest = path.slice(0, -1);
  if (place < half) {
    const left = rootByPath(leaf, place, half, rest);
    return left === undefined ? undefined : nodeHash(left, last);
  }
  const right = rootByPath(leaf, place - half, size - half, rest);
  return right === undefined ? undefined : nodeHash(last, right);
}
