// What could be done to an archive by whoever may write its files.
import { gunzipSync, gzipSync } from 'node:zlib';
import { digestKey, eventsKey, indexKey, readDigest, strayKey } from '../../../src/audit/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import {
  type Change,
  digestOf,
  edit,
  eventKeys,
  firstIndex,
  INSIDE,
  keysOf,
  LAST,
  LATER,
  largest,
  linesOf,
  naming,
  packed,
  STRANGER,
  STRANGERS_KEY,
  signAs,
  stray,
  swap,
  withLines,
} from './tampering.ts';

export const BY_OUTSIDERS: Readonly<Record<string, Change>> = {
  'an event is altered': ({ files }) =>
    withLines(files, ([first = '', ...rest]) => [first.replace(/"agents":\d+/, '"agents":99'), ...rest]),
  'an event is removed': ({ files }) => withLines(files, ([, ...rest]) => rest),
  'the last event is removed': ({ files }) => withLines(files, (lines) => lines.slice(0, -1)),
  'an event is added': ({ files }) =>
    withLines(files, (lines) => [...lines, lines[0]?.replaceAll('evt_', 'evt_0') ?? '']),
  'an event is there twice': ({ files }) => withLines(files, (lines) => [...lines, lines[0] ?? '']),
  'events are reordered': ({ files }) => withLines(files, (lines) => lines.toReversed()),
  'an object breaks off': ({ files }) => {
    const key = largest(files);
    files.set(key, files.get(key)?.subarray(0, -12) ?? Buffer.alloc(0));
  },
  'an object is emptied': ({ files }) => void files.set(largest(files), Buffer.alloc(0)),
  'an object is packed anew': ({ files }) => {
    const key = largest(files);
    files.set(key, gzipSync(gunzipSync(files.get(key) ?? ''), { level: 0 }));
  },
  'an object is removed': ({ files }) => void files.delete(largest(files)),
  'an object is renamed': ({ files }) => {
    const key = largest(files);
    files.set(key.replace('.jsonl', 'x.jsonl'), files.get(key) ?? Buffer.alloc(0));
    files.delete(key);
  },
  'two objects are swapped': ({ files }) => {
    const [one = '', other = ''] = eventKeys(files);
    swap(files, one, other);
  },
  'an object is added': ({ files }) =>
    void files.set(eventsKey(INSIDE, 'a'), packed(linesOf(files.get(largest(files))))),
  'an object is added before all others': ({ files }) =>
    void files.set(eventsKey(new Date(0), 'a'), packed(linesOf(files.get(largest(files))))),
  'a stray is removed': ({ files }) => void files.delete(stray(files)),
  'a stray is altered': ({ files }) => void files.set(stray(files), Buffer.from('{}')),
  'a stray is added': ({ files }) => void files.set(strayKey(INSIDE, 'a'), Buffer.from('{}')),
  'an index is removed': ({ files }) => void files.delete(firstIndex(files)),
  'an index is altered': ({ files }) => void files.set(firstIndex(files), packed(['evt_1 00'])),
  'an index is added': ({ files }) => void files.set(indexKey(2, 'f'.repeat(64)), packed(['evt_1 00'])),
  'an index of a far digest is added': ({ files }) => {
    const bytes = packed([]);
    files.set(indexKey(900, sha256(bytes)), bytes);
  },
  'a file has a name of its own': ({ files }) => void files.set('events/readme.txt', Buffer.from('hello')),
  'a digest has the number 0': ({ files }) =>
    void files.set(digestKey(0), files.get(digestKey(1)) ?? Buffer.alloc(0)),
  'the first digest is removed': ({ files }) => void files.delete(digestKey(1)),
  'a digest is removed': ({ files }) => void files.delete(digestKey(3)),
  'a digest is removed with all that it names': ({ files }) => {
    const digest = digestOf(files, 3);
    for (const key of [digestKey(3), digest.index?.key ?? '', ...keysOf(digest)]) files.delete(key);
  },
  'all digests are removed': ({ files }) => {
    for (const key of [...files.keys()]) if (key.startsWith('digests/')) files.delete(key);
  },
  'everything is removed': ({ files }) => files.clear(),
  'the last digest is removed': ({ files }) => void files.delete(digestKey(LAST)),
  'two digests are swapped': ({ files }) => swap(files, digestKey(3), digestKey(4)),
  'a digest is there twice': ({ files }) =>
    void files.set(digestKey(LAST + 1), files.get(digestKey(LAST)) ?? Buffer.alloc(0)),
  'a digest says something else': ({ files }) => edit(files, digestKey(2), '"events":2', '"events":3'),
  'a digest is written otherwise': ({ files }) => edit(files, digestKey(LAST), '{"digest"', '{ "digest"'),
  'a digest has one member more': ({ files }) =>
    edit(files, digestKey(LAST), '"format"', '"extra":1,"format"'),
  'a digest is of another format': ({ files }) => edit(files, digestKey(LAST), 'digest-1"', 'digest-2"'),
  'a signature is another': ({ files }) => {
    const other = readDigest(files.get(digestKey(1)) ?? Buffer.alloc(0))?.signature.value ?? '';
    const own = readDigest(files.get(digestKey(LAST)) ?? Buffer.alloc(0))?.signature.value ?? '';
    edit(files, digestKey(LAST), own, other);
  },
  'a signature has bytes behind it': ({ files }) => {
    const own = readDigest(files.get(digestKey(LAST)) ?? Buffer.alloc(0))?.signature.value ?? '';
    const more = Buffer.concat([Buffer.from(own, 'base64'), Buffer.of(0)]).toString('base64');
    edit(files, digestKey(LAST), own, more);
  },
  'a stranger signs the last digest': ({ files }) =>
    signAs(files, { ...digestOf(files, LAST), key: STRANGERS_KEY }, STRANGER.privateKey),
  'a stranger signs under the name of the broker': ({ files }) =>
    signAs(files, digestOf(files, LAST), STRANGER.privateKey),
  'a stranger goes on': ({ files }) => {
    const { objects: _, ...last } = digestOf(files, LAST);
    const previous = sha256(files.get(digestKey(LAST)) ?? '');
    const until = LATER.toISOString();
    const next = { ...last, sequence: LAST + 1, from: last.until, until, signedAt: until, previous };
    const digest = naming(files, { ...next, objects: [], strays: [], key: STRANGERS_KEY }, []);
    signAs(files, digest, STRANGER.privateKey);
  },
  'a stranger signs everything': (archive) => {
    for (let number = 1; number <= LAST; number += 1) {
      const { nextKey: _, ...digest } = digestOf(archive.files, number);
      const previous = number === 1 ? null : sha256(archive.files.get(digestKey(number - 1)) ?? '');
      signAs(archive.files, { ...digest, previous, key: STRANGERS_KEY }, STRANGER.privateKey);
    }
  },
  'the tail breaks off': ({ files }) => {
    const key = eventKeys(files).at(-1) ?? '';
    files.set(key, files.get(key)?.subarray(0, -12) ?? Buffer.alloc(0));
  },
  'the tail has no events': ({ files }) => void files.set(eventsKey(LATER, 'a'), packed(['{}', 'nothing'])),
  'the tail says something else of a signed event': ({ files }) => {
    const [line = ''] = linesOf(files.get(largest(files)));
    files.set(eventsKey(LATER, 'a'), packed([line.replace(/"agents":\d+/g, '"agents":99')]));
  },
  'the tail knows of another digest': ({ files }) => {
    const event = {
      id: `evt_${'1'.repeat(26)}`,
      type: 'audit.digested',
      sequence: 2,
      sha256: '0'.repeat(64),
    };
    files.set(eventsKey(LATER, 'a'), packed([JSON.stringify({ unmapped: { stream: 'broker', event } })]));
  },
};
