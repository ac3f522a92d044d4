// Form data and query strings: each value by its name, decoded, and encoded again only where it is masked.
import { decodePercent, encodePercent } from './decoded.ts';
import { type Edit, editsOfMarks, liftEdits } from './edits.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { editsOfContent } from './json.ts';

export interface Field {
  /** Where its value stands. */
  readonly start: number;
  readonly end: number;
  /** A rule says what becomes of it, or it is a label already. */
  readonly isSettled: boolean;
  readonly edits: readonly Edit[];
}

/** `name=value`, or a value alone, from `start` to `end`. */
export function readField(ground: Ground, text: string, start: number, end: number): Field {
  const equals = text.slice(start, end).indexOf('=');
  if (equals === -1) return readValue(ground, ground.root, text, start, end);
  const from = start + equals + 1;
  const name = decodePercent(text, start, from - 1, true);
  const ofName = editsOfMarks(name.text, ground.marksOfKey(ground.root, name.text));
  const field = readValue(ground, ground.member(ground.root, name.text), text, from, end);
  return { ...field, edits: [...liftEdits(ofName, name.at, encodePercent), ...field.edits] };
}

function readValue(ground: Ground, place: Place, text: string, start: number, end: number): Field {
  const value = decodePercent(text, start, end, true);
  const edits = liftEdits(editsOfContent(ground, place, value.text), value.at, encodePercent);
  return { start, end, isSettled: place.rule !== undefined || ground.isLabel(value.text), edits };
}

/** The fields from `start` to `end`. */
export function readFields(ground: Ground, text: string, start: number, end: number): Field[] {
  const fields: Field[] = [];
  for (let from = start; from <= end; ) {
    const next = text.indexOf('&', from);
    const to = next === -1 || next > end ? end : next;
    fields.push(readField(ground, text, from, to));
    from = to + 1;
  }
  return fields;
}

export class FormReader implements FormatReader {
  readonly #ground: Ground;
  #seen = 0;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  read(text: string, isLast: boolean): Read {
    const last = isLast ? text.length : this.#lastEnd(text);
    if (last === -1) return { to: 0, edits: [], isOver: false };
    const edits = readFields(this.#ground, text, 0, last).flatMap((field) => field.edits);
    const to = isLast ? last : last + 1;
    this.#seen = 0;
    return { to, edits, isOver: false };
  }

  #lastEnd(text: string): number {
    const at = text.slice(this.#seen).lastIndexOf('&');
    const end = at === -1 ? -1 : at + this.#seen;
    this.#seen = text.length;
    return end;
  }
}
