// Reads the audit by time, over everything that happened, for people whom policy lets.
import type { EVENT_TYPES } from '../audit/index.ts';
import type { Span, StoredEvent } from '../ports/events.ts';
import { BadCursor, type Page, type PageRequest } from '../ports/records.ts';
import { type FieldProblem, Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import { type Operating, operatorOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';
import { tellExported } from './tell-exported.ts';

export interface WantedEvents extends PageRequest {
  readonly since?: Date;
  readonly until?: Date;
  readonly type?: (typeof EVENT_TYPES)[number];
}

const DAY = 86_400_000;
/** An outcome's id is a moment ahead, and the clocks of functions differ. */
const AHEAD_MILLISECONDS = 1000;
/** As long as events are kept. */
const MOST_DAYS = 400;

/** What was left out is reckoned from now, which moves: so a cursor carries the span that it goes on in. */
interface Place {
  readonly span: Span;
  /**
   * How far it is read: not much beyond the moment of the first page. That events are read is an event too, and whoever
   * reads up to a time that is still to come would never be done with reading of their own reading.
   */
  readonly end: Date;
  readonly cursor?: string;
}

const CURSOR = /^(-?[0-9a-z]{1,11})\.(-?[0-9a-z]{1,11})\.(?:(-?[0-9a-z]{1,11})\.)?([^.]+)$/s;

function writeCursor({ span, end }: Place, cursor: string): string {
  const moments = end.getTime() === span.until.getTime() ? [span.from, end] : [span.from, span.until, end];
  return [...moments.map((moment) => moment.getTime().toString(36)), cursor].join('.');
}

/** Throws `BadCursor`. */
function readCursor(text: string): Place {
  const [, from = '', until = '', before = until, cursor = ''] = CURSOR.exec(text) ?? [];
  const moment = (digits: string) => new Date(Number.parseInt(digits, 36));
  const place = { span: { from: moment(from), until: moment(until) }, end: moment(before), cursor };
  const all = [place.span.from, place.span.until, place.end];
  if (all.some((one) => Number.isNaN(one.getTime()))) throw new BadCursor();
  return place;
}

function placeOf({ since, until, cursor }: WantedEvents, now: Date): Place {
  if (cursor === undefined) {
    const last = until ?? now;
    const latest = Math.min(last.getTime(), now.getTime());
    const span = { from: since ?? new Date(latest - DAY), until: last };
    const end = new Date(Math.min(last.getTime(), now.getTime() + AHEAD_MILLISECONDS));
    return { span, end };
  }
  const place = readCursor(cursor);
  const { span } = place;
  const isOther = (given: Date | undefined, its: Date) =>
    given !== undefined && given.getTime() !== its.getTime();
  if (isOther(since, span.from) || isOther(until, span.until)) throw new BadCursor();
  return place;
}

function problemOf({ from, until }: Span): FieldProblem | undefined {
  if (from > until) return { path: 'since', problem: 'must not be after `until`, which is now if left out' };
  if (until.getTime() - from.getTime() > MOST_DAYS * DAY) {
    return { path: 'since', problem: `must be at most ${MOST_DAYS} days before \`until\`` };
  }
  return undefined;
}

/** One page of the store a request, even where no event in it is of the type that is asked for. */
export async function readEvents(
  dependencies: Operating,
  caller: Caller,
  wanted: WantedEvents,
): Promise<Page<StoredEvent> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const resource = { type: 'Broker' } as const;
  const refused = await refuseAccess(dependencies, operator, caller, 'audit', resource);
  if (refused !== undefined) return refused;
  const place = placeOf(wanted, dependencies.clock.now());
  const { span, end, cursor } = place;
  const problem = problemOf(span);
  if (problem !== undefined) {
    return new Refusal('invalid_request', 'The span of time is not one that can be read.', {
      errors: [problem],
    });
  }
  // Of what is still to come there is nothing to read.
  if (end < span.from) return { items: [] };
  const read = { from: span.from, until: end };
  const page = await dependencies.events.between(read, {
    limit: wanted.limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const { type } = wanted;
  const items = type === undefined ? page.items : page.items.filter(({ body }) => body['type'] === type);
  const which = {
    span: { from: read.from.toISOString(), until: read.until.toISOString() },
    ...(type === undefined ? {} : { onlyType: type }),
  };
  const unwritten = await tellExported(dependencies, operator, caller, items, resource, which);
  if (unwritten !== undefined) return unwritten;
  return page.cursor === undefined ? { items } : { items, cursor: writeCursor(place, page.cursor) };
}
