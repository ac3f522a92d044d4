// What every adapter of Events must do with a span whose rows are not all events.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { EventRow, Events, Span } from '../../src/ports/events.ts';
import type { Page, PageRequest } from '../../src/ports/records.ts';
import { leastId, makeId } from '../../src/shared/ids.ts';
import { DAY, HOUR } from './support/clock.ts';
import { type Open, type Subject, useSubject } from './support/subject.ts';

/** A row as others put it there. */
export interface LaidRow {
  readonly stream: string;
  readonly id: string;
  readonly body: string;
  readonly until: number;
}

export interface MeddledSubject extends Subject<Events> {
  /** Past the adapter, and where a row of that id belongs. */
  readonly lay: (row: LaidRow) => Promise<void> | void;
}

const FIRST = new Uint8Array(10);
const LAST = new Uint8Array(10).fill(255);
const MOST_PAGES = 500;

type Place = Pick<EventRow, 'stream' | 'id'>;
const bytes = (text: string) => Buffer.from(text);
const byId = (a: Place, b: Place) => Buffer.compare(bytes(a.id), bytes(b.id));
const names = (rows: readonly Place[]) => rows.map(({ stream, id }) => JSON.stringify([id, stream]));

let moments = Date.parse('2040-01-01T00:00:00Z');

async function allPages<T extends Place>(
  read: (page: PageRequest) => Promise<Page<T>>,
  limit: number,
): Promise<readonly T[]> {
  const rows: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await read({ limit, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    rows.push(...page.items);
    if (page.cursor === undefined) return rows;
    expect(page.cursor).not.toBe(cursor);
    cursor = page.cursor;
  }
  throw new Error('it never comes to its end');
}

/** What sorts among ids and is none; that of the moment is the first of all. */
function oddIds(at: Date): readonly string[] {
  const [least, id] = [leastId('evt', at), makeId('evt', at, LAST)];
  return [
    ...[least, `${least}~n`, `${least}0`, `${least} `, `${least}\0`, `${least}\u{1f511}`, `${least}\uffff`],
    ...[`${id}\0`, `${id}0`, `${id}~`, id.toUpperCase().replace('EVT', 'evt'), `${id}\ue000`],
    ...[`${id}${'z'.repeat(1024 - id.length)}`, `${least.slice(0, -1)}~`, `${least.slice(0, -2)}~\u00e9`],
  ];
}

export function readingEvery<S extends MeddledSubject>(open: Open<Events> & (() => Promise<S>)): void {
  const subject = useSubject(open) as () => S;
  const given = () => {
    const { port: events, clock, lay } = subject();
    moments += 100 * DAY;
    const day = new Date(moments);
    const at = (milliseconds: number) => new Date(day.getTime() + milliseconds);
    const span = { from: day, until: at(2 * DAY) };
    const row = (id: string, body = '{"n":1}', stream = 's', until = clock.in(HOUR).getTime()) => ({
      stream: `${stream}-${day.getTime()}`,
      ...{ id, body, until },
    });
    const every = (limit = 500, of: Span = span) => allPages((page) => events.every(of, page), limit);
    const between = (limit = 500) => allPages((page) => events.between(span, page), limit);
    return { events, clock, lay, at, span, row, every, between };
  };
  handingOver(given);
  overOddIds(given);
}

type Given = () => {
  readonly events: Events;
  readonly clock: MeddledSubject['clock'];
  readonly lay: MeddledSubject['lay'];
  readonly at: (milliseconds: number) => Date;
  readonly span: Span;
  readonly row: (id: string, body?: string, stream?: string, until?: number) => LaidRow;
  readonly every: (limit?: number, of?: Span) => Promise<readonly EventRow[]>;
  readonly between: (limit?: number) => Promise<readonly Place[]>;
};

function handingOver(given: Given): void {
  it('hands over events, and beside them what is none, each in its place', async () => {
    const { events, lay, at, span, row, every } = given();
    const ids = Array.from({ length: 7 }, (_, i) => makeId('evt', at(i * 5 * HOUR), FIRST));
    const rows = ids.map((id, i) => row(id, i % 3 === 1 ? 'null' : `{"n":${i}}`));
    for (const one of rows) await lay(one);
    for (const limit of [1, 2, 3, 7, 500]) {
      const got = await every(limit);
      expect(names(got)).toEqual(names(rows));
      for (const [i, one] of got.entries()) {
        const { stream, id, until } = rows[i] ?? row('');
        if (i % 3 !== 1) {
          const event = { stream, id, body: { n: i }, expiresAt: new Date(until) };
          expect(one).toEqual({ stream, id, event });
        } else {
          expect(one).toEqual({ stream, id, unreadable: expect.any(Object) });
          expect(JSON.stringify(one)).toContain('null');
        }
      }
    }
    await expect(events.between(span, { limit: 7 })).rejects.toMatchObject({ backend: 'events' });
    await expect(events.read(rows[1]?.stream ?? '', ids[1] ?? '')).rejects.toMatchObject({
      backend: 'events',
    });
    await expect(events.list(rows[1]?.stream ?? '', { limit: 7 })).rejects.toMatchObject({
      backend: 'events',
    });
  });

  it('is the same as between where all are events, cursors included', async () => {
    const { events, clock, at, span } = given();
    for (let i = 0; i < 5; i += 1) {
      const id = makeId('evt', at(i * HOUR), FIRST);
      await events.append({ stream: `s${i % 2}`, id, body: { i }, expiresAt: clock.in(HOUR) });
    }
    let cursor: string | undefined;
    do {
      const page: PageRequest = { limit: 2, ...(cursor !== undefined && { cursor }) };
      const [rows, some] = [await events.every(span, page), await events.between(span, page)];
      const wanted = some.items.map((event) => ({ stream: event.stream, id: event.id, event }));
      expect(rows).toEqual({ ...some, items: wanted });
      cursor = rows.cursor;
    } while (cursor !== undefined);
    await expect(events.every(span, { limit: 0 })).rejects.toThrow(RangeError);
    await expect(events.every({ ...span, from: new Date(Number.NaN) }, { limit: 1 })).rejects.toThrow(
      TypeError,
    );
    await expect(events.every(span, { limit: 1, cursor: 'W10' })).rejects.toThrow('');
  });

  it('leaves out what has expired, and nothing else', async () => {
    const { clock, lay, at, row, every } = given();
    const ids = Array.from({ length: 6 }, (_, i) => makeId('evt', at(i), FIRST));
    const soon = clock.in(1000).getTime();
    for (const [i, id] of ids.entries()) await lay(row(id, '{}', 's', i % 2 === 0 ? soon : soon + 1));
    clock.advance(999);
    expect((await every(2)).map(({ id }) => id)).toEqual(ids);
    clock.advance(1);
    expect((await every(2)).map(({ id }) => id)).toEqual(ids.filter((_, i) => i % 2 === 1));
  });
}

function overOddIds(given: Given): void {
  it('goes on after what is no id, in pages of every size', async () => {
    const { lay, at, row, every, between } = given();
    const odd = [...oddIds(at(0)), ...oddIds(at(DAY - 1)), ...oddIds(at(DAY + HOUR))];
    const proper = [0, 1, DAY - 1, DAY, DAY + HOUR, 2 * DAY - 1].map((when) => makeId('evt', at(when), LAST));
    const span = (id: string) => id >= leastId('evt', at(0));
    const rows = [...odd.filter(span), ...proper].flatMap((id) => [row(id, '{}', 'a'), row(id, '{}', 'b')]);
    for (const one of rows) await lay(one);
    const wanted = [...rows].sort(byId);
    for (const limit of [1, 2, 3, 7, 500]) {
      for (const got of [await every(limit), await between(limit)]) {
        expect(got.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
        expect(names(got).sort()).toEqual(names(rows).sort());
      }
    }
  });

  it('tells each row once, whatever the ids, streams and bodies', async () => {
    const placed = fc.record({
      when: fc.oneof(fc.constantFrom(0, 1, DAY - 1, DAY, DAY + 1), fc.nat(2 * DAY - 1)),
      end: fc.oneof(fc.constant(undefined), fc.string({ unit: 'binary', maxLength: 20 })),
      stream: fc.constantFrom('a', 'b', '\u{1f511}', '\uffff', 'a b'),
      body: fc.constantFrom('{}', 'null', '', '{', '[1]', '7'),
    });
    const those = fc.uniqueArray(placed, {
      maxLength: 25,
      selector: ({ when, end, stream }) => JSON.stringify([when, end, stream]),
    });
    const property = fc.asyncProperty(those, fc.integer({ min: 1, max: 30 }), async (some, limit) => {
      const { lay, at, row, every } = given();
      const rows = some
        .filter(({ end }) => end?.isWellFormed() ?? true)
        .map(({ when, end, stream, body }) => {
          const id = end === undefined ? makeId('evt', at(when), FIRST) : `${leastId('evt', at(when))}${end}`;
          return row(id, body, stream);
        });
      for (const one of rows) await lay(one);
      const got = await every(limit);
      expect([...got].sort(byId)).toEqual(got);
      expect(names(got).sort()).toEqual(names(rows).sort());
      const readable = rows.filter(({ body }) => body === '{}');
      expect(names(got.filter((one) => 'event' in one)).sort()).toEqual(names(readable).sort());
    });
    await fc.assert(property, { numRuns: 30 });
  });
}
