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
import { leastId } from '../shared/ids.ts';

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

/** As stores sort keys, which is not how JavaScript compares. */
export function byUtf8(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
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
  if (from !== undefined && byUtf8(indexSort, from) < 0) return undefined;
  return { indexSort, key: { partition, sort } };
}

/**
 * A place among the events of a span, in bytes: what others wrote into a table need not be a key, nor even text, and a
 * page may end there all the same.
 */
export interface EventPlace {
  readonly id: Uint8Array;
  /** Right after the event of that stream; undefined right before all with that id. */
  readonly stream?: Uint8Array | undefined;
  /** Which part of an index it was found in, where the index has parts. */
  readonly shard?: number | undefined;
}

/** Right before every event of that moment. */
function placeAt(moment: Date): EventPlace {
  return { id: Buffer.from(leastId('evt', moment)) };
}

function spanText({ from, until }: Span): string {
  return `${from.getTime()}/${until.getTime()}`;
}

const AFTER_UTF8 = Buffer.from([0xff]);

/** Longer than any key: right after all that begin like it, so that the cursor is taken when it comes back. */
function cutHex(bytes: Uint8Array, most: number): string {
  const cut = bytes.length <= most ? bytes : Buffer.concat([bytes.subarray(0, most), AFTER_UTF8]);
  return Buffer.from(cut).toString('hex');
}

export function spanCursor(span: Span, { id, stream, shard }: EventPlace): string {
  const place = [spanText(span), cutHex(id, MOST_SORT_BYTES)];
  if (stream !== undefined) place.push(cutHex(stream, MOST_PARTITION_BYTES));
  if (shard !== undefined) place.push(String(shard));
  return makeCursor('span', place);
}

function fromHex(text: string, most: number): Buffer {
  const bytes = Buffer.from(text, 'hex');
  const isCut = bytes.length === most + AFTER_UTF8.length && bytes.at(-1) === AFTER_UTF8[0];
  if (bytes.toString('hex') !== text || (bytes.length > most && !isCut)) throw new BadCursor();
  return bytes;
}

/** The place that a list of a span goes on after. Throws `BadCursor` unless it lies in that span. */
export function afterInSpan(span: Span, { cursor }: PageRequest): EventPlace {
  if (cursor === undefined) return placeAt(span.from);
  const parsed = parseCursor(cursor);
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string')) throw new BadCursor();
  const [kind, owner, idHex = '', streamHex, shard, ...rest]: string[] = parsed;
  if (kind !== 'span' || owner !== spanText(span) || rest.length > 0) throw new BadCursor();
  if (shard !== undefined && !/^\d$/.test(shard)) throw new BadCursor();
  const id = fromHex(idHex, MOST_SORT_BYTES);
  // What is no id has no time, but a place between two that have.
  const isBefore = (moment: Date) => Buffer.compare(id, placeAt(moment).id) < 0;
  if (isBefore(span.from) || !isBefore(span.until)) throw new BadCursor();
  return {
    id,
    stream: streamHex === undefined ? undefined : fromHex(streamHex, MOST_PARTITION_BYTES),
    shard: shard === undefined ? undefined : Number(shard),
  };
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
