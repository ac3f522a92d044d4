// The lines of a text, and how many fields each has: told by where delimiters are, without a look at the fields.

export const DELIMITERS = [',', ';', '\t', '|'];
const MANY = DELIMITERS.length;
const BREAK = 0xfeff;

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
  readonly #hasReturns: boolean;
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
    while (this.#ends.length <= line) this.#read(this.#ends.at(-1) ?? 0);
    return this.#ends[line] as number;
  }

  hasQuote(line: number): boolean {
    this.endOf(line);
    return this.#quoted[line] as boolean;
  }

  /** What parts fields, whether in quotes or not. */
  has(line: number, delimiter: number): boolean {
    return this.fieldsOf(line, delimiter) > 1;
  }

  /** If it has no quote. */
  fieldsOf(line: number, delimiter: number): number {
    const end = this.endOf(line);
    const index = line * MANY + delimiter;
    if (this.#fields[index] === 0) this.#fields[index] = this.#count(this.startOf(line), end, delimiter);
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

  /** Its first field where nothing stands around it that is not in it. */
  firstField(line: number, delimiter: number): string | undefined {
    const start = this.startOf(line);
    const end = placeOf(this.#text, DELIMITERS[delimiter] as string, start);
    const isBare = !(
      isNothing(this.#text.charCodeAt(start), 32) || isNothing(this.#text.charCodeAt(end - 1), 32)
    );
    return end > start && isBare ? this.#text.slice(start, end) : undefined;
  }

  /** The first of its fields that is longer than `most` with the blanks around it, if it has no quote. */
  longField(line: number, delimiter: number, most: number): string | undefined {
    const what = DELIMITERS[delimiter] as string;
    const end = this.endOf(line);
    for (let at = this.startOf(line); at < end; ) {
      const next = Math.min(placeOf(this.#text, what, at), end);
      if (next - at > most) return this.#text.slice(at, next).trim();
      at = next + 1;
    }
    return undefined;
  }

  /** No delimiter is looked for twice, however far it is. */
  #count(start: number, end: number, delimiter: number): number {
    const what = DELIMITERS[delimiter] as string;
    const next = this.#next[delimiter] as number;
    const isKnown = next >= start && start >= (this.#from[delimiter] as number);
    let at = isKnown ? next : placeOf(this.#text, what, start);
    let fields = 1;
    for (; at < end; at = placeOf(this.#text, what, at + 1)) fields += 1;
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
  }
}
