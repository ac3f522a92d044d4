// The lines of a text, and how many fields each has: told by where delimiters are, without a look at the fields.
import { isTooLong, MOST_OF_NAME } from './table-heads.ts';

export const DELIMITERS = [',', ';', '\t', '|'];
const MANY = DELIMITERS.length;
const BREAK = 0xfeff;
const BLANK = 32;
/** So far into a text its heads are, mostly. */
const BEGINNING = 2048;
const NOT_PLAIN = /[\u2000-\uffff]/;
/** No such place. */
const NONE = -1;

function placeOf(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from);
  return at === -1 ? text.length : at;
}

export function lineEndOf(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 10) return at + 1;
    if (code === 13) return text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
  }
  return text.length;
}

/** A blank beside a field, or what parts and ends fields. */
function isNothing(code: number, delimiter: number): boolean {
  return code === delimiter || code === 32 || code === 9 || code === 10 || code === 13 || code === BREAK;
}

/** One line is one record, unless it has a quote: such a line takes a closer look. */
export class TableLines {
  readonly #text: string;
  readonly #ends: number[] = [];
  readonly #quoted: boolean[] = [];
  /** Of each line and delimiter; 0 where nobody has asked. */
  readonly #fields: number[] = [];
  /** Where the first field begins that is longer than a name is, with the blanks around it. */
  readonly #long: number[] = [];
  readonly #hasReturns: boolean;
  /** Whether each character of its beginning is one, and none but a line end ends a line. */
  #isPlain: boolean | undefined;
  #nextQuote: number;
  /** Of each delimiter: up to where it was looked for, and where the next one is. */
  readonly #from = [0, 0, 0, 0];
  readonly #next = [-1, -1, -1, -1];

  constructor(text: string) {
    this.#text = text;
    this.#hasReturns = text.includes('\r');
    this.#nextQuote = placeOf(text, '"', 0);
  }

  startOf(line: number): number {
    return line === 0 ? 0 : this.endOf(line - 1);
  }

  /** After its line end. */
  endOf(line: number): number {
    const ends = this.#ends;
    while (ends.length <= line) this.#read(ends.length === 0 ? 0 : (ends[ends.length - 1] as number));
    return ends[line] as number;
  }

  hasQuote(line: number): boolean {
    this.endOf(line);
    return this.#quoted[line] as boolean;
  }

  /** What parts fields, whether in quotes or not. */
  has(line: number, delimiter: number): boolean {
    const end = this.endOf(line);
    // Most delimiters are nowhere in a text.
    if ((this.#next[delimiter] as number) >= end && (this.#from[delimiter] as number) <= this.startOf(line))
      return false;
    return this.fieldsOf(line, delimiter) > 1;
  }

  /** By any delimiter. */
  isParted(line: number): boolean {
    for (let delimiter = 0; delimiter < MANY; delimiter += 1) if (this.has(line, delimiter)) return true;
    return false;
  }

  /** If it has no quote. */
  fieldsOf(line: number, delimiter: number): number {
    const end = this.endOf(line);
    const index = line * MANY + delimiter;
    if (this.#fields[index] === 0)
      this.#fields[index] = this.#count(line, this.startOf(line), end, delimiter);
    return this.#fields[index] as number;
  }

  /** Whether there is nothing in any of its fields. */
  isEmpty(line: number, delimiter: number): boolean {
    const end = this.endOf(line);
    const own = (DELIMITERS[delimiter] as string).charCodeAt(0);
    let at = this.startOf(line);
    while (at < end && isNothing(this.#text.charCodeAt(at), own)) at += 1;
    return at === end;
  }

  /** Whether the first of its fields that is long is too long for a name, if it has no quote. */
  hasTooLong(line: number, delimiter: number): boolean {
    const end = this.endOf(line);
    if (end - this.startOf(line) <= MOST_OF_NAME) return false;
    this.fieldsOf(line, delimiter);
    const from = this.#long[line * MANY + delimiter] as number;
    if (from === NONE) return false;
    const [start, to] = this.#bare(from, Math.min(this.#placeOf(delimiter, from), end), BLANK);
    if (to - start <= MOST_OF_NAME) return false;
    this.#isPlain ??= !NOT_PLAIN.test(this.#text.slice(0, BEGINNING));
    return (this.#isPlain && start + MOST_OF_NAME < BEGINNING) || isTooLong(this.#text.slice(start, to));
  }

  /** Its fields, without the blanks around them, if it has no quote. */
  namesOf(line: number, delimiter: number): readonly string[] {
    const end = this.endOf(line);
    const own = (DELIMITERS[delimiter] as string).charCodeAt(0);
    const names: string[] = [];
    for (let at = this.startOf(line); at <= end; ) {
      const next = Math.min(this.#placeOf(delimiter, at), end);
      const [from, to] = this.#bare(at, next, own);
      names.push(this.#text.slice(from, to));
      at = next + 1;
    }
    return names;
  }

  /** Without the blanks around it. */
  #bare(start: number, end: number, delimiter: number): readonly [number, number] {
    let [from, to] = [start, end];
    while (from < to && isNothing(this.#text.charCodeAt(from), delimiter)) from += 1;
    while (to > from && isNothing(this.#text.charCodeAt(to - 1), delimiter)) to -= 1;
    return [from, to];
  }

  #placeOf(delimiter: number, from: number): number {
    return placeOf(this.#text, DELIMITERS[delimiter] as string, from);
  }

  /** No delimiter is looked for twice, however far it is. */
  #count(line: number, start: number, end: number, delimiter: number): number {
    const next = this.#next[delimiter] as number;
    const isKnown = next >= start && start >= (this.#from[delimiter] as number);
    let at = isKnown ? next : this.#placeOf(delimiter, start);
    let fields = 1;
    let from = start;
    let long = NONE;
    for (; at < end; at = this.#placeOf(delimiter, at + 1)) {
      if (long === NONE && at - from > MOST_OF_NAME) long = from;
      from = at + 1;
      fields += 1;
    }
    if (long === NONE && end - from > MOST_OF_NAME) long = from;
    this.#long[line * MANY + delimiter] = long;
    this.#from[delimiter] = end;
    this.#next[delimiter] = at;
    return fields;
  }

  #read(from: number): void {
    if (this.#nextQuote < from) this.#nextQuote = placeOf(this.#text, '"', from);
    const line = this.#hasReturns ? lineEndOf(this.#text, from) : placeOf(this.#text, '\n', from) + 1;
    const end = Math.min(line, this.#text.length);
    this.#ends.push(end);
    this.#quoted.push(this.#nextQuote < end);
    this.#fields.push(0, 0, 0, 0);
    this.#long.push(NONE, NONE, NONE, NONE);
  }
}
