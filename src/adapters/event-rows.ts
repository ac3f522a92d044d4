// Which rows of a table are events: the same judgement for every back end.
import type { EventRow, StoredEvent } from '../ports/events.ts';
import type { Page } from '../ports/records.ts';
import { Unavailable } from '../shared/errors.ts';
import type { JsonObject } from '../shared/json.ts';
import { passes } from './spill.ts';

type Place = Pick<StoredEvent, 'stream' | 'id'>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws where a row's body is no JSON object, or its expiry no moment. */
export function eventFrom({ stream, id }: Place, body: string, until: number): StoredEvent {
  const parsed: unknown = JSON.parse(body);
  if (!isObject(parsed)) throw new Error('the body of an event is no JSON object');
  const expiresAt = new Date(until);
  if (Number.isNaN(expiresAt.getTime())) throw new Error('the expiry of an event is no moment');
  return { stream, id, body: parsed, expiresAt };
}

/** The event that a row is read as, or what lies there. Throws only what may pass. */
export async function rowFrom(
  { stream, id }: Place,
  read: () => Promise<StoredEvent>,
  shown: () => JsonObject,
): Promise<EventRow> {
  try {
    return { stream, id, event: await read() };
  } catch (error) {
    if (passes(error)) throw error;
    return { stream, id, unreadable: shown() };
  }
}

/** For those who can do nothing without the event. Throws `Unavailable`. */
export function eventOf(row: EventRow): StoredEvent {
  if ('event' in row) return row.event;
  throw new Unavailable('events', new Error('a row is no event'));
}

/** Throws `Unavailable` where any row is none. */
export function eventsOf(page: Page<EventRow>): Page<StoredEvent> {
  return { ...page, items: page.items.map(eventOf) };
}
