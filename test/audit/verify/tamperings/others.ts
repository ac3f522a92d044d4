// What whoever has the broker's key could sign, and ways to tamper with indexes, strays and all else.
import { gzipSync } from 'node:zlib';
import { digestKey, eventsKey, strayKey } from '../../../../src/audit/index.ts';
import {
  addDigest,
  addObject,
  digestAt,
  linesIn,
  minutesAfter,
  putLines,
  resign,
} from '../../../support/archives.ts';
import {
  asBroker,
  changeLines,
  HEAD,
  ids,
  indexOf,
  ORIGINAL,
  object,
  STRANGER,
  type Tampering,
  TWO,
} from './original.ts';

export const OTHER_TAMPERINGS: readonly Tampering[] = [
  {
    what: 'a digest is back-dated',
    how: asBroker(3, () => ({ signedAt: minutesAfter(60).toISOString() })),
    kinds: ['misdated'],
    says: ['back-dated'],
  },
  {
    what: 'a digest begins late, so that something falls between two',
    how: asBroker(3, () => ({ from: minutesAfter(126).toISOString() })),
    kinds: ['misdated'],
    says: [object(2), 'and digest 2 ends at'],
  },
  {
    what: 'a digest ends before it begins',
    how: asBroker(2, () => ({ until: minutesAfter(30).toISOString() })),
    kinds: ['misdated'],
    says: ['before it begins'],
  },
  {
    what: 'a digest forgets the one before it',
    how: (files) => resign(files, 3, TWO, { previous: null }),
    kinds: ['unchained'],
    says: ['names none before it'],
  },
  {
    what: 'the first digest follows on something',
    how: asBroker(1, () => ({ previous: '0'.repeat(64) })),
    kinds: ['unchained'],
    says: ['It is the first'],
  },
  {
    what: 'a digest follows on another one, and its signature does not hold',
    how: (files) => resign(files, 3, STRANGER, { previous: '0'.repeat(64) }),
    kinds: ['unchained', 'unsigned'],
    says: ['does not follow on digest 2'],
  },
  {
    what: 'the broker leaves an object out',
    how: asBroker(1, (files) => ({ objects: digestAt(files, 1).objects.slice(1) })),
    kinds: ['added', 'inconsistent'],
    says: [object(0), 'its objects 8', 'its root'],
  },
  {
    what: 'the broker names an object twice',
    how: asBroker(3, (files) => ({ objects: digestAt(files, 3).objects.flatMap((each) => [each, each]) })),
    kinds: ['inconsistent', 'repeated'],
    says: ['names it twice'],
  },
  {
    what: 'the broker names an object in two digests',
    how: asBroker(3, (files) => ({
      objects: [...digestAt(files, 1).objects, ...digestAt(files, 3).objects],
    })),
    kinds: ['inconsistent', 'misdated'],
    says: [object(0)],
  },
  {
    what: 'the broker names objects in another order',
    how: asBroker(3, (files) => ({ objects: digestAt(files, 3).objects.toReversed() })),
    kinds: ['inconsistent', 'reordered'],
    says: [`names ${object(3)} after ${object(4)}`],
  },
  {
    what: 'the broker signs another root',
    how: asBroker(3, () => ({ root: '0'.repeat(64) })),
    kinds: ['inconsistent'],
    says: ['root is 0000'],
  },
  {
    what: 'the broker names what is no object',
    how: asBroker(3, (files) => ({
      objects: [
        ...digestAt(files, 3).objects,
        { key: '../signing-key.pem', sha256: HEAD, bytes: 1, events: 0 },
      ],
    })),
    kinds: ['inconsistent', 'reordered'],
    says: ['names ../signing-key.pem'],
  },
  {
    what: 'the broker signs one event with two meanings',
    how: (files) => {
      const [line = ''] = linesIn(files, object(0));
      const lines = [...linesIn(files, object(4)), line.replace('"agents":100', '"agents":7')];
      putLines(files, object(4), lines);
      files.delete(indexOf(3));
      const { from, until, strays } = digestAt(files, 3);
      const span = { from: new Date(from), until: new Date(until), key: TWO, objects: [2, 3, 4].map(object) };
      addDigest(files, 3, { ...span, strays: strays.map(({ key }) => key) });
    },
    kinds: ['repeated'],
    says: [ids(0)[0] ?? '', `line 1 of ${object(0)}`],
  },
  {
    what: 'the broker signs without an index',
    how: (files) => {
      asBroker(3, () => ({ index: null }))(files);
      files.delete(indexOf(3));
    },
    kinds: ['inconsistent'],
    says: ['no index'],
  },
  {
    what: 'an index is removed',
    how: (files) => files.delete(indexOf(1)),
    kinds: ['missing'],
    says: [indexOf(1)],
  },
  {
    what: 'an index is edited',
    how: (files) => putLines(files, indexOf(1), linesIn(files, indexOf(1)).toReversed()),
    kinds: ['altered'],
    says: [indexOf(1)],
  },
  {
    what: 'an index is edited with the object that it lists',
    how: (files) => {
      files.set(indexOf(1), Buffer.from('gone'));
      changeLines(0, (lines) => lines.slice(1))(files);
    },
    kinds: ['altered'],
    says: [indexOf(1), object(0), "its index can't say"],
  },
  {
    what: 'an index is put there that nobody made',
    how: (files) => files.set('digests/digest-0000000002-0123456789abcdef.index.gz', gzipSync('x')),
    kinds: ['added'],
    says: ['no run of the broker'],
  },
  {
    what: 'a stray is removed',
    how: (files, { stray }) => files.delete(stray),
    kinds: ['missing'],
    says: [ORIGINAL.stray],
  },
  {
    what: 'a stray is edited',
    how: (files, { stray }) => files.set(stray, Buffer.from('{"what":"this was"}')),
    kinds: ['altered'],
    says: [ORIGINAL.stray],
  },
  {
    what: 'a stray is put into a span that is over',
    how: (files) => files.set(strayKey(minutesAfter(10), 'x'), Buffer.from('{}')),
    kinds: ['added'],
    says: [strayKey(minutesAfter(10), 'x')],
  },
  {
    what: 'something else is put there',
    how: (files) =>
      files.set('events/readme.txt', Buffer.from('hello')).set('index.html', Buffer.from('hello')),
    kinds: ['added'],
    says: ['events/readme.txt', 'index.html'],
  },
  {
    what: 'many things are done at once',
    how: (files, { stray }) => {
      files.delete(object(0));
      changeLines(3, (lines) => lines.toSpliced(3, 1))(files);
      files.delete(stray);
      files.set(digestKey(2), Buffer.from('{}'));
      addObject(files, 150, 'late', 900, 2);
    },
    kinds: ['added', 'altered', 'missing'],
    says: [object(0), ids(3)[3] ?? '', ORIGINAL.stray, digestKey(2), eventsKey(minutesAfter(150), 'late')],
  },
];
