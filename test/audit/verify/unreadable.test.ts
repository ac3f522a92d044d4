// What can't be read, or is not the broker's own, is named; it stops nothing, and is not opened where nobody signed it.
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { digestKey, eventsKey, strayKey } from '../../../src/audit/index.ts';
import { verifyArchive } from '../../../src/audit/verify/index.ts';
import { openIndex } from '../../../src/audit/verify/index-lines.ts';
import { type ArchiveReader, UnreadableObject } from '../../../src/ports/archive.ts';
import {
  type ArchiveFiles,
  addDigest,
  addObject,
  digestAt,
  minutesAfter,
  smallArchive,
  testKey,
} from '../../support/archives.ts';
import { readerOf, told, verifyFiles } from './support.ts';

const { files: WHOLE, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const STRAY = strayKey(minutesAfter(190), 'x');
const ORIGINAL: ArchiveFiles = new Map(WHOLE);
addObject(ORIGINAL, 190, 'x', 700, 3);
ORIGINAL.set(STRAY, Buffer.from('{}'));

const without = (key: string, code: string): ArchiveReader => {
  const reader = readerOf(ORIGINAL);
  const get = async (asked: string) => {
    if (asked === key) throw new UnreadableObject(code);
    return reader.get(asked);
  };
  return { ...reader, get };
};

test.each([...ORIGINAL.keys()])('one file that can not be read is named: %s', async (key) => {
  const { faults } = await verifyArchive(without(key, 'EACCES'), { keys: [ONE.id, TWO.id] });
  const is = faults.first.find(({ where }) => where === key);
  expect(is).toMatchObject({
    kind: 'altered',
    detail: expect.stringContaining("It can't be read (EACCES)."),
  });
});

test('no more is asked for than a file may have', async () => {
  const reader = readerOf(ORIGINAL);
  const most: number[] = [];
  const get = (key: string, bytes = Number.POSITIVE_INFINITY) => {
    most.push(bytes);
    return reader.get(key);
  };
  await verifyArchive({ ...reader, get }, { keys: [ONE.id] });
  expect(Math.max(...most)).toBeLessThanOrEqual(64 * 1024 * 1024);
});

test("what a stranger's digest names is not opened, and is no more covered than it was", async () => {
  const files = new Map(WHOLE);
  const added = addObject(files, 100, 'added', 900, 2);
  const later = addObject(files, 200, 'later', 950, 2);
  const { until } = digestAt(files, 3);
  const span = { from: new Date(until), until: minutesAfter(240), key: testKey(), objects: [added, later] };
  const index = addDigest(files, 4, span).index?.key ?? '';
  const reader = readerOf(files);
  const asked: string[] = [];
  const get = (key: string) => {
    asked.push(key);
    return reader.get(key);
  };
  const { faults, tail } = await verifyArchive({ ...reader, get }, { keys: [ONE.id] });
  expect([...told(faults)].sort()).toEqual([
    expect.stringContaining(`added object ${added}`),
    expect.stringContaining(`otherKey digest ${digestKey(4)}`),
  ]);
  expect(tail.names).toEqual([later]);
  // Once, to see whether its name is its own.
  expect(asked.filter((key) => key === index)).toHaveLength(1);
  expect(asked).not.toContain(added);
});

test('an index is not unpacked further than an object can be', async () => {
  const bomb = gzipSync(Buffer.alloc(140 * 1024 * 1024, 'x\n'), { level: 1 });
  await expect(openIndex(bomb).take(Number.MAX_SAFE_INTEGER)).rejects.toThrow('no lines of an index');
  const few = openIndex(gzipSync('a b\nc d\ne f\n'));
  expect((await few.take(2)).toString()).toBe('a b\nc d\n');
  expect((await few.take(2)).toString()).toBe('e f\n');
  expect((await few.take(2)).length).toBe(0);
  await expect(openIndex(gzipSync('a b\nc')).take(2)).rejects.toThrow('has no end');
});

test('a few kilobytes of nothing but ends of lines are no millions of lines', async () => {
  const nothing = gzipSync(Buffer.alloc(64 * 1024 * 1024, '\n'));
  const [first = ''] = objects;
  const before = process.memoryUsage().rss;
  for (const key of [first, eventsKey(minutesAfter(200), 'x')]) {
    const { faults } = await verifyFiles(new Map(WHOLE).set(key, nothing), { keys: [ONE.id] });
    expect(faults.total).toBeGreaterThan(0);
  }
  expect(process.memoryUsage().rss - before).toBeLessThan(600 * 1024 * 1024);
});
