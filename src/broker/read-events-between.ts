// Reads the audit by time, over everything that happened, for people whom policy lets.
import type { EVENT_TYPES } from '../audit/index.ts';
import type { Span, StoredEvent } from '../ports/events.ts';
import { BadCursor, type Page, type PageRequest } from '../ports/records.ts';
import { type FieldProblem, Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import { notPermitted, type Operating, operatorOf } from './operator.ts';

export interface WantedEvents extends PageRequest {
  readonly since?: Date;
  readonly until?: Date;
  readonly type?: (typeof EVENT_TYPES)[number];
}

const DAY = 86_400_000;
/** As long as events are kept. */
const MOST_DAYS = 400;

/** What was left out is reckoned from now, which moves: so a cursor carries the span that it goes on in. */
interface Place {
  readonly span: Span;
  readonly cursor?: string;
}

const CURSOR = /^(-?[0-9a-z]{1,11})\.(-?[0-9a-z]{1,11})\.(.+)$/s;

function writeCursor({ from, until }: Span, cursor: string): string {
  return [...[from, until].map((moment) => moment.getTime().toString(36)), cursor].join('.');
}

/** Throws `BadCursor`. */
function readCursor(text: string): Place {
  const [, from = '', until = '', cursor = ''] = CURSOR.exec(text) ?? [];
  const span = { from: new Date(Number.parseInt(from, 36)), until: new Date(Number.parseInt(until, 36)) };
  if (Number.isNaN(span.from.getTime()) || Number.isNaN(span.until.getTime())) throw new BadCursor();
  return { span, cursor };
}

function placeOf({ since, until, cursor }: WantedEvents, now: Date): Place {
  if (cursor === undefined) {
    const end = until ?? now;
    return { span: { from: since ?? new Date(end.getTime() - DAY), until: end } };
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
  const refused = notPermitted(operator, 'audit', { type: 'Broker' });
  if (refused !== undefined) return refused;
  const { span, cursor } = placeOf(wanted, dependencies.clock.now());
  const problem = problemOf(span);
  if (problem !== undefined) {
    return new Refusal('invalid_request', 'The span of time is not one that can be read.', {
      errors: [problem],
    });
  }
  const page = await dependencies.events.between(span, {
    limit: wanted.limit,
    ...(cursor === undefined ? {} : { cursor }),
  });
  const items =
    wanted.type === undefined ? page.items : page.items.filter(({ body }) => body['type'] === wanted.type);
  return page.cursor === undefined ? { items } : { items, cursor: writeCursor(span, page.cursor) };
}
