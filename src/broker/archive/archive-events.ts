// Archives a batch of events: one object, under a name that is the same however often the batch is tried.
import { setImmediate } from 'node:timers/promises';
import {
  archiveLine,
  eventsKey,
  type GatheredLines,
  gatherLines,
  packLines,
  strayKey,
} from '../../audit/index.ts';
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

export interface BatchPart {
  readonly events: readonly StoredEvent[];
  readonly strays: readonly Stray[];
}

export interface BatchName {
  /** When its first record was written: the same at every try. */
  readonly at: Date;
  readonly tail: string;
  /** Where one writer does it all, however old the events are. */
  readonly freshOnly: boolean;
}

export interface Batch extends BatchName, BatchPart {}

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
function isFirst(seen: Set<string>, event: StoredEvent): boolean {
  const before = seen.size;
  return seen.add(placeOf(event)).size > before;
}

/**
 * Adds their lines, and hands back as strays what can't be one. A few at a time: whoever calls meanwhile must not wait
 * until all are written.
 */
export async function addLines(
  lines: GatheredLines,
  events: readonly StoredEvent[],
): Promise<readonly Stray[]> {
  const strays: Stray[] = [];
  for (const [place, event] of events.entries()) {
    try {
      lines.add(archiveLine(event));
    } catch {
      const { stream, id, body } = event;
      strays.push({ tail: `s${sha256(`${stream} ${id}`).slice(0, 32)}`, came: { stream, id, body } });
    }
    if ((place + 1) % AT_ONCE === 0) await setImmediate();
  }
  return strays;
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

/** Throws `Unavailable('archive')`, or what the parts throw: then the same batch is tried again. */
export async function archiveParts(
  dependencies: ArchiveDependencies,
  { at, tail, freshOnly }: BatchName,
  parts: Iterable<BatchPart> | AsyncIterable<BatchPart>,
): Promise<ArchivedBatch> {
  const { archive, clock } = dependencies;
  const now = clock.now();
  const lines = gatherLines();
  const strays: Stray[] = [];
  const seen = new Set<string>();
  let left = 0;
  for await (const part of parts) {
    const some = part.events
      .filter((event) => isFirst(seen, event))
      .filter((event) => !freshOnly || isFresh(event, now));
    left += part.events.length - some.length;
    strays.push(...part.strays, ...(await addLines(lines, some)));
  }
  await archiveStrays(dependencies, at, strays);
  const done = { left, strays: strays.length };
  if (lines.count === 0) return { ...done, archived: 0 };
  // One that is taken was put by an earlier try of this batch.
  const put = await archive.put(eventsKey(at, tail), packLines(lines));
  return { ...done, archived: put ? lines.count : 0 };
}

/** Throws `Unavailable('archive')`: then the same batch is tried again. */
export async function archiveBatch(dependencies: ArchiveDependencies, batch: Batch): Promise<ArchivedBatch> {
  return archiveParts(dependencies, batch, [batch]);
}
