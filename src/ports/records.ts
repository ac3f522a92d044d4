// Versioned items that the broker reads fresh and changes one at a time, by condition.
import type { Json } from '../shared/json.ts';

/** Items of one partition are listed together and share its throughput: one task, one agent. */
export interface RecordKey {
  readonly partition: string;
  readonly sort: string;
}

export interface StoredRecord {
  readonly key: RecordKey;
  /** 1 when created, one more with each replacement. */
  readonly version: number;
  readonly value: Json;
}

export interface RecordOptions {
  /** From then on the record counts as absent, everywhere at once. */
  readonly expiresAt: Date;
  /** Until then another create of the same key fails; later it takes the record's place. Default: `expiresAt`. */
  readonly heldUntil?: Date;
  /** A second key to list it by, eventually consistent. A partition must not take everybody's traffic. */
  readonly index?: RecordKey;
}

/** A counter is held for as long as it lives. */
export type CountOptions = Omit<RecordOptions, 'heldUntil'>;

/** The value of a counter, as it is read and listed. Its version is always 1. */
export interface CountedValue {
  readonly count: number;
  /** From the addition that made the counter. */
  readonly first: Json;
  /** From the latest addition. */
  readonly last: Json;
}

export type Created =
  | { readonly created: true }
  | { readonly created: false; readonly existing: StoredRecord };

export interface PageRequest {
  /** 1 to 500. */
  readonly limit: number;
  readonly cursor?: string;
}

export interface IndexPageRequest extends PageRequest {
  /** Only keys whose index sort key is this or comes after it. A cursor that lies further on goes first. */
  readonly from?: string;
}

/** A page may be short, even empty, and still have a cursor: only a page without one is the last. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly cursor?: string;
}

/** Every method throws `Unavailable('records')` when the back end does not answer in time, and `BadCursor`. */
export interface Records {
  /** Of many that create the same key at once, exactly one is told `created`. */
  create(key: RecordKey, value: Json, options: RecordOptions): Promise<Created>;
  /** False when the record has another version by now, or is gone. A counter is never replaced. */
  replace(key: RecordKey, version: number, value: Json, options: RecordOptions): Promise<boolean>;
  /**
   * Adds to a counter without reading it first, and says what it has come to: of many that count at once, none is
   * lost and no two are told the same. An addition to nothing, or to what has expired, makes the counter with that
   * `first`; each brings its own `last`, expiry and index. `by` is a positive integer, `first` and `last` have up to
   * 4 KB of JSON: a TypeError otherwise.
   *
   * An addition that is sent again, because its answer was lost, may count twice if another came in between. Counters
   * and other records have keys apart: adding to a record that is no counter leaves it as it is and throws
   * `Unavailable`, as does adding beyond what a number holds exactly.
   */
  count(key: RecordKey, by: number, first: Json, last: Json, options: CountOptions): Promise<number>;
  /** Up to 100 in one consistent read, in the order asked for. */
  read(keys: readonly RecordKey[]): Promise<readonly (StoredRecord | undefined)[]>;
  /** Records of a partition, consistently, in the order of their sort keys. */
  list(partition: string, sortPrefix: string, page: PageRequest): Promise<Page<StoredRecord>>;
  /** Keys under an index partition, in the order of the index's sort keys; those expired may still show. */
  listIndex(partition: string, page: IndexPageRequest): Promise<Page<RecordKey>>;
}

/** A cursor that this back end did not give out. */
export class BadCursor extends Error {
  override readonly name = 'BadCursor';
}
