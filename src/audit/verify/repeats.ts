// One event in two places: archived twice, or made to say two things.
import type { ArchiveReader } from '../../ports/archive.ts';
import { archiveName } from '../archive/names.ts';
import type { Found } from './faults.ts';
import { type EventPlace, eventsOf, placeIn, readDigestFile } from './find-event.ts';
import { eventHash, type Line, lineFinder, unpackedOf } from './object-lines.ts';
import { readIfPossible } from './read-file.ts';
import type { SeenBefore } from './seen.ts';

type Places = ReadonlyMap<string, EventPlace>;

interface Opened {
  readonly key: string;
  readonly unpacked: Buffer;
  readonly lineAt: (number: number) => Line | undefined;
}

/** Many events of one digest may be there again, one after the other: what was read for the last one is kept. */
function createLookup(reader: ArchiveReader) {
  let last: { readonly sequence: number; readonly places: Places } | undefined;
  let object: Opened | undefined;

  async function placesIn(sequence: number): Promise<Places> {
    if (last?.sequence === sequence) return last.places;
    const places = new Map<string, EventPlace>();
    const { digest } = (await readDigestFile(reader, sequence)) ?? {};
    const events = digest === undefined ? [] : await eventsOf(reader, digest);
    for (const [at, { id }] of events.entries()) {
      const place = digest === undefined || places.has(id) ? undefined : placeIn(digest, at);
      if (place !== undefined) places.set(id, place);
    }
    last = { sequence, places };
    return places;
  }

  async function opened(key: string): Promise<Opened> {
    if (object?.key === key) return object;
    const isEvents = archiveName(key)?.kind === 'events';
    const packed = isEvents ? await readIfPossible(reader, key) : undefined;
    const unpacked = (packed && unpackedOf(packed)) ?? Buffer.alloc(0);
    object = { key, unpacked, lineAt: lineFinder(unpacked) };
    return object;
  }

  /** Where it is in that digest, and a hash of what it says there; undefined where that can't be told any more. */
  return async (sequence: number, id: string) => {
    const place = (await placesIn(sequence)).get(id);
    if (place === undefined) return undefined;
    const { unpacked, lineAt } = await opened(place.object);
    const line = lineAt(place.line);
    return line?.id === id ? { ...place, hash: eventHash(unpacked, line) } : undefined;
  };
}

export interface Again {
  readonly line: Line;
  readonly before: SeenBefore;
}

export interface Repeats {
  /** Lines of events that were met before. */
  check(where: string, unpacked: Buffer, again: readonly Again[]): Promise<void>;
}

export function createRepeats(reader: ArchiveReader, found: Found): Repeats {
  const lookup = createLookup(reader);

  async function tell(where: string, unpacked: Buffer, { line, before }: Again): Promise<void> {
    const { id } = line;
    const first = before.digest === 0 ? 'what is not signed yet' : `digest ${before.digest}`;
    if (before.isSameLine) {
      found.note('archivedTwice', 'event', where, `It is in ${first}, too.`, id);
      return;
    }
    const there = before.digest === 0 ? undefined : await lookup(before.digest, id);
    const place = there === undefined ? first : `line ${there.line} of ${there.object}`;
    if (there?.hash !== undefined && there.hash === eventHash(unpacked, line)) {
      found.note('archivedTwice', 'event', where, `It is in ${place}, too, in other words of OCSF.`, id);
    } else found.fault('repeated', 'event', where, `It says something else in ${place}.`, id);
  }

  return {
    async check(where, unpacked, again) {
      for (const each of again) await tell(where, unpacked, each);
    },
  };
}
