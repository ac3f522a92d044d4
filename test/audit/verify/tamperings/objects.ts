// Ways to tamper with events and the objects that they lie in.
import { gzipSync } from 'node:zlib';
import { archiveLine, eventsKey } from '../../../../src/audit/index.ts';
import {
  addObject,
  archivedEvent,
  BEGAN,
  fileAt,
  linesIn,
  minutesAfter,
  putLines,
} from '../../../support/archives.ts';
import { changeLines, ids, move, object, swap, type Tampering } from './original.ts';

export const OBJECT_TAMPERINGS: readonly Tampering[] = [
  {
    what: 'an event is edited',
    how: changeLines(0, (lines) =>
      lines.map((line, at) => (at === 2 ? line.replace('"agents":102', '"agents":7') : line)),
    ),
    kinds: ['altered'],
    says: [ids(0)[2] ?? '', 'line 3', object(0)],
  },
  {
    what: 'an event is dropped',
    how: changeLines(0, (lines) => lines.toSpliced(3, 1)),
    kinds: ['missing'],
    says: [ids(0)[3] ?? '', 'was in line 4'],
  },
  {
    what: 'an event is put in',
    how: changeLines(2, (lines) => lines.toSpliced(1, 0, archiveLine(archivedEvent(9999, BEGAN)))),
    kinds: ['added'],
    says: [archivedEvent(9999, BEGAN).id, 'line 2'],
  },
  {
    what: 'an event is replaced by another',
    how: changeLines(2, (lines) => lines.toSpliced(1, 1, archiveLine(archivedEvent(9999, BEGAN)))),
    kinds: ['added', 'missing'],
    says: [archivedEvent(9999, BEGAN).id, ids(2)[1] ?? ''],
  },
  {
    what: 'two events are swapped',
    how: changeLines(1, ([a = '', b = '', ...rest]) => [b, a, ...rest]),
    kinds: ['reordered'],
    says: ['another order', 'line 1'],
  },
  {
    what: 'an event is there twice',
    how: changeLines(1, (lines) => [...lines, lines[0] ?? '']),
    kinds: ['added'],
    says: [ids(1)[0] ?? '', 'line 9'],
  },
  {
    what: 'a line becomes no event',
    how: changeLines(1, (lines) => lines.toSpliced(4, 1, '{"unmapped":')),
    kinds: ['added', 'missing'],
    says: ['Line 5 is no event', ids(1)[4] ?? ''],
  },
  {
    what: 'the last events of an object are dropped',
    how: changeLines(4, (lines) => lines.slice(0, 5)),
    kinds: ['truncated'],
    says: ['after 5 of 8', ...ids(4).slice(5)],
  },
  {
    what: "an object's file is cut",
    how: (files) => files.set(object(4), fileAt(files, object(4)).subarray(0, 300)),
    kinds: ['truncated'],
    says: ['of 8 events'],
  },
  {
    what: "an object's file is emptied",
    how: (files) => files.set(object(4), Buffer.alloc(0)),
    kinds: ['truncated'],
    says: ['after 0 of 8', ids(4)[0] ?? ''],
  },
  {
    what: 'an object is overwritten with something else',
    how: (files) => files.set(object(3), Buffer.from('nothing to see here')),
    kinds: ['altered'],
    says: ["can't be unpacked", ids(3)[0] ?? '', ids(3)[7] ?? ''],
  },
  {
    what: 'an object is packed anew',
    how: (files) => files.set(object(3), gzipSync(`${linesIn(files, object(3)).join('\n')}\n`, { level: 1 })),
    kinds: ['altered'],
    says: ['Its events are what they were'],
  },
  {
    what: 'an object is removed',
    how: (files) => files.delete(object(1)),
    kinds: ['missing'],
    says: [object(1), '8 events', ids(1)[0] ?? '', ids(1)[7] ?? ''],
  },
  {
    what: 'two objects of one digest are swapped',
    how: (files) => swap(files, object(2), object(4)),
    kinds: ['reordered'],
    says: [`belongs into ${object(4)}`, `belongs into ${object(2)}`],
  },
  {
    what: 'objects of two digests are swapped',
    how: (files) => swap(files, object(0), object(4)),
    kinds: ['added', 'missing'],
    says: [ids(0)[0] ?? '', ids(4)[7] ?? ''],
  },
  {
    what: 'an object is renamed within its span',
    how: (files) => move(files, object(2), eventsKey(minutesAfter(140), 'x')),
    kinds: ['added', 'missing'],
    says: [object(2), eventsKey(minutesAfter(140), 'x')],
  },
  {
    what: 'an object is renamed into what is not signed yet',
    how: (files) => move(files, object(2), eventsKey(minutesAfter(240), 'x')),
    kinds: ['missing'],
    says: [object(2)],
  },
  {
    what: 'an object is put into a span that is over',
    how: (files) => addObject(files, 45, 'late', 900, 2),
    kinds: ['added'],
    says: ['signed and closed'],
  },
  {
    what: 'an object is put into a span that had none',
    how: (files) => addObject(files, 70, 'late', 900, 2),
    kinds: ['added'],
    says: ['signed and closed'],
  },
  {
    what: 'an object is put before everything',
    how: (files) => addObject(files, -70, 'late', 900, 2),
    kinds: ['added'],
    says: ['signed and closed'],
  },
  {
    what: 'an event is said again, otherwise, in what is not signed yet',
    how: (files) => {
      const [line = ''] = linesIn(files, object(0));
      putLines(files, eventsKey(minutesAfter(240), 'x'), [line.replace('"agents":100', '"agents":7')]);
    },
    kinds: ['repeated'],
    says: [ids(0)[0] ?? '', `line 1 of ${object(0)}`],
  },
];
