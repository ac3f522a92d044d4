// What is no fault is not called one, and what is known of it is told.
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { digestKey, eventsKey, indexKey, strayKey } from '../../../src/audit/index.ts';
import { MOST_LISTED, verifyArchive } from '../../../src/audit/verify/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import {
  type ArchiveFiles,
  addDigest,
  addObject,
  digestAt,
  fileAt,
  linesIn,
  minutesAfter,
  putLines,
  resignFrom,
  signedFile,
  smallArchive,
  testKey,
} from '../../support/archives.ts';
import { readerOf, told, verifyFiles } from './support.ts';

const { files: ORIGINAL, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const [FIRST = ''] = objects;
const copy = (): ArchiveFiles => new Map(ORIGINAL);
const verify = (files: ArchiveFiles, given: readonly string[] | undefined = [ONE.id]) =>
  verifyFiles(files, { keys: given });

describe('an event that was archived twice', () => {
  const later = eventsKey(minutesAfter(200), 'x');
  const again = (line: string) => {
    const files = copy();
    putLines(files, later, [line]);
    return files;
  };
  const [line = ''] = linesIn(ORIGINAL, FIRST);

  test('is told of, and where it is', async () => {
    const { faults, notes } = await verify(again(line));
    expect(faults.total).toBe(0);
    expect(told(notes)).toEqual([expect.stringMatching(/^archivedTwice event .* It is in digest 1, too\.$/)]);
  });

  test('may be said in other words of OCSF', async () => {
    const { faults, notes } = await verify(again(line.replace('"severity_id":1', '"severity_id":2')));
    expect(faults.total).toBe(0);
    expect(told(notes)[0]).toContain(`It is in line 1 of ${FIRST}, too, in other words of OCSF`);
  });

  test('says the same', async () => {
    const { faults } = await verify(again(line.replace('"targets":1', '"targets":2')));
    expect(faults.byKind).toEqual({ repeated: 1 });
  });

  test('is compared though its digest has lost its index', async () => {
    const files = again(line.replace('"targets":1', '"targets":2'));
    files.delete(digestAt(files, 1).index?.key ?? '');
    const { faults } = await verify(files);
    expect(faults.byKind).toEqual({ missing: 1, repeated: 1 });
    expect(told(faults).join()).toContain(`It says something else in line 1 of ${FIRST}`);
  });

  test('says the same in what is not signed, too', async () => {
    const files = copy();
    const other = line.replace('"targets":1', '"targets":2').replaceAll('"agents":100', '"agents":7');
    files.clear();
    putLines(files, eventsKey(minutesAfter(1), 'x'), [line]);
    putLines(files, eventsKey(minutesAfter(2), 'x'), [other]);
    addDigest(files, 1, { from: minutesAfter(-60), until: minutesAfter(0), key: ONE });
    expect(told((await verify(files)).faults)).toEqual([
      expect.stringContaining('It says something else in what is not signed yet.'),
    ]);
    putLines(files, eventsKey(minutesAfter(2), 'x'), [line.replace('"severity_id":1', '"severity_id":2')]);
    const { faults, notes } = await verify(files);
    expect(faults.total).toBe(0);
    expect(told(notes)[0]).toContain('It is in what is not signed yet, too');
  });
});

describe('the tail', () => {
  test('is counted', async () => {
    const files = copy();
    addObject(files, 180, 'x', 700, 5);
    addObject(files, 190, 'x', 800, 4);
    files.set(strayKey(minutesAfter(181), 'x'), Buffer.from('what'));
    const { faults, tail, events } = await verify(files);
    expect(faults.total).toBe(0);
    expect({ tail, events }).toMatchObject({ tail: { objects: 2, events: 9, strays: 1 }, events: 40 });
    expect(tail.names).toHaveLength(3);
    expect(tail.last).toBe(strayKey(minutesAfter(181), 'x'));
  });

  test('is all of an archive that is young', async () => {
    const files: ArchiveFiles = new Map();
    addObject(files, 5, 'x', 700, 5);
    const young = { keys: undefined, mayBeYoung: { now: minutesAfter(124) } };
    const { faults, notes, tail, digests } = await verifyFiles(files, young);
    expect(faults.total).toBe(0);
    expect(tail.events).toBe(5);
    expect(digests).toBeUndefined();
    expect(told(notes)[0]).toContain('nothingSigned archive');
    for (const settings of [
      { keys: undefined, mayBeYoung: { now: minutesAfter(126) } },
      { ...young, head: '0'.repeat(64) },
      { keys: undefined },
    ]) {
      expect((await verifyFiles(files, settings)).faults.byKind).toMatchObject({ unsigned: 1 });
    }
  });

  test.each([
    ['no gzip', Buffer.from('what'), 'can not be unpacked'],
    ['no events', gzipSync('{}\n'), 'not made of lines of events'],
    ['a line without an end', gzipSync('{"un'), 'not made of lines of events'],
  ])('has nothing in it that is no object: %s', async (_, file, word) => {
    const { faults } = await verify(copy().set(eventsKey(minutesAfter(180), 'x'), file));
    expect(faults.byKind).toEqual({ altered: 1 });
    expect(told(faults)[0]).toContain(word);
  });
});

describe('an index that no digest names', () => {
  const packed = gzipSync('evt_x 0\n');
  const leftOver = (sequence: number) => copy().set(indexKey(sequence, sha256(packed)), packed);

  test.each([
    [2, 'Digest 2 does not name it: a run that died left it.'],
    [4, 'There is no digest 4. A run that died left it, or the digest was taken away.'],
  ])('may be left of a run: %i', async (sequence, detail) => {
    const { faults, notes } = await verify(leftOver(sequence));
    expect(faults.total).toBe(0);
    expect(told(notes)[0]).toContain(detail);
  });

  test('is of no run where its number is not due yet', async () => {
    expect((await verify(leftOver(5))).faults.byKind).toEqual({ added: 1 });
  });
});

describe('trust', () => {
  const stranger = testKey();

  test.each([
    ['the first key', [ONE.id]],
    ['the last key', [TWO.id]],
    ['a key among others', [stranger.id, TWO.id]],
    ['no key, which says nothing of who signed', undefined],
  ])('reaches all of the chain from %s', async (_, given) => {
    const { faults, keys: used } = await verifyFiles(ORIGINAL, { keys: given });
    expect(faults.total).toBe(0);
    expect(used).toEqual(given ?? [ONE.id]);
  });

  test('does not come from a key that nobody signed with', async () => {
    const { faults } = await verify(ORIGINAL, [stranger.id]);
    expect(faults.byKind).toEqual({ otherKey: 2 });
    expect(told(faults).join()).toMatch(/Digest 1 can't be trusted.*Digests 2 to 3 can't be trusted/);
  });

  test("a stranger's file in the way of the chain is told of, and changes nothing behind it", async () => {
    const files = copy();
    const { until } = digestAt(files, 3);
    const span = { from: new Date(until), until: minutesAfter(400), key: stranger };
    addDigest(files, 4, span);
    const own = addDigest(files, 5, { from: new Date(until), until: minutesAfter(240), key: TWO });
    files.set(digestKey(5), signedFile(own, TWO));
    const { faults } = await verify(files);
    expect(told(faults)).toEqual([expect.stringContaining(`otherKey digest ${digestKey(4)}`)]);
  });

  test('and so is one that is not even a digest', async () => {
    const files = copy().set(digestKey(4), Buffer.from('hello'));
    addDigest(files, 5, { from: minutesAfter(180), until: minutesAfter(240), key: TWO });
    const { faults } = await verify(files);
    expect(told(faults)).toEqual([expect.stringContaining(`altered digest ${digestKey(4)}`)]);
  });

  test('a chain that goes on with another key is told of once, where it does', async () => {
    const files = copy();
    for (const number of [4, 5, 6]) {
      const [from, until] = [minutesAfter(60 * (number - 1)), minutesAfter(60 * number)];
      addDigest(files, number, { from, until, key: stranger });
    }
    const { faults } = await verify(files, [ONE.id, stranger.id]);
    expect(told(faults)).toEqual([expect.stringContaining(`otherKey digest ${digestKey(4)}`)]);
    const untrusted = await verify(files);
    expect(told(untrusted.faults)).toEqual([
      expect.stringContaining(`otherKey digest ${digestKey(4)}`),
      expect.stringContaining("Digests 4 to 6 can't be trusted"),
    ]);
  });

  test('a key that is given is not enough where the chain has come to another', async () => {
    const files = copy();
    resignFrom(files, 3, () => ONE);
    expect((await verify(files, [ONE.id, TWO.id])).faults.byKind).toEqual({ otherKey: 1 });
  });
});

test('of many faults the first are listed, and all are counted', async () => {
  const files = copy();
  for (let number = 0; number < 150; number += 1) files.set(`x${number}`, Buffer.alloc(0));
  files.delete(FIRST);
  const { faults } = await verify(files);
  expect(faults).toMatchObject({ total: 151, byKind: { added: 150, missing: 1 } });
  expect(faults.first).toHaveLength(MOST_LISTED + 1);
});

test('whoever watches sees all events, and the times of their objects', async () => {
  const files = copy();
  const tail = addObject(files, 190, 'x', 800, 4);
  let events = 0;
  const times: string[] = [];
  const spans: string[] = [];
  await verifyFiles(files, {
    keys: undefined,
    watch: {
      began: (from, until) => void spans.push(from.toISOString(), until.toISOString()),
      seen: (count, at) => {
        events += count;
        times.push(at.toISOString());
      },
    },
  });
  expect(events).toBe(44);
  expect(spans).toEqual([minutesAfter(0).toISOString(), minutesAfter(180).toISOString()]);
  expect(times.at(-1)).toBe(minutesAfter(190).toISOString());
  expect(fileAt(files, tail).length).toBeGreaterThan(0);
});

test('a digest that was signed meanwhile is no digest that is missing', async () => {
  const files = copy();
  const [line = ''] = linesIn(files, FIRST);
  const event = { ...JSON.parse(line).unmapped.event, id: 'evt_0000000000aaaaaaaaaaaaaaaa' };
  const body = { ...event, type: 'audit.digested', sequence: 9, sha256: '0'.repeat(64) };
  putLines(files, eventsKey(minutesAfter(200), 'x'), [
    JSON.stringify({ unmapped: { stream: 'broker', event: body } }),
  ]);
  const { faults } = await verify(files);
  expect(told(faults)).toEqual([expect.stringContaining(`missing digest ${digestKey(9)}`)]);
  const reader = readerOf(files);
  const get = async (key: string) => (key === digestKey(9) ? Buffer.from('new') : reader.get(key));
  const meanwhile = await verifyArchive({ ...reader, get }, { keys: [ONE.id] });
  expect(meanwhile.faults.total).toBe(0);
  expect(told(meanwhile.notes)).toEqual([expect.stringContaining(`newer digest ${digestKey(9)}`)]);
});
