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
   */
  between(span: Span, page: PageRequest): Promise<Page<StoredEvent>>;
}
