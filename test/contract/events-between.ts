// What every adapter of Events must do when it reads a span of time, over all streams.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Events, Span, StoredEvent } from '../../src/ports/events.ts';
import { BadCursor } from '../../src/ports/records.ts';
import { leastId, makeId } from '../../src/shared/ids.ts';
import type { JsonObject } from '../../src/shared/json.ts';
import { DAY, HOUR, type MovableClock } from './support/clock.ts';
import { fresh } from './support/subject.ts';

export type SetUp = () => { readonly events: Events; readonly clock: MovableClock };

const FIRST = new Uint8Array(10);
const LAST = new Uint8Array(10).fill(255);
/** More pages than any span of these tests needs. */
const MOST_PAGES = 2000;

let moments = Date.parse('2030-01-01T00:00:00Z');
/** The beginning of a day; nobody else's events are in the two years that it begins. */
function freshDay(): Date {
  moments += 730 * DAY;
  return new Date(moments);
}

const after = (moment: Date, milliseconds: number) => new Date(moment.getTime() + milliseconds);

function order(a: StoredEvent, b: StoredEvent): number {
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

async function pagesOf(events: Events, span: Span, limit: number): Promise<(readonly StoredEvent[])[]> {
  const pages: (readonly StoredEvent[])[] = [];
  let cursor: string | undefined;
  do {
    const page = await events.between(span, { limit, ...(cursor !== undefined && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    pages.push(page.items);
    expect(pages.length).toBeLessThan(MOST_PAGES);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return pages;
}

const names = (events: readonly StoredEvent[]) => events.map(({ stream, id }) => `${id} ${stream}`);

export function readingBetween(setUp: SetUp): void {
  const given = () => {
    const { events, clock } = setUp();
    const day = freshDay();
    const event = (at: Date, tail: Uint8Array = FIRST, stream = 's', body: JsonObject = { stream }) => {
      const expiresAt = clock.in(HOUR);
      return { stream: `${stream}-${day.getTime()}`, id: makeId('evt', at, tail), body, expiresAt };
    };
    const append = (some: readonly StoredEvent[]) =>
      Promise.all(some.map(async (one) => expect(await events.append(one)).toBe(true)));
    const read = async (span: Span, limit = 500) => (await pagesOf(events, span, limit)).flat();
    return { events, clock, day, event, append, read };
  };
  atItsEnds(given);
  inPages(given);
  withCursors(given);
  whileWriting(given);
}

type Given = () => {
  readonly events: Events;
  readonly clock: MovableClock;
  readonly day: Date;
  readonly event: (at: Date, tail?: Uint8Array, stream?: string, body?: JsonObject) => StoredEvent;
  readonly append: (some: readonly StoredEvent[]) => Promise<unknown>;
  readonly read: (span: Span, limit?: number) => Promise<readonly StoredEvent[]>;
};

function atItsEnds(given: Given): void {
  it('takes in its first millisecond and leaves out its last', async () => {
    const { day, event, append, read } = given();
    const [from, until] = [after(day, 12 * HOUR), after(day, 36 * HOUR)];
    const inside = [event(from), event(from, LAST), event(after(until, -1)), event(after(until, -1), LAST)];
    const outside = [event(after(from, -1)), event(after(from, -1), LAST), event(until), event(until, LAST)];
    await append([...outside, ...inside]);
    expect(await read({ from, until })).toEqual(inside);
    expect(await read({ from, until: after(from, 1) })).toEqual(inside.slice(0, 2));
  });

  it('is empty where it has no time, or nothing happened', async () => {
    const { events, day, event, append } = given();
    await append([event(day)]);
    const spans = [
      { from: day, until: day },
      { from: after(day, 1), until: day },
      { from: after(day, DAY), until: after(day, -DAY) },
      { from: after(day, 1), until: after(day, 2) },
    ];
    for (const span of spans) expect(await events.between(span, { limit: 5 })).toEqual({ items: [] });
  });

  it('may begin before there were any ids', async () => {
    const { events } = given();
    const span = { from: new Date('1969-12-30T00:00:00Z'), until: new Date('1970-01-02T00:00:00Z') };
    expect(await events.between(span, { limit: 5 })).toEqual({ items: [] });
    expect(await events.between({ ...span, until: span.from }, { limit: 5 })).toEqual({ items: [] });
  });

  it('refuses what is no span, and odd pages', async () => {
    const { events, day } = given();
    const span = { from: day, until: after(day, DAY) };
    const never = new Date(Number.NaN);
    await expect(events.between({ ...span, from: never }, { limit: 1 })).rejects.toThrow(TypeError);
    await expect(events.between({ ...span, until: never }, { limit: 1 })).rejects.toThrow(TypeError);
    for (const limit of [0, -1, 1.5, 501, Number.NaN]) {
      await expect(events.between(span, { limit })).rejects.toThrow(RangeError);
    }
  });
}

/** Close enough to each other, and to midnight, to meet. */
const placed = fc.record({
  milliseconds: fc.oneof(fc.constantFrom(0, 1, DAY - 1, DAY, DAY + 1, 2 * DAY), fc.nat(2 * DAY)),
  tail: fc.oneof(fc.constantFrom(FIRST, LAST), fc.uint8Array({ minLength: 10, maxLength: 10 })),
  stream: fc.constantFrom('a', 'b', 'task_1', 'agent/x/2030-01-01', '\u{1f511}'),
});

function inPages(given: Given): void {
  it('holds exactly the events of its time, in order, whatever the streams, spans and pages', async () => {
    const moment = fc.oneof(fc.constantFrom(0, 1, DAY, DAY + 1, 2 * DAY + 1), fc.nat(2 * DAY));
    const chosen = fc.uniqueArray(placed, {
      maxLength: 40,
      selector: ({ milliseconds, tail, stream }) => `${milliseconds} ${tail} ${stream}`,
    });
    const property = fc.asyncProperty(
      chosen,
      moment,
      moment,
      fc.integer({ min: 1, max: 50 }),
      async (...of) => {
        const { day, event, append, read } = given();
        const [those, a, b, limit] = of;
        const all = those.map(({ milliseconds, tail, stream }) =>
          event(after(day, milliseconds), tail, stream),
        );
        await append(all);
        const span = { from: after(day, Math.min(a, b)), until: after(day, Math.max(a, b)) };
        const wanted = all.filter((_, i) => {
          const at = after(day, those[i]?.milliseconds ?? 0);
          return at >= span.from && at < span.until;
        });
        const got = await read(span, limit);
        expect([...got].sort(order)).toEqual(got);
        expect(names(got).sort()).toEqual(names(wanted).sort());
      },
    );
    await fc.assert(property, { numRuns: 25 });
  });

  it('tells events of one millisecond, and of one id, each once in pages of every size', async () => {
    const { day, event, append, read } = given();
    const at = after(day, DAY - 1);
    const tails = Array.from({ length: 12 }, (_, i) => new Uint8Array(10).fill(i * 20));
    const some = tails.flatMap((tail) => [event(at, tail, 'a'), event(at, tail, 'b')]);
    const same = Array.from({ length: 9 }, (_, i) => event(at, LAST, `s${i}`));
    await append([...same, ...some]);
    for (const limit of [1, 2, 3, 8, 32, 33, 34]) {
      const got = await read({ from: day, until: after(day, DAY) }, limit);
      expect(got.map(({ id }) => id)).toEqual([...some, ...same].map(({ id }) => id));
      expect(names(got).sort()).toEqual(names([...some, ...same]).sort());
    }
  });

  it('comes to its end over many empty days', async () => {
    const { events, day, event, append } = given();
    const some = [event(day), event(after(day, 200 * DAY)), event(after(day, 399 * DAY), LAST)];
    await append(some);
    const pages = await pagesOf(events, { from: day, until: after(day, 400 * DAY) }, 500);
    expect(pages.flat()).toEqual(some);
    expect(pages.length).toBeLessThan(20);
  });

  it('leaves out what has expired, and what is no event id', async () => {
    const { events, clock, day, event, append, read } = given();
    const all = Array.from({ length: 6 }, (_, i) => event(after(day, i * HOUR)));
    const brief = all.map((one, i) => (i % 2 === 0 ? { ...one, expiresAt: clock.in(1500) } : one));
    await append(brief);
    await events.append({ ...event(day), id: 'evt_a' });
    await events.append({ ...event(day), id: makeId('call', day, LAST) });
    const span = { from: day, until: after(day, DAY) };
    clock.advance(1499);
    expect(names(await read(span, 2))).toEqual(names(brief));
    clock.advance(1);
    for (const limit of [1, 2, 500]) {
      expect(names(await read(span, limit))).toEqual(names(brief.filter((_, i) => i % 2 === 1)));
    }
  });

  it('gives large bodies back whole', async () => {
    const { day, event, append, read } = given();
    const body = (i: number) => ({ i, large: 'z'.repeat(i % 4 === 0 ? 450_000 : 300_000) });
    const all = Array.from({ length: 24 }, (_, i) => event(after(day, i * HOUR), FIRST, 's', body(i)));
    await append(all);
    expect(await read({ from: day, until: after(day, DAY) })).toEqual(all);
  });
}

function withCursors(given: Given): void {
  it('takes no cursor but that of the same span', async () => {
    const { events, day, event, append } = given();
    const some = [event(day), event(after(day, HOUR)), event(after(day, 2 * HOUR))];
    await append(some);
    const span = { from: day, until: after(day, DAY) };
    const { cursor = '' } = await events.between(span, { limit: 1 });
    const refused = async (bad: string, of: Span = span) =>
      expect(events.between(of, { limit: 1, cursor: bad })).rejects.toThrow(BadCursor);
    for (const bad of ['', 'garbage!', 'W10', `${cursor}A`, cursor.slice(1)]) await refused(bad);
    await refused(cursor, { ...span, from: after(day, 1) });
    await refused(cursor, { ...span, until: after(day, DAY + 1) });
    const { cursor: ofList = '' } = await events.list(some[0]?.stream ?? '', { limit: 1 });
    await refused(ofList);
    await expect(events.list(some[0]?.stream ?? '', { limit: 1, cursor })).rejects.toThrow(BadCursor);
    expect((await events.between(span, { limit: 5, cursor })).items).toEqual(some.slice(1));
  });

  it('takes no cursor that was changed to lie elsewhere', async () => {
    const { events, day, event, append } = given();
    await append([event(after(day, 1)), event(after(day, 2))]);
    const span = { from: after(day, 1), until: after(day, 3) };
    const { cursor = '' } = await events.between(span, { limit: 1 });
    const [kind, owner, id, stream] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as string[];
    const hex = (text: string) => Buffer.from(text).toString('hex');
    expect([kind, id]).toEqual(['span', hex(event(after(day, 1)).id)]);
    const elsewhere = [
      ...[day, after(day, 3), new Date(0)].map((at) => makeId('evt', at, LAST)),
      ...[
        leastId('evt', day),
        leastId('evt', after(day, 3)),
        makeId('call', after(day, 1), LAST),
        'evt_',
        '',
      ],
    ];
    const changes = [
      ...elsewhere.map((other) => [kind, owner, hex(other), stream]),
      [kind, owner, event(after(day, 1)).id, stream],
      [kind, owner, `${id}f`, stream],
      [kind, owner, `${id}${'20'.repeat(1000)}`, stream],
      [kind, owner, id, 'garbage'],
      [kind, owner, id, '20'.repeat(2049)],
      [kind, owner, id, stream, stream],
      [kind, owner, id, stream, '10'],
      [kind, owner, id, stream, '1', '1'],
      [kind, owner, 7, stream],
      [kind, owner],
      [kind],
      {},
      ['list', owner, id, stream],
    ];
    for (const change of changes) {
      const bad = Buffer.from(JSON.stringify(change)).toString('base64url');
      await expect(events.between(span, { limit: 1, cursor: bad })).rejects.toThrow(BadCursor);
    }
  });
}

function whileWriting(given: Given): void {
  it('loses none that were there, and tells none twice, while others are appended', async () => {
    const { events, day, event, append } = given();
    const before = Array.from({ length: 60 }, (_, i) => event(after(day, i * HOUR), FIRST, `s${i % 7}`));
    await append(before);
    const span = { from: day, until: after(day, 3 * DAY) };
    const got: StoredEvent[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const meanwhile = Array.from({ length: 5 }, (_, i) =>
        event(after(day, (pages * 5 + i) * HOUR), LAST, fresh('late')),
      );
      const [page] = await Promise.all([
        events.between(span, { limit: 7, ...(cursor !== undefined && { cursor }) }),
        pages < 12 ? append(meanwhile) : undefined,
      ]);
      got.push(...page.items);
      cursor = page.cursor;
      pages += 1;
    } while (cursor !== undefined && pages < MOST_PAGES);
    expect(new Set(names(got)).size).toBe(got.length);
    expect(names(got)).toEqual(names([...got].sort(order)));
    expect(names(got)).toEqual(expect.arrayContaining(names(before)));
  });
}
