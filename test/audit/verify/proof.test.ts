// A proof that one event was signed holds for whoever knows nothing but the format; and there is none of what was not.
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventsKey, indexKey, leafHash, rootByPath } from '../../../src/audit/index.ts';
import { type Proof, type Proven, proveEvent } from '../../../src/audit/verify/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import {
  type ArchiveFiles,
  addObject,
  archivedEvent,
  digestAt,
  linesIn,
  minutesAfter,
  putLines,
  resign,
  smallArchive,
  testKey,
} from '../../support/archives.ts';
import { readerOf, told } from './support.ts';

const { files: ORIGINAL, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const [FIRST = '', , THIRD = ''] = objects;
const idOf = (line: string) => String(JSON.parse(line).unmapped.event.id);
const idsIn = (key: string) => linesIn(ORIGINAL, key).map(idOf);
const [EVENT = ''] = idsIn(THIRD);
const OTHER = archivedEvent(31_337, minutesAfter(125)).id;

const prove = (event: string, files: ArchiveFiles = ORIGINAL, given = [ONE.id]): Promise<Proven> =>
  proveEvent(readerOf(files), { keys: given }, event);

/** Signed again with another index. */
function withIndex(change: (lines: string[]) => string[]): ArchiveFiles {
  const files = new Map(ORIGINAL);
  const packed = gzipSync(
    change(linesIn(files, digestAt(files, 3).index?.key ?? ''))
      .map((line) => `${line}\n`)
      .join(''),
  );
  const index = { key: indexKey(3, sha256(packed)), sha256: sha256(packed), bytes: packed.length };
  resign(files.set(index.key, packed), 3, TWO, { index });
  return files;
}

/** By the steps of docs/audit-format.md, with nothing of ours. */
function checked(line: string, { place, size, path }: Proof): string {
  const sha = (...parts: readonly Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  let hash = sha(Buffer.of(0), Buffer.from(line));
  let [at, last] = [place, size - 1];
  for (const each of path.map((text) => Buffer.from(text, 'hex'))) {
    expect(last).toBeGreaterThan(0);
    if (at % 2 === 1 || at === last) {
      hash = sha(Buffer.of(1), each, hash);
      while (at !== 0 && at % 2 === 0) [at, last] = [at >> 1, last >> 1];
    } else hash = sha(Buffer.of(1), hash, each);
    [at, last] = [at >> 1, last >> 1];
  }
  expect(last).toBe(0);
  return hash.toString('hex');
}

describe('a proof', () => {
  const all = objects.flatMap((key) =>
    linesIn(ORIGINAL, key).map((line, at) => ({ key, line, number: at + 1 })),
  );

  test.each(all.map((each) => [idOf(each.line), each] as const))(
    'of %s',
    async (event, { key, line, number }) => {
      const { proof, why, faults } = await prove(event);
      if (proof === undefined) throw new Error(why);
      expect(faults.total).toBe(0);
      expect(proof).toMatchObject({ event, object: key, line: number });
      const digest = digestAt(ORIGINAL, proof.digest.sequence);
      expect(checked(line, proof)).toBe(digest.root);
      const path = proof.path.map((hash) => Buffer.from(hash, 'hex'));
      const root = rootByPath(leafHash(Buffer.from(line)), proof.place, proof.size, path);
      expect(root?.toString('hex')).toBe(proof.root);
    },
  );

  test('is found without the index', async () => {
    const files = new Map(ORIGINAL);
    files.delete(digestAt(files, 3).index?.key ?? '');
    expect((await prove(EVENT, files)).proof).toEqual((await prove(EVENT)).proof);
  });

  test('is found by the objects where a line of the index is none', async () => {
    const files = withIndex(([first = '', ...rest]) => [first.replace(' ', '  '), ...rest]);
    const { path, place } = (await prove(EVENT)).proof ?? {};
    expect((await prove(EVENT, files)).proof).toMatchObject({ path, place });
  });

  test('holds whatever became of other digests', async () => {
    const files = new Map(ORIGINAL);
    files.delete(FIRST);
    expect((await prove(EVENT, files)).proof).toBeDefined();
  });
});

describe('there is none', () => {
  async function whyNot(event: string, files: ArchiveFiles, given?: string[]): Promise<string> {
    const { proof, why = '' } = await prove(event, files, given);
    expect(proof).toBeUndefined();
    return why;
  }

  test('of what is not signed yet', async () => {
    const files = new Map(ORIGINAL);
    const key = addObject(files, 200, 'x', 900, 3);
    const [, event = ''] = linesIn(files, key).map(idOf);
    expect(await whyNot(event, files)).toBe(`It is in line 2 of ${key}, and not signed yet.`);
  });

  test('of what is nowhere', async () => {
    const files = new Map(ORIGINAL).set(eventsKey(minutesAfter(200), 'x'), Buffer.from('what'));
    expect(await whyNot(archivedEvent(31_337, minutesAfter(1)).id, files)).toMatch(/^No digest has it/);
  });

  test('of what was altered, removed or moved', async () => {
    const altered = new Map(ORIGINAL);
    putLines(
      altered,
      THIRD,
      linesIn(ORIGINAL, THIRD).map((line) => line.replace('"targets":1', '"targets":2')),
    );
    expect(await whyNot(EVENT, altered)).toMatch(/signed it in line 1 of .* where it is not any more/);
    const moved = new Map(ORIGINAL);
    putLines(moved, THIRD, linesIn(ORIGINAL, THIRD).toReversed());
    expect(await whyNot(EVENT, moved)).toMatch(/where it is not any more/);
    const removed = new Map(ORIGINAL);
    removed.delete(THIRD);
    expect(await whyNot(EVENT, removed)).toMatch(/where it is not any more/);
  });

  test('by a digest that is not to be trusted', async () => {
    expect(await whyNot(EVENT, ORIGINAL, [testKey().id])).toMatch(/which is not to be trusted/);
  });

  test('where the index has its name for the line of another', async () => {
    const files = withIndex((lines) =>
      lines.map((line, at) => (at === 0 ? line.replace(EVENT, OTHER) : line)),
    );
    expect(await whyNot(OTHER, files)).toMatch(/where it is not any more/);
  });

  test('where digest and index do not fit', async () => {
    const files = new Map(ORIGINAL);
    resign(files, 3, TWO, { root: '0'.repeat(64) });
    expect(await whyNot(EVENT, files)).toMatch(/signed other events than lie there/);
  });
});

test('what is wrong with the chain is told', async () => {
  const files = new Map(ORIGINAL);
  files.delete('digests/digest-0000000002.json');
  const { proof, faults } = await prove(EVENT, files, [TWO.id]);
  expect(proof).toBeDefined();
  expect(told(faults).join()).toContain('Digest 2 is not there');
});
