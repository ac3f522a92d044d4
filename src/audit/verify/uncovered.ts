// Files that no digest names: the tail, which is not signed yet, or what somebody put where nothing can be added.
import type { ArchivedObject } from '../../ports/archive.ts';
import { archiveName } from '../archive/names.ts';
import type { Link, Said } from './chain.ts';
import type { Along, Totals } from './contents.ts';
import { beginMeeting } from './meeting.ts';
import { unpackedLines } from './object-lines.ts';

export type Place = 'tail' | 'signed' | 'gap';

export interface Spans {
  /** The end of what is signed; undefined where nothing is. */
  readonly until: string | undefined;
  placeOf(at: Date): Place;
}

/** The spans of digests that can be believed; where there are none of those, of all that can be read. */
export function spansOf(links: readonly Link[], trusted: ReadonlySet<Link>): Spans {
  const saidBy = (some: readonly Link[]) => some.flatMap(({ said }) => said ?? []);
  const believed = saidBy(links.filter((link) => trusted.has(link)));
  const spans: readonly Said[] = believed.length > 0 ? believed : saidBy(links);
  const until = spans.reduce<string | undefined>(
    (last, span) => (last === undefined || span.until > last ? span.until : last),
    undefined,
  );
  const first = links[0]?.sequence === 1 ? links[0].said?.from : undefined;
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

async function readTail({ reader, found, meetings }: Along, key: string): Promise<number> {
  const packed = await reader.get(key);
  const { unpacked, is } = (packed && unpackedLines(packed)) ?? {};
  if (unpacked === undefined || is === undefined) {
    found.fault('altered', 'object', key, 'It is not signed yet, and can not be read.');
    return 0;
  }
  if (!is.isWhole || is.lines.some(({ id }) => id === '')) {
    found.fault('altered', 'object', key, 'It is not signed yet, and not made of lines of events.');
  }
  const meeting = beginMeeting(meetings, key, 0);
  for (const line of is.lines) meeting.line(line);
  await meeting.end(unpacked);
  return is.lines.length;
}

/** What is signed later is counted; all else is told. */
export function judgeUncovered(
  along: Along,
  { spans, from }: { readonly spans: Spans; readonly from: string | undefined },
  tail: Totals,
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
    } else if (isEvents) {
      tail.objects += 1;
      tail.events += await readTail(along, key);
    } else tail.strays += 1;
  };
}
