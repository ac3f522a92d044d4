// The audit: each event is appended once and never changed.
import type { JsonObject } from '../shared/json.ts';
import type { Page, PageRequest } from './records.ts';

export interface StoredEvent {
  /** What is read together: a task's id, or `agent/<id>/<day>` for what belongs to no task. */
  readonly stream: string;
  /** The place in the stream, an event id. Whoever fills it first has told the truth. */
  readonly id: string;
  readonly body: JsonObject;
  readonly expiresAt: Date;
}

/** From the first moment on, and before the second. */
export interface Span {
  readonly from: Date;
  readonly until: Date;
}

/** What stands where an event stands: the event, or what lies there and is none. */
export type EventRow =
  | { readonly stream: string; readonly id: string; readonly event: StoredEvent }
  | {
      readonly stream: string;
      readonly id: string;
      /** The row as it lies there, in the back end's own words, as far as JSON can show it. */
      readonly unreadable: JsonObject;
    };

/** Every method throws `Unavailable('events')` when the back end does not answer in time. */
export interface Events {
  /** False when another writer has filled that place before; meeting one's own retry is true. */
  append(event: StoredEvent): Promise<boolean>;
  read(stream: string, id: string): Promise<StoredEvent | undefined>;
  /** A stream's events in the order of their ids, consistently. Throws `BadCursor`. */
  list(stream: string, page: PageRequest): Promise<Page<StoredEvent>>;
  /**
   * Every stream's events whose ids were made in that span, in the order of their ids. A cursor goes on in that same
   * span. Throws `BadCursor`.
   *
   * Eventually consistent: what was appended in the last seconds may not show yet. And an id may be older than its
   * event, as that of an outcome is, so that an event may appear before what was read already: whoever must see each
   * one asks for a span that has been over for a while.
   *
   * Where a row is no event, its page throws `Unavailable`, as does a read or a list that meets it.
   */
  between(span: Span, page: PageRequest): Promise<Page<StoredEvent>>;
  /**
   * The same rows, in the same order and with the same cursors, for whoever looks after the store: one that is no event
   * any more, or never was, is handed over as it lies there and stops nothing. Its id may be none, and neither it nor its
   * stream need be a key that `read` takes.
   *
   * An event is what has a JSON object for a body and a moment for an expiry. A body that lies among the objects must be
   * there as it was written; where objects do not answer, nobody knows, and this throws as well.
   */
  every(span: Span, page: PageRequest): Promise<Page<EventRow>>;
}
