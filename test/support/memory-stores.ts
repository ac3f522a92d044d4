// Records and Events in memory, for tests of what stands on those ports. They pass the ports' own contract suites.
import { additionOf } from '../../src/adapters/counters.ts';
import { eventOf, eventsOf } from '../../src/adapters/event-rows.ts';
import {
  afterInIndex,
  afterInList,
  afterInSpan,
  assertIndexPage,
  assertKey,
  assertLimit,
  assertMoment,
  assertPrefix,
  assertReadKeys,
  assertRecord,
  assertSpan,
  byUtf8,
  makeCursor,
  spanCursor,
} from '../../src/adapters/keys.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { EventRow, Events, Span, StoredEvent } from '../../src/ports/events.ts';
import type {
  PageRequest,
  RecordKey,
  RecordOptions,
  Records,
  StoredRecord,
} from '../../src/ports/records.ts';
import { Unavailable } from '../../src/shared/errors.ts';
import { leastId } from '../../src/shared/ids.ts';
import type { Json } from '../../src/shared/json.ts';

interface Kept {
  readonly key: RecordKey;
  readonly version: number;
  readonly text: string;
  readonly options: RecordOptions;
  /** Only of a counter; its text is the latest value. */
  readonly counted?: { readonly count: number; readonly first: string };
}

export interface MemoryRecords extends Records {
  /** Everything that has not expired. */
  all(): readonly StoredRecord[];
}

export interface MemoryEvents extends Events {
  /** Puts a row where it says, as others may into a table: past all checks, and over what stands there. */
  lay(row: EventRow): void;
  /** Those that can be read. */
  all(): readonly StoredEvent[];
}

const nameOf = ({ partition, sort }: RecordKey) => JSON.stringify([partition, sort]);

function compare(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((part, i) => part !== b[i]);
  return place < 0 ? 0 : byUtf8(a[place] ?? '', b[place] ?? '');
}

export function memoryRecords(clock: Clock): MemoryRecords {
  const kept = new Map<string, Kept>();
  const live = (one: Kept | undefined) =>
    one !== undefined && one.options.expiresAt > clock.now() ? one : undefined;
  const show = ({ key, version, text, counted }: Kept): StoredRecord => {
    const value = JSON.parse(text) as Json;
    if (counted === undefined) return { key, version, value };
    const { count, first } = counted;
    return { key, version, value: { count, first: JSON.parse(first) as Json, last: value } };
  };
  return {
    async create(key, value, options) {
      assertRecord(key, options);
      const there = kept.get(nameOf(key));
      const held = there?.options.heldUntil ?? there?.options.expiresAt;
      const existing = live(there);
      if (existing !== undefined && held !== undefined && held > clock.now()) {
        return { created: false, existing: show(existing) };
      }
      kept.set(nameOf(key), { key, version: 1, text: JSON.stringify(value), options });
      return { created: true };
    },
    async replace(key, version, value, options) {
      assertRecord(key, options);
      const there = live(kept.get(nameOf(key)));
      if (there?.version !== version || there.counted !== undefined) return false;
      kept.set(nameOf(key), { key, version: version + 1, text: JSON.stringify(value), options });
      return true;
    },
    async count(key, by, first, last, { expiresAt, index }) {
      const options: RecordOptions = { expiresAt, ...(index && { index }) };
      assertRecord(key, options);
      const addition = additionOf(by, first, last);
      const there = live(kept.get(nameOf(key)));
      const before = there === undefined ? { count: 0, first: addition.first } : there.counted;
      if (before === undefined || before.count > addition.most) throw new Unavailable('records');
      const counted = { ...before, count: before.count + by };
      kept.set(nameOf(key), { key, version: 1, text: addition.last, options, counted });
      return counted.count;
    },
    async read(keys) {
      assertReadKeys(keys);
      return keys.map((key) => {
        const one = live(kept.get(nameOf(key)));
        return one === undefined ? undefined : show(one);
      });
    },
    async list(partition, sortPrefix, page) {
      assertPrefix(partition, sortPrefix);
      assertLimit(page);
      const after = page.cursor === undefined ? '' : afterInList(partition, sortPrefix, page.cursor);
      const rest = [...kept.values()]
        .filter((one) => one.key.partition === partition && live(one) !== undefined)
        .filter(({ key }) => key.sort.startsWith(sortPrefix) && byUtf8(key.sort, after) > 0)
        .sort((a, b) => byUtf8(a.key.sort, b.key.sort));
      const items = rest.slice(0, page.limit).map(show);
      const last = rest.length > page.limit ? items.at(-1) : undefined;
      return last === undefined
        ? { items }
        : { items, cursor: makeCursor('list', [partition, last.key.sort]) };
    },
    async listIndex(partition, page) {
      assertIndexPage(partition, page);
      const after = afterInIndex(partition, page);
      const start = after
        ? [after.indexSort, after.key.partition, after.key.sort]
        : [page.from ?? '', '', ''];
      const rest = [...kept.values()]
        .filter(({ options }) => options.index?.partition === partition)
        .map(({ key, options }) => [options.index?.sort ?? '', key.partition, key.sort])
        .filter((place) => compare(place, start) > 0)
        .sort(compare);
      const shown = rest.slice(0, page.limit);
      const items = shown.map(([, of = '', sort = '']): RecordKey => ({ partition: of, sort }));
      const last = rest.length > page.limit ? shown.at(-1) : undefined;
      return last === undefined ? { items } : { items, cursor: makeCursor('index', [partition, ...last]) };
    },
    all: () => [...kept.values()].filter((one) => live(one) !== undefined).map(show),
  };
}

/** Rows that the broker did not write stand beside those that it did. */
export function memoryEvents(clock: Clock): MemoryEvents {
  const kept = new Map<string, EventRow>();
  const name = (stream: string, id: string) => JSON.stringify([stream, id]);
  const copied = <T>(value: T) => JSON.parse(JSON.stringify(value)) as T;
  const show = (row: EventRow): EventRow =>
    'event' in row
      ? { ...row, event: { ...row.event, body: copied(row.event.body) } }
      : { ...row, unreadable: copied(row.unreadable) };
  const showEvent = (row: EventRow) => eventOf(show(row));
  const live = (row: EventRow) => !('event' in row) || row.event.expiresAt > clock.now();
  const every = async (span: Span, page: PageRequest) => {
    assertSpan(span);
    assertLimit(page);
    const after = afterInSpan(span, page);
    const start = [after.id, after.stream ?? ''].map((part) => Buffer.from(part).toString());
    const before = leastId('evt', span.until);
    const rest = [...kept.values()]
      .filter((row) => live(row) && byUtf8(row.id, before) < 0)
      .filter(({ id, stream }) => compare([id, stream], start) > 0)
      .sort((a, b) => compare([a.id, a.stream], [b.id, b.stream]));
    const items = rest.slice(0, page.limit).map(show);
    const last = rest.length > page.limit ? items.at(-1) : undefined;
    if (last === undefined) return { items };
    const [id, stream] = [Buffer.from(last.id), Buffer.from(last.stream)];
    return { items, cursor: spanCursor(span, { id, stream }) };
  };
  return {
    async append(event) {
      const { stream, id } = event;
      assertKey(stream, id);
      assertMoment(event.expiresAt);
      if (kept.has(name(stream, id))) return false;
      kept.set(name(stream, id), show({ stream, id, event }));
      return true;
    },
    async read(stream, id) {
      assertKey(stream, id);
      const row = kept.get(name(stream, id));
      return row === undefined || !live(row) ? undefined : showEvent(row);
    },
    async list(stream, page) {
      assertPrefix(stream, '');
      assertLimit(page);
      const after = page.cursor === undefined ? '' : afterInList(stream, '', page.cursor);
      const rest = [...kept.values()]
        .filter((row) => row.stream === stream && live(row) && byUtf8(row.id, after) > 0)
        .sort((a, b) => byUtf8(a.id, b.id));
      const items = rest.slice(0, page.limit).map(showEvent);
      const last = rest.length > page.limit ? items.at(-1) : undefined;
      return last === undefined ? { items } : { items, cursor: makeCursor('list', [stream, last.id]) };
    },
    between: async (span, page) => eventsOf(await every(span, page)),
    every,
    lay: (row) => void kept.set(name(row.stream, row.id), show(row)),
    all: () => [...kept.values()].flatMap((row) => ('event' in row ? [showEvent(row)] : [])),
  };
}
