// Archives a batch of events: one object, under a name that is the same however often the batch is tried.
import { setImmediate } from 'node:timers/promises';
import { archiveLine, eventsKey, packLines, strayKey } from '../../audit/index.ts';
import type { StoredEvent } from '../../ports/events.ts';
import { sha256 } from '../../shared/hash.ts';
import type { JsonObject } from '../../shared/json.ts';
import type { ArchiveDependencies } from './dependencies.ts';
import { placeOf } from './places.ts';

/**
 * An event that is older by its `at` is left to the writer of digests, which looks only at those that are older still:
 * so two writers never archive the same one, although neither asks the other.
 */
const FRESH_MILLISECONDS = 240_000;
/** From then on an event that is not archived is missing. A batch under way by then has long been given up. */
export const SETTLED_MILLISECONDS = 600_000;

const AT_ONCE = 25;

export interface Stray {
  /** Unique in the batch: letters and digits. */
  readonly tail: string;
  /** As it came, so that nothing of it is lost. */
  readonly came: JsonObject;
}

export interface Batch {
  /** When its first record was written: the same at every try. */
  readonly at: Date;
  readonly tail: string;
  readonly events: readonly StoredEvent[];
  readonly strays: readonly Stray[];
  /** Where one writer does it all, however old the events are. */
  readonly freshOnly: boolean;
}

export interface ArchivedBatch {
  readonly archived: number;
  /** Older ones, which the next digest brings. */
  readonly left: number;
  readonly strays: number;
}

function isFresh({ body }: StoredEvent, now: Date): boolean {
  const at = Date.parse(String(body['at']));
  return Number.isNaN(at) || at > now.getTime() - FRESH_MILLISECONDS;
}

/** Of one that the batch has twice, the first. */
function eachOnce(events: readonly StoredEvent[]): readonly StoredEvent[] {
  const seen = new Set<string>();
  return events.filter((event) => {
    const place = placeOf(event);
    if (seen.has(place)) return false;
    seen.add(place);
    return true;
  });
}

interface Made {
  readonly lines: readonly string[];
  readonly strays: readonly Stray[];
}

/** What can't be a line is a stray. A few at a time: whoever calls meanwhile must not wait until all are written. */
export async function linesOf(events: readonly StoredEvent[]): Promise<Made> {
  const lines: string[] = [];
  const strays: Stray[] = [];
  for (const [place, event] of events.entries()) {
    try {
      lines.push(archiveLine(event));
    } catch {
      const { stream, id, body } = event;
      strays.push({ tail: `s${sha256(`${stream} ${id}`).slice(0, 32)}`, came: { stream, id, body } });
    }
    if ((place + 1) % AT_ONCE === 0) await setImmediate();
  }
  return { lines, strays };
}

function textOf({ came }: Stray): string {
  try {
    return JSON.stringify(came);
  } catch {
    // Too deep to be written again: what it is of, at least.
    return JSON.stringify({ stream: came['stream'], id: came['id'] });
  }
}

/** Throws `Unavailable('archive')`. */
export async function archiveStrays(
  { archive, log }: Pick<ArchiveDependencies, 'archive' | 'log'>,
  at: Date,
  strays: readonly Stray[],
): Promise<void> {
  for (const stray of strays) {
    log.error('event not archived', { reason: 'unreadable' });
    await archive.put(strayKey(at, stray.tail), Buffer.from(textOf(stray)));
  }
}

/** Throws `Unavailable('archive')`: then the same batch is tried again. */
export async function archiveBatch(
  dependencies: ArchiveDependencies,
  { at, tail, events, strays, freshOnly }: Batch,
): Promise<ArchivedBatch> {
  const { archive, clock } = dependencies;
  const now = clock.now();
  const some = eachOnce(events).filter((event) => !freshOnly || isFresh(event, now));
  const made = await linesOf(some);
  const all = [...strays, ...made.strays];
  await archiveStrays(dependencies, at, all);
  const done = { left: events.length - some.length, strays: all.length };
  if (made.lines.length === 0) return { ...done, archived: 0 };
  // One that is taken was put by an earlier try of this batch.
  const put = await archive.put(eventsKey(at, tail), await packLines(made.lines));
  return { ...done, archived: put ? made.lines.length : 0 };
}
