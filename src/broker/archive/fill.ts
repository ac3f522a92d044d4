// Archives what was missing there.
import { eventsKey, type GatheredLines, gatherLines, packLines, STRAYS_PREFIX } from '../../audit/index.ts';
import type { StoredEvent } from '../../ports/events.ts';
import { sha256 } from '../../shared/hash.ts';
import { addLines, archiveStrays, SETTLED_MILLISECONDS } from './archive-events.ts';
import type { DigestDependencies } from './dependencies.ts';
import type { EventAt } from './places.ts';
import { keysIn } from './read-archive.ts';

/** One object of what was missing has no more than that; one event alone may be larger. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 8_000_000;

export interface Filling extends Pick<DigestDependencies, 'archive' | 'events' | 'log'> {
  /** The last moment of the span that is filled. */
  readonly at: Date;
  /** Since when what can be no line may have been set aside. */
  readonly since: Date;
}

async function putLines({ archive, at }: Filling, lines: GatheredLines): Promise<number> {
  if (lines.count === 0) return 0;
  // After every other name of that moment: they begin with digits, or with an earlier letter.
  const tail = `z${sha256(lines.bytes().subarray(0, -1)).slice(0, 32)}`;
  return (await archive.put(eventsKey(at, tail), packLines(lines))) ? lines.count : 0;
}

async function eventAt({ events }: Filling, { stream, id }: EventAt): Promise<StoredEvent | undefined> {
  try {
    return await events.read(stream, id);
  } catch (error) {
    // No table takes such a name.
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The ends of the names of what was set aside lately. */
async function setAside({ archive, since }: Filling): Promise<ReadonlySet<string>> {
  const tails = new Set<string>();
  const from = new Date(Math.max(0, since.getTime() - SETTLED_MILLISECONDS));
  for await (const { key } of keysIn(archive, STRAYS_PREFIX, { from, until: undefined })) {
    tails.add(key.slice(key.lastIndexOf('-') + 1, -'.json'.length));
  }
  return tails;
}

/** How many were archived. Throws `Unavailable`. */
export async function fill(filling: Filling, missing: readonly EventAt[]): Promise<number> {
  let filled = 0;
  let lines = gatherLines();
  let known: ReadonlySet<string> | undefined;
  for (const place of missing) {
    const event = await eventAt(filling, place);
    const strays = await addLines(lines, event === undefined ? [] : [event]);
    if (strays.length > 0) {
      known ??= await setAside(filling);
      const there = known;
      await archiveStrays(
        filling,
        filling.at,
        strays.filter(({ tail }) => !there.has(tail)),
      );
    }
    if (lines.count < MOST_LINES && lines.characters < MOST_CHARACTERS) continue;
    filled += await putLines(filling, lines);
    lines = gatherLines();
  }
  return filled + (await putLines(filling, lines));
}
