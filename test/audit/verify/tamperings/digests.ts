// Ways to tamper with digests, mostly by those who do not have the key of the broker.
import { archiveLine, digestKey, eventsKey } from '../../../../src/audit/index.ts';
import {
  addDigest,
  archivedEvent,
  fileAt,
  minutesAfter,
  putLines,
  resign,
  resignFrom,
} from '../../../support/archives.ts';
import { HEAD, ONE, object, STRANGER, swap, type Tampering, TWO, textOf } from './original.ts';

export const DIGEST_TAMPERINGS: readonly Tampering[] = [
  {
    what: 'a digest is edited',
    how: (files) =>
      files.set(digestKey(1), Buffer.from(textOf(files, digestKey(1)).replace('"events":16', '"events":15'))),
    kinds: ['altered', 'otherKey', 'unsigned'],
    says: [
      digestKey(1),
      'altered or replaced',
      `unsigned object ${object(0)}`,
      `unsigned object ${object(1)}`,
    ],
  },
  {
    what: 'a digest is edited and signed with another key',
    how: (files) =>
      resign(files, 2, STRANGER, { key: STRANGER.named, signedAt: minutesAfter(125).toISOString() }),
    kinds: ['altered', 'otherKey'],
    says: [digestKey(2), STRANGER.id, 'announced no such one'],
  },
  {
    what: 'a digest is signed with another key that it does not name',
    how: (files) => resign(files, 3, STRANGER),
    kinds: ['unsigned'],
    says: [digestKey(3), TWO.id],
  },
  {
    what: 'every digest is signed with another key',
    how: (files) => resignFrom(files, 1, () => STRANGER),
    kinds: ['otherKey'],
    says: ['Digests 1 to 3', STRANGER.id],
  },
  {
    what: 'the end of the chain is signed with another key',
    how: (files) => resignFrom(files, 3, () => STRANGER),
    kinds: ['otherKey'],
    says: [digestKey(3), STRANGER.id],
  },
  {
    what: 'another key is announced by one who does not have the first',
    how: (files) => {
      resign(files, 1, STRANGER, { nextKey: STRANGER.named });
      resignFrom(files, 2, () => STRANGER);
    },
    kinds: ['otherKey', 'unsigned'],
    says: ['Digests 2 to 3', digestKey(1)],
  },
  {
    what: 'the chain goes on with a key that was followed by another',
    how: (files) => resignFrom(files, 2, () => ONE),
    kinds: ['otherKey'],
    says: [digestKey(2), ONE.id],
  },
  {
    what: "a digest's signature is that of another",
    how: (files) => {
      const [, value = ''] = /"value":"([^"]+)"/.exec(textOf(files, digestKey(2))) ?? [];
      files.set(
        digestKey(3),
        Buffer.from(textOf(files, digestKey(3)).replace(/"value":"[^"]+"/, `"value":"${value}"`)),
      );
    },
    kinds: ['unsigned'],
    says: [digestKey(3)],
  },
  {
    what: "a digest's signature is taken away",
    how: (files) =>
      files.set(
        digestKey(3),
        Buffer.from(textOf(files, digestKey(3)).replace(/"value":"[^"]+"/, '"value":""')),
      ),
    kinds: ['altered'],
    says: ['no digest, to the letter'],
  },
  {
    what: 'a digest is said in other bytes',
    how: (files) =>
      files.set(digestKey(3), Buffer.from(JSON.stringify(JSON.parse(textOf(files, digestKey(3))), null, 1))),
    kinds: ['altered'],
    says: ['no digest, to the letter'],
  },
  {
    what: 'a digest is of a format to come',
    how: (files) =>
      files.set(digestKey(3), Buffer.from(textOf(files, digestKey(3)).replace('digest-1"', 'digest-2"'))),
    kinds: ['altered'],
    says: ['bailiwick-digest-2', 'does not know'],
  },
  {
    what: 'a digest in the middle is removed',
    how: (files) => files.delete(digestKey(2)),
    kinds: ['missing'],
    says: ['Digest 2 is not there'],
  },
  {
    what: 'the first digest is removed',
    how: (files) => files.delete(digestKey(1)),
    kinds: ['missing', 'otherKey', 'unsigned'],
    says: ['Digest 1 is not there', object(0), object(1)],
  },
  {
    what: 'the last digest is removed, and its hash was written down',
    how: (files) => files.delete(digestKey(3)),
    kinds: ['cutBack'],
    says: [HEAD],
    head: HEAD,
  },
  {
    what: 'the last digest is removed, and an event tells of it',
    how: (files) => {
      const event = archivedEvent(7, minutesAfter(190));
      const body = { ...event.body, type: 'audit.digested', sequence: 3, sha256: HEAD };
      putLines(files, eventsKey(minutesAfter(190), 'x'), [archiveLine({ ...event, body })]);
      files.delete(digestKey(3));
    },
    kinds: ['missing'],
    says: ['Digest 3 is not there, and was signed'],
  },
  {
    what: 'the last digest is replaced by one of the same key, and an event tells of it',
    how: (files) => {
      const event = archivedEvent(7, minutesAfter(190));
      const body = { ...event.body, type: 'audit.digested', sequence: 3, sha256: HEAD };
      putLines(files, eventsKey(minutesAfter(190), 'x'), [archiveLine({ ...event, body })]);
      resign(files, 3, TWO, { signedAt: minutesAfter(200).toISOString() });
    },
    kinds: ['altered'],
    says: [HEAD, `altered object ${eventsKey(minutesAfter(190), 'x')}`, 'not the one that was signed'],
  },
  {
    what: 'all digests are removed',
    how: (files) => {
      for (const number of [1, 2, 3]) files.delete(digestKey(number));
    },
    kinds: ['added', 'missing'],
    says: ['There is no digest, and an index of one', 'no run of the broker leaves'],
  },
  {
    what: 'all digests are removed, and their indexes',
    how: (files) => {
      for (const key of [...files.keys()].filter((name) => name.startsWith('digests/'))) files.delete(key);
    },
    kinds: ['unsigned'],
    says: ['There is no digest in it'],
  },
  {
    what: 'everything is removed',
    how: (files) => files.clear(),
    kinds: ['unsigned'],
    says: ['There is nothing in it'],
  },
  {
    what: 'a digest is put back in place of a later one',
    how: (files) => files.set(digestKey(3), fileAt(files, digestKey(2))),
    kinds: ['reordered'],
    says: ['It says that it is digest 2'],
  },
  {
    what: 'two digests are swapped',
    how: (files) => swap(files, digestKey(1), digestKey(3)),
    kinds: ['altered', 'otherKey', 'reordered', 'unsigned'],
    says: ['It says that it is digest 3', 'It says that it is digest 1'],
  },
  {
    what: 'a digest is added by a stranger',
    how: (files) => addDigest(files, 4, { from: minutesAfter(180), until: minutesAfter(240), key: STRANGER }),
    kinds: ['otherKey'],
    says: [digestKey(4), STRANGER.id],
  },
  {
    what: 'a digest with a number far away is added',
    how: (files) =>
      addDigest(files, 4_000_000_000, { from: minutesAfter(180), until: minutesAfter(240), key: TWO }),
    kinds: ['missing', 'unchained'],
    says: ['Digests 4 to 3999999999 are not there'],
  },
];
