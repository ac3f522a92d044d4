// Archives made to harm whoever verifies them: nothing is read that is not one's own, nothing grows, nothing is thrown.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Digest, digestKey, eventsKey, indexKey } from '../../../src/audit/index.ts';
import { verifyArchive } from '../../../src/audit/verify/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import {
  type ArchiveFiles,
  addDigest,
  digestAt,
  linesIn,
  minutesAfter,
  resign,
  smallArchive,
} from '../../support/archives.ts';
import { readerOf, told, verifyFiles } from './support.ts';

const { files: ORIGINAL, keys, objects } = smallArchive();
const [ONE, TWO] = keys;
const [FIRST = ''] = objects;
const LATER = eventsKey(minutesAfter(200), 'x');
const verify = (files: ArchiveFiles) => verifyFiles(files, { keys: [ONE.id] });
const withFile = (key: string, file: Uint8Array) => new Map(ORIGINAL).set(key, file);

const BOMB = gzipSync(Buffer.alloc(80 * 1024 * 1024, 32));
const [LINE = ''] = linesIn(ORIGINAL, FIRST);

describe('unpacked', () => {
  test('more than an object may be', async () => {
    expect(told((await verify(withFile(FIRST, BOMB))).faults)[0]).toContain("can't be unpacked");
    expect(told((await verify(withFile(LATER, BOMB))).faults)[0]).toContain('can not be unpacked');
  });

  test('an index without lines, as its digest has it', async () => {
    const files = new Map(ORIGINAL);
    const index = { key: indexKey(3, sha256(BOMB)), sha256: sha256(BOMB), bytes: BOMB.length };
    files.set(index.key, BOMB);
    resign(files, 3, TWO, { index });
    expect(told((await verify(files)).faults).join()).toContain(
      'Its index was signed as it is, and can not be unpacked',
    );
  });

  test('a file whose end says another size than it has', async () => {
    for (const size of [0, 1, 0x7fffffff, 0xffffffff]) {
      const file = Buffer.from(gzipSync(randomBytes(100_000)));
      file.writeUInt32LE(size, file.length - 4);
      expect((await verify(withFile(FIRST, file))).faults.byKind).toEqual({ altered: 1 });
    }
  });
});

describe('lines', () => {
  const deep = '['.repeat(200_000) + ']'.repeat(200_000);
  test.each([
    ['a number that is none', LINE.replace('"targets":1', '"targets":1e999')],
    ['more levels than there are', LINE.replace('"targets":1', `"targets":${deep}`)],
    ['null', 'null'],
    ['a text', '"text"'],
    ['nothing', ''],
    ['no id', '{"unmapped":{"stream":"x","event":{"id":7}}}'],
    [
      'a name of every object',
      '{"__proto__":{"unmapped":1},"unmapped":{"stream":"x","event":{"id":"constructor"}}}',
    ],
    [
      'an id that is no text, of an event that tells of a digest',
      '{"unmapped":{"stream":"x","event":{"id":{"toString":1},"type":"audit.digested","sequence":1,"sha256":"0"}}}',
    ],
    ['another id in OCSF', LINE.replace(/"uid":"evt_[^"]+"/, '"uid":"evt_other"')],
  ])('%s', async (_, line) => {
    const { faults } = await verify(withFile(LATER, gzipSync(`${line}\n${LINE}\n${line}\n`)));
    expect(faults.total).toBeLessThan(3);
    const replaced = [...linesIn(ORIGINAL, FIRST).slice(0, -1), line].map((each) => `${each}\n`).join('');
    expect((await verify(withFile(FIRST, gzipSync(replaced)))).faults.total).toBeGreaterThan(0);
  });
});

describe('digests', () => {
  const objectsOf = (change: (objects: Digest['objects']) => Digest['objects']) => {
    const files = new Map(ORIGINAL);
    resign(files, 3, TWO, { objects: change(digestAt(files, 3).objects) });
    return files;
  };

  test('that name files outside of the archive', async () => {
    const asked: string[] = [];
    const files = objectsOf((own) => [
      ...own,
      { key: '../../etc/passwd', sha256: '0'.repeat(64), bytes: 1, events: 1 },
      { key: digestKey(1), sha256: '0'.repeat(64), bytes: 1, events: 1 },
    ]);
    resign(files, 3, TWO, { index: { key: '../signing-key.pem', sha256: '0'.repeat(64), bytes: 1 } });
    const reader = readerOf(files);
    const { faults } = await verifyArchive(
      {
        ...reader,
        get: (key) => {
          asked.push(key);
          return reader.get(key);
        },
      },
      { keys: [ONE.id] },
    );
    expect(told(faults).join('\n')).toContain('names ../../etc/passwd');
    expect(asked.filter((key) => key.includes('..'))).toEqual([]);
  });

  test('that claim more events and bytes than there can be', async () => {
    const most = Number.MAX_SAFE_INTEGER;
    const files = objectsOf((own) => own.map((each) => ({ ...each, events: most, bytes: most })));
    expect(Object.keys((await verify(files)).faults.byKind)).toContain('inconsistent');
  });

  test('that are enormous, empty or nested', async () => {
    for (const file of [
      Buffer.alloc(0),
      Buffer.alloc(10_000_000, '['),
      Buffer.from('null'),
      Buffer.from('{"digest":[]}'),
    ]) {
      expect((await verify(withFile(digestKey(3), file))).faults.byKind).toEqual({ altered: 1 });
    }
  });

  test('whose times are no times', async () => {
    const files = new Map(ORIGINAL);
    resign(files, 3, TWO, { until: '2026-99-99T99:99:99.999Z' });
    expect(told((await verify(files)).faults)[0]).toContain('no digest, to the letter');
  });

  test('that are there by name only', async () => {
    const files = new Map(ORIGINAL);
    addDigest(files, 4, { from: minutesAfter(180), until: minutesAfter(240), key: TWO });
    const reader = readerOf(files);
    const gone = (key: string) => (key === digestKey(4) ? Promise.resolve(undefined) : reader.get(key));
    const { faults } = await verifyArchive({ ...reader, get: gone }, { keys: [ONE.id] });
    expect(told(faults)).toEqual([expect.stringContaining(`missing digest ${digestKey(4)}`)]);
  });
});
