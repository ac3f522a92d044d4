// What may be added to a counter, the same for every back end.
import type { Json } from '../shared/json.ts';

/** Small, because a counter stays in its item: nothing of it spills. */
const MOST_VALUE_BYTES = 4096;

export interface Addition {
  readonly by: number;
  /** A count above this is added to no more: it would stop being exact. */
  readonly most: number;
  /** As JSON text, like `last`. */
  readonly first: string;
  readonly last: string;
}

function smallText(value: Json): string {
  const json = JSON.stringify(value);
  if (Buffer.byteLength(json) > MOST_VALUE_BYTES) {
    throw new TypeError(`a counter's value has at most ${MOST_VALUE_BYTES} bytes of JSON`);
  }
  return json;
}

/** Throws TypeError: what is counted is the broker's own, so a wrong addition is a mistake in it. */
export function additionOf(by: number, first: Json, last: Json): Addition {
  if (!Number.isSafeInteger(by) || by < 1) throw new TypeError('a counter grows by a positive integer');
  return { by, most: Number.MAX_SAFE_INTEGER - by, first: smallText(first), last: smallText(last) };
}
