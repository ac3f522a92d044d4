// Of an archive whose older part has expired the rest is verified; and what is left of the chain before it still counts.
import { expect, test } from 'vitest';
import { digestKey } from '../../../src/audit/index.ts';
import {
  type ArchiveFiles,
  addObject,
  digestAt,
  minutesAfter,
  putLines,
  resign,
  resignFrom,
  smallArchive,
  testKey,
} from '../../support/archives.ts';
import { told, verifyFiles } from './support.ts';

const { files: ORIGINAL, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const [FIRST = '', , THIRD = ''] = objects;
const LATE = minutesAfter(150);

type Change = (files: ArchiveFiles) => unknown;

function verify(change: Change, given: readonly string[] | undefined, since: Date | undefined = LATE) {
  const files = new Map(ORIGINAL);
  change(files);
  return verifyFiles(files, { keys: given, since });
}

/** Digest 1, and all that it names. */
const expired: Change = (files) => {
  const { index, objects: named } = digestAt(files, 1);
  for (const key of [digestKey(1), index?.key ?? '', ...named.map((each) => each.key)]) files.delete(key);
};

test.each<[string, Change, readonly string[] | undefined]>([
  ['everything is there', () => undefined, [ONE.id]],
  ['contents are gone, and the chain reaches forward', (files) => files.delete(FIRST), [ONE.id]],
  ['contents are others', (files) => putLines(files, FIRST, ['{}']), [TWO.id]],
  ['files were added', (files) => addObject(files, 40, 'x', 900, 2), [TWO.id]],
  ['the first digest has expired', expired, [TWO.id]],
  ['the first digest has expired, without a key', expired, undefined],
  ['a digest in between has expired', (files) => files.delete(digestKey(2)), [TWO.id]],
])('what was before may be as it likes: %s', async (_, change, given) => {
  const { faults, since, events } = await verify(change, given);
  expect(told(faults)).toEqual([]);
  expect({ since, events }).toEqual({ since: minutesAfter(120).toISOString(), events: 24 });
});

test.each<[string, Change, readonly string[], string]>([
  ['a digest before it is edited', (files) => resign(files, 2, testKey()), [TWO.id], 'unsigned digest'],
  [
    'a key was followed by another before it',
    (files) => resignFrom(files, 2, () => ONE),
    [ONE.id, TWO.id],
    'announced no such one',
  ],
  ['the key is one that has expired', expired, [ONE.id], "Digests 2 to 3 can't be trusted"],
  ['an object is gone', (files) => files.delete(THIRD), [ONE.id], `missing object ${THIRD}`],
  ['one is added', (files) => addObject(files, 175, 'x', 900, 2), [ONE.id], 'added object'],
])('and yet it is a fault where %s', async (_, change, given, says) => {
  expect(told((await verify(change, given)).faults).join('\n')).toContain(says);
});

test.each<[string, Change, Date, string]>([
  [
    'its digest is gone',
    (files) => files.delete(digestKey(2)),
    minutesAfter(70),
    'none is there that covers 2026-11-21T21:10',
  ],
  [
    'one after it is gone',
    (files) => files.delete(digestKey(2)),
    minutesAfter(10),
    'missing digest digests/digest-0000000002.json',
  ],
  ['it is after the end', () => undefined, minutesAfter(180), 'nothing shows what happened since'],
])('a moment must be covered, and all after it: %s', async (_, change, since, says) => {
  const { faults } = await verify(change, [ONE.id], since);
  expect(told(faults).join('\n')).toContain(says);
});
