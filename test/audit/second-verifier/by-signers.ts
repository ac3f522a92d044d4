// What could be done to an archive by whoever may sign: what they sign has to fit.
import { createPublicKey } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Digest, digestKey, eventsKey, indexKey, keyIdOf } from '../../../src/audit/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import type { MadeArchive } from './an-archive.ts';
import {
  type Change,
  digestOf,
  keyOf,
  keysOf,
  LAST,
  largest,
  linesOf,
  naming,
  packed,
  resign,
  STRANGER,
  STRANGERS_KEY,
} from './tampering.ts';

export const BY_SIGNERS: Readonly<Record<string, Change>> = {
  'an index of no events is signed': (archive) =>
    resign(archive, 5, (digest) => {
      const bytes = packed([]);
      const key = indexKey(5, sha256(bytes));
      archive.files.set(key, bytes);
      return { ...digest, index: { key, sha256: sha256(bytes), bytes: bytes.length } };
    }),
  'an object is left out': (archive) =>
    resign(archive, 4, (digest) => naming(archive.files, digest, keysOf(digest).slice(1))),
  'objects are named out of order': (archive) =>
    resign(archive, 4, (digest) => naming(archive.files, digest, keysOf(digest).toReversed())),
  'an object is named twice': (archive) =>
    resign(archive, 4, (digest) =>
      naming(
        archive.files,
        digest,
        keysOf(digest).flatMap((key) => [key, key]),
      ),
    ),
  'an object of another span is named': (archive) =>
    resign(archive, LAST, (digest) =>
      naming(archive.files, digest, [...keysOf(digestOf(archive.files, 4)), ...keysOf(digest)]),
    ),
  'a file of another kind is named': (archive) =>
    resign(archive, LAST, (digest) => ({
      ...digest,
      strays: digest.objects.map(({ events: _, ...file }) => file),
    })),
  'the root is another': (archive) => resign(archive, 4, (digest) => ({ ...digest, root: '0'.repeat(64) })),
  'the count is another': (archive) =>
    resign(archive, 4, (digest) => ({ ...digest, events: digest.events + 1 })),
  'the count of an object is another': (archive) =>
    resign(archive, 3, (digest) => ({
      ...digest,
      objects: digest.objects.map((object) => ({ ...object, events: object.events + 1 })),
    })),
  'there is no index': (archive) => resign(archive, 4, (digest) => ({ ...digest, index: null })),
  'the index is that of another': (archive) =>
    resign(archive, 4, (digest) => ({ ...digest, index: digestOf(archive.files, 3).index })),
  'the index lists something else': ({ files, ...archive }) =>
    resign({ files, ...archive }, 3, (digest) => {
      const index = packed(
        linesOf(files.get(digest.index?.key ?? '')).map((line) => line.replace(/.$/, 'x')),
      );
      const key = indexKey(3, sha256(index));
      files.set(key, index);
      return { ...digest, index: { key, sha256: sha256(index), bytes: index.length } };
    }),
  'a span begins later': (archive) =>
    resign(archive, 4, (digest) => ({ ...digest, from: '2026-03-02T15:00:00.001Z' })),
  'a span ends before it begins': (archive) =>
    resign(archive, LAST, (digest) =>
      naming(archive.files, { ...digest, until: '2026-03-02T16:00:00.000Z' }, []),
    ),
  'it was signed before its end': (archive) =>
    resign(archive, LAST, (digest) => ({ ...digest, signedAt: '2026-03-02T17:30:00.000Z' })),
  'it was signed before the one before it': (archive) =>
    resign(archive, 4, (digest) => ({ ...digest, signedAt: '2026-03-03T00:00:00.000Z' })),
  'the first names one before it': (archive) =>
    resign(archive, 1, (digest) => ({ ...digest, previous: '0'.repeat(64) })),
  'another names none before it': (archive) =>
    resign(archive, 3, (digest) => ({ ...digest, previous: null })),
  'it names another before it': (archive) =>
    resign(archive, 3, (digest) => ({ ...digest, previous: '0'.repeat(64) })),
  'a number is left out': (archive) => {
    resign(archive, LAST, (digest) => ({ ...digest, sequence: LAST + 1 }));
    archive.files.delete(digestKey(LAST));
  },
  'a key is used that was not announced': (archive) =>
    resign(archive, 2, (digest) => {
      const { nextKey: _, ...rest } = digest;
      return rest;
    }),
  'the key before a rotation is used once more, and announces the new one again': (archive) =>
    resign(
      archive,
      3,
      (digest) => ({ ...digest, key: keyOf(archive.signer.made, 0), nextKey: digest.key }),
      archive.signer.made[0],
    ),
  'an old key is used again': (archive) =>
    resign(
      archive,
      4,
      (digest) => ({ ...digest, key: keyOf(archive.signer.made, 0) }),
      archive.signer.made[0],
    ),
  'a key is written as a compressed point': (archive) =>
    resign(
      archive,
      LAST,
      (digest) => ({ ...digest, key: compressed(digest.key) }),
      archive.signer.made.at(-1),
    ),
  'a key is announced in base64 of another form': (archive) =>
    resign(archive, LAST, (digest) => ({
      ...digest,
      nextKey: { ...STRANGERS_KEY, publicKey: STRANGERS_KEY.publicKey.replace(/.==$/, 'B==') },
    })),
  'the id of a key is that of another': (archive) =>
    resign(
      archive,
      LAST,
      (digest) => ({ ...digest, key: { ...digest.key, publicKey: STRANGERS_KEY.publicKey } }),
      STRANGER.privateKey,
    ),
  'an object without an end is signed': (archive) => withObject(archive, gzipSync('{"unmapped":1}')),
  'an object that is no gzip is signed': (archive) => withObject(archive, Buffer.from('hello')),
  'an object of no bytes is signed': (archive) => withObject(archive, Buffer.alloc(0)),
  'an object with other bytes behind it is signed': (archive) =>
    withObject(archive, Buffer.concat([packed([eventLine({})]), Buffer.from('hello')])),
  'an object with half a member behind it is signed': (archive) =>
    withObject(archive, Buffer.concat([packed([eventLine({})]), packed([eventLine({})]).subarray(0, 30)])),
  'a line that is no event is signed': (archive) => withObject(archive, packed(['{"unmapped":{}}'])),
  'an event whose id is none is signed': (archive) =>
    withObject(archive, packed([eventLine({ id: 'evt_1' })])),
  'an event whose id has other letters is signed': (archive) =>
    withObject(archive, packed([eventLine({ id: `evt_${'i'.repeat(26)}` })])),
  'an event whose id is that of something else is signed': (archive) =>
    withObject(archive, packed([eventLine({ id: `task_${'0'.repeat(26)}` })])),
  'an event whose stream has a blank is signed': (archive) =>
    withObject(archive, packed([eventLine({ stream: 'two words' })])),
  'an event whose stream is no ASCII is signed': (archive) =>
    withObject(archive, packed([eventLine({ stream: 'brökér' })])),
  'an event of no stream is signed': (archive) => withObject(archive, packed([eventLine({ stream: '' })])),
  'an event that is no UTF-8 is signed': (archive) => {
    const line = Buffer.from(`${eventLine({ name: '?' })}\n`);
    line[line.indexOf('?')] = 0xff;
    withObject(archive, gzipSync(line));
  },
  'an event is signed that says something else elsewhere': (archive) => {
    const [line = ''] = linesOf(archive.files.get(largest(archive.files)));
    const key = eventsKey(new Date('2026-03-02T17:30:00.000Z'), 'a');
    archive.files.set(key, packed([line.replace(/"agents":\d+/g, '"agents":99')]));
    resign(archive, LAST, (digest) => naming(archive.files, digest, [key, ...keysOf(digest)]));
  },
};

/** A member of such an event is what is wrong with it. */
function eventLine({
  stream = 'broker',
  ...more
}: Readonly<Partial<Record<'stream' | 'id' | 'name', string>>>): string {
  const event = { id: `evt_${'0'.repeat(26)}`, at: '2026-03-02T17:30:00.000Z', type: 'broker.started' };
  return JSON.stringify({ unmapped: { stream, event: { ...event, ...more } } });
}

/** The same key, which OpenSSL reads as well. */
function compressed({ publicKey }: Digest['key']): Digest['key'] {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' });
  const whole = key.export({ format: 'der', type: 'spki' });
  const [head, x, last] = [whole.subarray(0, 26), whole.subarray(27, 59), whole.at(-1) ?? 0];
  const der = Buffer.concat([head, Buffer.of(2 + (last & 1)), x]);
  der[1] = der.length - 2;
  der[24] = 34;
  return { id: keyIdOf(der), publicKey: der.toString('base64') };
}

/** Signed as it is, and nothing else is wrong. */
function withObject(archive: MadeArchive, bytes: Uint8Array): void {
  const key = eventsKey(new Date('2026-03-02T17:30:00.000Z'), 'a');
  archive.files.set(key, bytes);
  resign(archive, LAST, (digest) => naming(archive.files, digest, [key, ...keysOf(digest)]));
}
