// What could be done to an archive by whoever may sign: what they sign has to fit.
import { gzipSync } from 'node:zlib';
import { digestKey, eventsKey, indexKey } from '../../../src/audit/index.ts';
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
    resign(archive, 5, (digest) =>
      naming(archive.files, digest, [...keysOf(digestOf(archive.files, 4)), ...keysOf(digest)]),
    ),
  'a file of another kind is named': (archive) =>
    resign(archive, 5, (digest) => ({
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
    resign(archive, 5, (digest) =>
      naming(archive.files, { ...digest, until: '2026-03-02T16:00:00.000Z' }, []),
    ),
  'it was signed before its end': (archive) =>
    resign(archive, 5, (digest) => ({ ...digest, signedAt: '2026-03-02T17:30:00.000Z' })),
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
  'an old key is used again': (archive) =>
    resign(
      archive,
      4,
      (digest) => ({ ...digest, key: keyOf(archive.signer.made, 0) }),
      archive.signer.made[0],
    ),
  'the id of a key is that of another': (archive) =>
    resign(
      archive,
      5,
      (digest) => ({ ...digest, key: { ...digest.key, publicKey: STRANGERS_KEY.publicKey } }),
      STRANGER.privateKey,
    ),
  'an object without an end is signed': (archive) => withObject(archive, gzipSync('{"unmapped":1}')),
  'an object that is no gzip is signed': (archive) => withObject(archive, Buffer.from('hello')),
  'a line that is no event is signed': (archive) => withObject(archive, packed(['{"unmapped":{}}'])),
  'an event is signed that says something else elsewhere': (archive) => {
    const [line = ''] = linesOf(archive.files.get(largest(archive.files)));
    const key = eventsKey(new Date('2026-03-02T17:30:00.000Z'), 'a');
    archive.files.set(key, packed([line.replace(/"agents":\d+/g, '"agents":99')]));
    resign(archive, 5, (digest) => naming(archive.files, digest, [key, ...keysOf(digest)]));
  },
};

function withObject(archive: MadeArchive, bytes: Uint8Array): void {
  const key = eventsKey(new Date('2026-03-02T17:30:00.000Z'), 'a');
  archive.files.set(key, bytes);
  const file = { key, sha256: sha256(bytes), bytes: bytes.length, events: 1 };
  resign(archive, 5, (digest) => ({
    ...digest,
    objects: [file, ...digest.objects],
    events: digest.events + 1,
  }));
}
