// Compares the table with the archive: what is in the one and not in the other, or not the same.
import { bodyHash, EVENTS_PREFIX, keptUntil, RETENTION } from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { Events, Span } from '../../ports/events.ts';
import { timeOf } from '../../shared/ids.ts';
import type { JsonObject } from '../../shared/json.ts';
import { SETTLED_MILLISECONDS } from './archive-events.ts';
import { type EventAt, placeOf } from './places.ts';
import { keysIn, readObject } from './read-archive.ts';
import type { WantedFinding } from './record-finding.ts';

const PAGE = 500;

export interface Hashed extends EventAt {
  /** Of what it says. */
  readonly hash: string;
}

/** By their places. */
export type Hashes = ReadonlyMap<string, Hashed>;

export interface InTable {
  readonly events: Hashes;
  /** Where something stands that is no event. If it never was, it was set aside when it came. */
  readonly spoilt: ReadonlySet<string>;
}

/** What the table has of a span, as far as it happened before a moment. */
export async function readTable(events: Events, span: Span, settled: Date): Promise<InTable> {
  const hashes = new Map<string, Hashed>();
  const spoilt = new Set<string>();
  const before = settled.toISOString();
  let cursor: string | undefined;
  do {
    const page = await events.every(span, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const row of page.items) {
      if (!('event' in row)) spoilt.add(placeOf(row));
      else if (String(row.event.body['at']) < before) {
        const { stream, id, body } = row.event;
        hashes.set(placeOf(row), { stream, id, hash: bodyHash(body) });
      }
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { events: hashes, spoilt };
}

export interface ArchivedHash extends Hashed {
  /** Until when the table has it, by what it says of itself. */
  readonly keptUntil: Date | undefined;
  /** What was archived before the span began may be older than all that was read of the table. */
  readonly isBefore: boolean;
}

export type ArchivedHashes = ReadonlyMap<string, ArchivedHash>;

function keptBy(body: JsonObject): Date | undefined {
  const [type, at] = [String(body['type']), new Date(String(body['at']))];
  const isKnown = Object.hasOwn(RETENTION, type) && !Number.isNaN(at.getTime());
  return isKnown ? keptUntil(type as keyof typeof RETENTION, at) : undefined;
}

/** The archive's, of what happened from a moment on: an object has the name of its first event, and so a little before. */
export async function hashesInArchive(archive: Archive, from: Date): Promise<ArchivedHashes> {
  const hashes = new Map<string, ArchivedHash>();
  const begin = new Date(Math.max(0, from.getTime() - SETTLED_MILLISECONDS));
  for await (const { key, at } of keysIn(archive, EVENTS_PREFIX, { from: begin, until: undefined })) {
    const read = at === undefined ? undefined : await readObject(archive, key);
    const isBefore = at !== undefined && at < from;
    // Whoever comes first is believed; a second version is found by whoever verifies.
    for (const { stream, id, body } of read?.lines ?? []) {
      const place = placeOf({ stream, id });
      if (hashes.has(place)) continue;
      hashes.set(place, { stream, id, hash: bodyHash(body), keptUntil: keptBy(body), isBefore });
    }
  }
  return hashes;
}

export interface Compared {
  /** In the table alone. */
  readonly missing: readonly EventAt[];
  readonly findings: readonly WantedFinding[];
}

/** Whether it is in the table after all, and as it was archived: it may have come after the table was read. */
async function standsAs(events: Events, { stream, id, hash }: Hashed): Promise<boolean> {
  try {
    const event = await events.read(stream, id);
    return event !== undefined && bodyHash(event.body) === hash;
  } catch (error) {
    // No table takes such a name.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** Whether the table should have it: what is too young was not looked at, and what is over is gone. */
function isDue({ id, keptUntil: kept, isBefore }: ArchivedHash, { from, until }: Span, now: Date): boolean {
  if (kept !== undefined && kept <= now) return false;
  const at = timeOf('evt', id);
  if (at === undefined) return !isBefore;
  return at < until && (at >= from || !isBefore);
}

export async function compared(
  events: Events,
  inTable: InTable,
  inArchive: ArchivedHashes,
  { span, now }: { readonly span: Span; readonly now: Date },
): Promise<Compared> {
  const findings: WantedFinding[] = [];
  const missing: EventAt[] = [];
  for (const [place, { stream, id, hash }] of inTable.events) {
    const archived = inArchive.get(place);
    if (archived === undefined) missing.push({ stream, id });
    else if (archived.hash !== hash) {
      const detail = 'The table says something else than the archive, which was written first.';
      findings.push({ kind: 'event_differs', detail, event: { stream, id } });
    }
  }
  for (const [place, archived] of inArchive) {
    const { stream, id } = archived;
    if (inTable.spoilt.has(place)) {
      const detail = 'What the table has in its place is no event any more. The archive has it.';
      findings.push({ kind: 'event_differs', detail, event: { stream, id } });
      continue;
    }
    if (inTable.events.has(place) || !isDue(archived, span, now) || (await standsAs(events, archived)))
      continue;
    const detail = 'The archive has it; the table has it no more, or not as it was.';
    findings.push({ kind: 'event_removed', detail, event: { stream, id } });
  }
  return { missing, findings };
}
