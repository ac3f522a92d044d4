// Compares the table with the archive: what is in the one and not in the other, or not the same.
import { bodyHash, EVENTS_PREFIX, eventsKey, packLines } from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import type { Events, Span } from '../../ports/events.ts';
import { sha256 } from '../../shared/hash.ts';
import { timeOf } from '../../shared/ids.ts';
import { archiveStrays, linesOf } from './archive-events.ts';
import type { DigestDependencies } from './dependencies.ts';
import { eventAt, placeOf } from './places.ts';
import { keysIn, readObject } from './read-archive.ts';
import type { WantedFinding } from './record-finding.ts';

const PAGE = 500;
/** One object of what was missing has no more than that; one event alone may be larger. */
const MOST_LINES = 1000;
const MOST_CHARACTERS = 8_000_000;

/** Where an event stands, and a hash of what it says. */
export type Hashes = ReadonlyMap<string, string>;

/** The table's events of a span that happened before a moment. Throws `Unavailable('events')`. */
export async function hashesInTable(events: Events, span: Span, settled: Date): Promise<Hashes> {
  const hashes = new Map<string, string>();
  const before = settled.toISOString();
  let cursor: string | undefined;
  do {
    const page = await events.between(span, { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    for (const event of page.items) {
      if (String(event.body['at']) < before) hashes.set(placeOf(event), bodyHash(event.body));
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return hashes;
}

/** The archive's, of everything with a name from a moment on. */
export async function hashesInArchive(archive: Archive, from: Date): Promise<Hashes> {
  const hashes = new Map<string, string>();
  for await (const { key, isNamed } of keysIn(archive, EVENTS_PREFIX, { from, until: undefined })) {
    const read = isNamed ? await readObject(archive, key) : undefined;
    // Whoever comes first is believed; a second version is found by whoever verifies.
    for (const line of read?.lines ?? []) {
      if (!hashes.has(placeOf(line))) hashes.set(placeOf(line), bodyHash(line.body));
    }
  }
  return hashes;
}

export interface Compared {
  /** In the table alone. */
  readonly missing: readonly string[];
  readonly findings: readonly WantedFinding[];
}

/** Whether it is in the table after all, and as it was archived: it may have come after the table was read. */
async function standsAs(events: Events, place: string, hash: string): Promise<boolean> {
  const { stream, id } = eventAt(place);
  const event = await events.read(stream, id);
  return event !== undefined && bodyHash(event.body) === hash;
}

export async function compared(
  events: Events,
  inTable: Hashes,
  inArchive: Hashes,
  { from, until }: Span,
): Promise<Compared> {
  const findings: WantedFinding[] = [];
  const missing: string[] = [];
  for (const [place, hash] of inTable) {
    const archived = inArchive.get(place);
    if (archived === undefined) missing.push(place);
    else if (archived !== hash) {
      const detail = 'The table says something else than the archive, which was written first.';
      findings.push({ kind: 'event_differs', detail, event: eventAt(place), since: from });
    }
  }
  for (const [place, hash] of inArchive) {
    const at = timeOf('evt', eventAt(place).id);
    if (inTable.has(place) || at === undefined || at < from || at >= until) continue;
    if (await standsAs(events, place, hash)) continue;
    const detail = 'The archive has it; the table has it no more, or not as it was.';
    findings.push({ kind: 'event_removed', detail, event: eventAt(place), since: from });
  }
  return { missing, findings };
}

interface Filling extends Pick<DigestDependencies, 'archive' | 'events' | 'log'> {
  readonly at: Date;
}

async function putLines({ archive, at }: Filling, lines: readonly string[]): Promise<number> {
  if (lines.length === 0) return 0;
  // After every other name of that moment: they begin with digits, or with an earlier letter.
  const tail = `z${sha256(lines.join('\n')).slice(0, 32)}`;
  return (await archive.put(eventsKey(at, tail), await packLines(lines))) ? lines.length : 0;
}

/** Archives what was missing; how much that was. Throws `Unavailable`. */
export async function fill(dependencies: Filling, missing: readonly string[]): Promise<number> {
  const { events, at } = dependencies;
  let filled = 0;
  let lines: string[] = [];
  let characters = 0;
  for (const place of missing) {
    const { stream, id } = eventAt(place);
    const event = await events.read(stream, id);
    const made = await linesOf(event === undefined ? [] : [event]);
    await archiveStrays(dependencies, at, made.strays);
    lines.push(...made.lines);
    characters += made.lines[0]?.length ?? 0;
    if (lines.length < MOST_LINES && characters < MOST_CHARACTERS) continue;
    filled += await putLines(dependencies, lines);
    lines = [];
    characters = 0;
  }
  return filled + (await putLines(dependencies, lines));
}
