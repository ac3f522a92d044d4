// Nothing that is changed at random in an archive goes unseen.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveName, digestKey } from '../../../src/audit/index.ts';
import type { Verified } from '../../../src/audit/verify/index.ts';
import { type ArchiveFiles, fileAt, smallArchive } from '../../support/archives.ts';
import { verifyFiles } from './support.ts';

const { files: ORIGINAL, keys } = smallArchive();
const KEYS = [...ORIGINAL.keys()].sort();
const LAST = digestKey(3);

const verify = (files: ArchiveFiles) => verifyFiles(files, { keys: [keys[0].id] });

const changed = (key: string, file: Uint8Array) => new Map(ORIGINAL).set(key, file);

/** Told of by its name, or by that of a digest that knows of it. */
function isNamed({ faults }: Verified, key: string): boolean {
  const isDigest = archiveName(key)?.kind === 'digest';
  return faults.first.some(({ where, detail }) => isDigest || where === key || detail.includes(key));
}

async function expectFound(files: ArchiveFiles, key: string): Promise<void> {
  const verified = await verify(files);
  expect(verified.faults.total).toBeGreaterThan(0);
  expect(isNamed(verified, key)).toBe(true);
}

const anyKey = fc.constantFrom(...KEYS);
/** Where in a file, from 0 to 1. */
const anywhere = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyByte = fc.integer({ min: 1, max: 255 });

describe('found', () => {
  test('one byte, flipped', () =>
    fc.assert(
      fc.asyncProperty(anyKey, anywhere, anyByte, async (key, share, bits) => {
        const file = Buffer.from(fileAt(ORIGINAL, key));
        const at = Math.floor(share * file.length);
        file[at] = (file[at] ?? 0) ^ bits;
        await expectFound(changed(key, file), key);
      }),
      { numRuns: 250 },
    ));

  test('one byte, put in', () =>
    fc.assert(
      fc.asyncProperty(anyKey, anywhere, anyByte, async (key, share, byte) => {
        const file = [...fileAt(ORIGINAL, key)];
        file.splice(Math.floor(share * (file.length + 1)), 0, byte);
        await expectFound(changed(key, Buffer.from(file)), key);
      }),
      { numRuns: 80 },
    ));

  test('bytes, taken out', () =>
    fc.assert(
      fc.asyncProperty(anyKey, anywhere, fc.integer({ min: 1, max: 40 }), async (key, share, count) => {
        const file = [...fileAt(ORIGINAL, key)];
        file.splice(Math.floor(share * file.length), count);
        await expectFound(changed(key, Buffer.from(file)), key);
      }),
      { numRuns: 80 },
    ));

  test('the end of a file, cut off', () =>
    fc.assert(
      fc.asyncProperty(anyKey, anywhere, async (key, share) => {
        const file = fileAt(ORIGINAL, key);
        await expectFound(changed(key, file.subarray(0, Math.floor(share * file.length))), key);
      }),
      { numRuns: 80 },
    ));

  test('one file in place of another', () =>
    fc.assert(
      fc.asyncProperty(anyKey, anyKey, async (key, other) => {
        fc.pre(key !== other);
        await expectFound(changed(key, fileAt(ORIGINAL, other)), key);
      }),
      { numRuns: 60 },
    ));

  test.each(KEYS.filter((key) => key !== LAST))('%s, removed', async (key) => {
    const files = new Map(ORIGINAL);
    files.delete(key);
    await expectFound(files, key);
  });
});

test('without its last digest an archive has a tail, and says that an index is left over', async () => {
  const files = new Map(ORIGINAL);
  files.delete(LAST);
  const { faults, tail, notes, digests } = await verify(files);
  expect(faults.total).toBe(0);
  expect(tail).toMatchObject({ objects: 3, events: 24, strays: 1 });
  expect(digests).toMatchObject({ count: 2 });
  expect(notes.first).toMatchObject([{ kind: 'leftOver', detail: expect.stringContaining('taken away') }]);
});
