// What may be told of an archive, and is nobody's fault.
import { digestKey, eventsKey, indexKey, strayKey } from '../../../src/audit/index.ts';
import { sha256 } from '../../../src/shared/hash.ts';
import {
  type Change,
  digestOf,
  eventKeys,
  LAST,
  LATER,
  largest,
  linesOf,
  naming,
  packed,
  STRANGER,
  signAs,
  withoutClaims,
} from './tampering.ts';

export const HARMLESS: Readonly<Record<string, Change>> = {
  nothing: () => undefined,
  'a run that died left an index': ({ files }) => {
    const bytes = packed(['evt_1 00']);
    for (const number of [2, LAST + 1]) files.set(indexKey(number, sha256(bytes)), bytes);
  },
  'an event is archived twice': ({ files }) =>
    void files.set(eventsKey(LATER, 'a'), files.get(largest(files)) ?? Buffer.alloc(0)),
  'an event is archived twice, in other words': ({ files }) =>
    void files.set(
      eventsKey(LATER, 'a'),
      packed(linesOf(files.get(largest(files))).map((line) => `{"a":1,${line.slice(1)}`)),
    ),
  'an object has two members of gzip': (archive) => {
    const lines = linesOf(archive.files.get(largest(archive.files)));
    const bytes = Buffer.concat([packed(lines.slice(0, 1)), packed(lines.slice(1))]);
    archive.files.set(eventsKey(LATER, 'a'), bytes);
  },
  'an object is filled up with zero bytes': ({ files }) => {
    const lines = linesOf(files.get(largest(files)));
    files.set(eventsKey(LATER, 'a'), Buffer.concat([packed(lines), Buffer.alloc(100)]));
  },
  'an object has bytes behind a zero byte': ({ files }) => {
    const lines = linesOf(files.get(largest(files)));
    files.set(eventsKey(LATER, 'a'), Buffer.concat([packed(lines), Buffer.of(0), packed(['no event'])]));
  },
  'OCSF has another id for an event': ({ files }) => {
    const lines = linesOf(files.get(largest(files)));
    const others = lines.map((line) => line.replace(/"uid":"evt_[^"]*"/g, '"uid":"another"'));
    files.set(eventsKey(LATER, 'a'), packed(others));
  },
  'a number is written otherwise': ({ files }) => {
    const lines = linesOf(files.get(largest(files)));
    files.set(
      eventsKey(LATER, 'a'),
      packed(lines.map((line) => line.replace(/"agents":(\d+)/g, '"agents":$1.0'))),
    );
  },
  'there is no tail': ({ files }) => void files.delete(eventKeys(files).at(-1) ?? ''),
  'the tail has a stray': ({ files }) => void files.set(strayKey(LATER, 'a'), Buffer.from('no JSON')),
  'no event tells of a digest': withoutClaims,
  'a span is empty': (archive) => {
    const { files, signer } = archive;
    const last = digestOf(files, LAST);
    const previous = sha256(files.get(digestKey(LAST)) ?? '');
    const { until, signedAt } = last;
    const next = {
      ...last,
      sequence: LAST + 1,
      from: until,
      until,
      signedAt,
      previous,
      objects: [],
      strays: [],
    };
    const own = signer.made.at(-1) ?? STRANGER.privateKey;
    signAs(files, naming(new Map(), next, []), own);
  },
};
