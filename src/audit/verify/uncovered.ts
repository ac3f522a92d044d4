// Files that no digest names: the tail, which is not signed yet, or what somebody put where nothing can be added.
import { type ArchivedObject, UnreadableObject } from '../../ports/archive.ts';
import { archiveName } from '../archive/names.ts';
import { isOwn, type Link, type Said } from './chain.ts';
import type { Along, Totals } from './contents.ts';
import { beginMeeting } from './meeting.ts';
import { eventHash, type Line, unpackedOf, visitLines } from './object-lines.ts';
import { readWhole, unreadText } from './read-file.ts';

export type Place = 'tail' | 'signed' | 'gap';

export interface Spans {
  /** The end of what is signed; undefined where nothing is. */
  readonly until: string | undefined;
  placeOf(at: Date): Place;
}

/** The spans of digests that can be believed; where there are none of those, of all that are signed as they should be. */
export function spansOf(links: readonly Link[], trusted: ReadonlySet<Link>): Spans {
  const saidBy = (some: readonly Link[]) => some.flatMap(({ said }) => said ?? []);
  const own = links.filter(isOwn);
  const believed = saidBy(own.filter((link) => trusted.has(link)));
  const spans: readonly Said[] = believed.length > 0 ? believed : saidBy(own);
  const until = (spans.length > 0 ? spans : saidBy(links)).reduce<string | undefined>(
    (last, span) => (last === undefined || span.until > last ? span.until : last),
    undefined,
  );
  const first = links[0]?.sequence === 1 && isOwn(links[0]) ? links[0].said?.from : undefined;
  return {
    until,
    placeOf(at) {
      const moment = at.toISOString();
      if (until === undefined || moment >= until) return 'tail';
      if (first !== undefined && moment < first) return 'signed';
      return spans.some((span) => span.from <= moment && moment < span.until) ? 'signed' : 'gap';
    },
  };
}

/** Archived, and not signed yet. */
export interface Tail extends Totals {
  /** Of its files the first ones, and the last one. */
  readonly names: string[];
  last: string | undefined;
}

const MOST_NAMES = 5;

export function emptyTail(): Tail {
  return { objects: 0, events: 0, strays: 0, names: [], last: undefined };
}

/** Of an event that JSON alone has, its line. */
function hashOf(unpacked: Buffer, line: Line): Buffer {
  const hash = eventHash(unpacked, line);
  return hash === undefined ? line.leaf : Buffer.from(hash, 'hex');
}

/** Undefined where it is no file, or can't be read, which is told. */
async function readUnsigned({ reader, found }: Along, what: 'object' | 'stray', key: string) {
  const file = await readWhole(reader, key);
  if (file === undefined) found.fault('added', what, key, 'It has a name there, and is no file.');
  else if (file instanceof UnreadableObject) found.fault('altered', what, key, unreadText(file));
  else return file;
  return undefined;
}

/** Up to the first line that is no event. */
async function readTail(along: Along, key: string): Promise<number> {
  const { found, meetings } = along;
  const packed = await readUnsigned(along, 'object', key);
  if (packed === undefined) return 0;
  const unpacked = unpackedOf(packed);
  if (unpacked === undefined) {
    found.fault('altered', 'object', key, 'It is not signed yet, and can not be unpacked.');
    return 0;
  }
  const meeting = beginMeeting(meetings, key, 0);
  let events = 0;
  const isWhole = visitLines(unpacked, (line) => {
    if (line.id === '') return false;
    events += 1;
    meeting.line(line, hashOf(unpacked, line));
    return true;
  });
  if (!isWhole) {
    found.fault('altered', 'object', key, 'It is not signed yet, and not made of lines of events.');
  }
  await meeting.end(unpacked);
  return events;
}

/** What is signed later is counted; all else is told. */
export function judgeUncovered(
  along: Along,
  { spans, from }: { readonly spans: Spans; readonly from: string | undefined },
  tail: Tail,
) {
  const { found } = along;
  return async ({ key }: ArchivedObject): Promise<void> => {
    const name = archiveName(key);
    if (name === undefined || !('at' in name)) return;
    if (from !== undefined && name.at.toISOString() < from) return;
    const isEvents = name.kind === 'events';
    const what = isEvents ? 'object' : 'stray';
    const place = spans.placeOf(name.at);
    if (place === 'signed') {
      found.fault('added', what, key, 'No digest names it, and its span was signed and closed.');
    } else if (place === 'gap') {
      found.fault(
        'unsigned',
        what,
        key,
        'No digest names it: that of its span is not there, or not to be trusted.',
      );
    } else {
      if (tail.names.length < MOST_NAMES) tail.names.push(key);
      tail.last = key;
      tail[isEvents ? 'objects' : 'strays'] += 1;
      if (isEvents) tail.events += await readTail(along, key);
      else await readUnsigned(along, what, key);
    }
  };
}
