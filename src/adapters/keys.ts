// What a key may look like, the same for every back end, and the cursors that name a place after one.
import type { Span } from '../ports/events.ts';
import { KEEP, type Keep, type ObjectKey } from '../ports/objects.ts';
import {
  BadCursor,
  type IndexPageRequest,
  type PageRequest,
  type RecordKey,
  type RecordOptions,
} from '../ports/records.ts';
import { leastId, timeOf } from '../shared/ids.ts';

// DynamoDB's own limits.
const MOST_PARTITION_BYTES = 2048;
const MOST_SORT_BYTES = 1024;
const MOST_CURSOR_CHARACTERS = 16_384;
const MOST_PAGE_ITEMS = 500;
const MOST_READ_KEYS = 100;
const MOST_OBJECT_KEY_CHARACTERS = 512;

/**
 * Two different keys must stay different wherever they are stored: a lone surrogate does not survive UTF-8, and
 * SQLite ends a text at NUL.
 */
function isKeyPart(text: string, mostBytes: number): boolean {
  return text !== '' && text.isWellFormed() && !text.includes('\0') && Buffer.byteLength(text) <= mostBytes;
}

/** Throws TypeError: keys are made by the broker, so a bad one is a mistake in it. */
export function assertKey(partition: string, sort: string): void {
  if (!isKeyPart(partition, MOST_PARTITION_BYTES) || !isKeyPart(sort, MOST_SORT_BYTES)) {
    throw new TypeError('a key must be well-formed text, not empty, without NUL, and short');
  }
}

export function assertMoment(moment: Date): void {
  if (Number.isNaN(moment.getTime())) throw new TypeError('a moment must be a valid date');
}

/** What every write of a record must satisfy before it is sent. */
export function assertRecord(key: RecordKey, { expiresAt, heldUntil, index }: RecordOptions): void {
  assertKey(key.partition, key.sort);
  if (index) assertKey(index.partition, index.sort);
  assertMoment(expiresAt);
  if (heldUntil) assertMoment(heldUntil);
}

export function assertReadKeys(keys: readonly RecordKey[]): void {
  if (keys.length > MOST_READ_KEYS) throw new RangeError(`one read has at most ${MOST_READ_KEYS} keys`);
  for (const { partition, sort } of keys) assertKey(partition, sort);
}

export function assertPrefix(partition: string, prefix: string): void {
  assertKey(partition, prefix === '' ? '-' : prefix);
}

export function assertLimit(page: PageRequest): void {
  if (!Number.isInteger(page.limit) || page.limit < 1 || page.limit > MOST_PAGE_ITEMS) {
    throw new RangeError(`a page has 1 to ${MOST_PAGE_ITEMS} items`);
  }
}

export function assertSpan({ from, until }: Span): void {
  assertMoment(from);
  assertMoment(until);
}

export function assertIndexPage(partition: string, page: IndexPageRequest): void {
  assertKey(partition, page.from ?? '-');
  assertLimit(page);
}

/** What a cursor is for: a list of a partition, of an index partition, or of a span of time. */
type CursorKind = 'list' | 'index' | 'span';

export function makeCursor(kind: CursorKind, place: readonly string[]): string {
  return Buffer.from(JSON.stringify([kind, ...place])).toString('base64url');
}

function parseCursor(cursor: string): unknown {
  if (cursor.length > MOST_CURSOR_CHARACTERS) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  // The decoder skips what is not base64url; a cursor of ours comes back as it was.
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** The parts of a cursor of that kind, partitions and sorts by turns. Throws `BadCursor`. */
function readCursor(kind: CursorKind, cursor: string, parts: number): readonly string[] {
  const parsed = parseCursor(cursor);
  if (!Array.isArray(parsed) || parsed.length !== parts + 1 || parsed[0] !== kind) throw new BadCursor();
  const place: unknown[] = parsed.slice(1);
  return place.map((part, i) => {
    if (typeof part !== 'string') throw new BadCursor();
    if (!isKeyPart(part, i % 2 === 0 ? MOST_PARTITION_BYTES : MOST_SORT_BYTES)) throw new BadCursor();
    return part;
  });
}

/** The sort key that a list goes on after. Throws `BadCursor` unless it lies where the list runs. */
export function afterInList(partition: string, prefix: string, cursor: string): string {
  const [owner, sort = ''] = readCursor('list', cursor, 2);
  if (owner !== partition || !sort.startsWith(prefix)) throw new BadCursor();
  return sort;
}

export interface IndexPlace {
  readonly indexSort: string;
  readonly key: RecordKey;
}

/**
 * Where the list of an index partition goes on after. Undefined when it starts at `from` or at its beginning; a cursor
 * before `from` is passed over, because DynamoDB refuses one outside what the query asks for. Throws `BadCursor`.
 */
export function afterInIndex(
  indexPartition: string,
  { from, cursor }: Pick<IndexPageRequest, 'from' | 'cursor'>,
): IndexPlace | undefined {
  if (cursor === undefined) return undefined;
  const [owner, indexSort = '', partition = '', sort = ''] = readCursor('index', cursor, 4);
  if (owner !== indexPartition) throw new BadCursor();
  // Keys sort as UTF-8, which is not how JavaScript compares.
  if (from !== undefined && Buffer.compare(Buffer.from(indexSort), Buffer.from(from)) < 0) return undefined;
  return { indexSort, key: { partition, sort } };
}

/** A place among the events of a span: one event, or the least id of a moment, where no event is. */
export interface EventPlace {
  readonly id: string;
  readonly stream: string;
}

/** Right before every event of that moment. */
export function placeAt(moment: Date): EventPlace {
  return { id: leastId('evt', moment), stream: '-' };
}

function spanText({ from, until }: Span): string {
  return `${from.getTime()}/${until.getTime()}`;
}

export function spanCursor(span: Span, { id, stream }: EventPlace): string {
  return makeCursor('span', [spanText(span), id, stream]);
}

/** The place that a list of a span goes on after. Throws `BadCursor` unless it lies in that span. */
export function afterInSpan(span: Span, { cursor }: PageRequest): EventPlace {
  if (cursor === undefined) return placeAt(span.from);
  const [owner, id = '', stream = ''] = readCursor('span', cursor, 3);
  const at = timeOf('evt', id);
  if (owner !== spanText(span) || at === undefined || at < span.from || at >= span.until) {
    throw new BadCursor();
  }
  return { id, stream };
}

// Lower case, because a directory may not tell cases apart; no part begins with a dot, so none climbs.
const OBJECT_KEY = new RegExp(`^(${KEEP.join('|')})(/[a-z0-9_=-][a-z0-9_.=-]*)+$`);

/** How long the object of that key is kept. Throws TypeError for a key that no back end may see. */
export function keepOf(key: ObjectKey): Keep {
  const keep = KEEP.find((each) => key.startsWith(`${each}/`));
  if (keep === undefined || key.length > MOST_OBJECT_KEY_CHARACTERS || !OBJECT_KEY.test(key)) {
    throw new TypeError('an object key is a keep class and parts of a-z, 0-9, _ . = and -');
  }
  return keep;
}

const DAY_MILLISECONDS = 86_400_000;

export function keepMilliseconds(keep: Keep): number {
  return Number.parseInt(keep, 10) * DAY_MILLISECONDS;
}
