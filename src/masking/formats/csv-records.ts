// Records of CSV and of Markdown's tables: where their fields stand. And whether a text begins with a table at all.

export interface Dialect {
  readonly delimiter: string;
  /** A table between pipes, with a line of dashes below its head. */
  readonly isMarkdown: boolean;
  /** Where its head stands: what is above it is text. */
  readonly head?: number;
  /** Not every record seen is as long as the head, or there is something above: it may be text in part. */
  readonly isDoubtful?: boolean;
}

export interface RecordField {
  /** Of what is in it, without quotes and without the blanks around it. */
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

export interface TableRecord {
  readonly fields: readonly RecordField[];
  /** After its line end. */
  readonly end: number;
}

/** A quote that isn't closed within so many characters opens nothing. */
const LONGEST_QUOTED = 65_536;
const QUOTE = 34;
const BACKSLASH = 92;
const PIPE = 124;

const isLineEnd = (code: number): boolean => code === 10 || code === 13;
const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 0xfeff;

/** Undefined: how it goes on is not there yet. */
type Maybe<T> = T | undefined;

class RecordReader {
  readonly #text: string;
  readonly #delimiter: number;
  readonly #isLast: boolean;

  constructor(text: string, { delimiter }: Dialect, isLast: boolean) {
    this.#text = text;
    this.#delimiter = delimiter.charCodeAt(0);
    this.#isLast = isLast;
  }

  read(from: number): Maybe<TableRecord> {
    const fields: RecordField[] = [];
    for (let at = from; ; at += 1) {
      const field = this.#field(at);
      if (field === undefined) return undefined;
      fields.push(field.field);
      at = field.next;
      if (at < this.#text.length && this.#text.charCodeAt(at) === this.#delimiter) continue;
      const end = this.#afterLineEnd(at);
      return end === undefined ? undefined : { fields, end };
    }
  }

  #afterLineEnd(at: number): Maybe<number> {
    if (at >= this.#text.length) return this.#isLast ? at : undefined;
    if (this.#text.charCodeAt(at) === 10) return at + 1;
    if (at + 1 >= this.#text.length && !this.#isLast) return undefined;
    return this.#text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
  }

  /** A field, and where it ends: at a delimiter, a line end, or the text's end. */
  #field(from: number): Maybe<{ field: RecordField; next: number }> {
    let at = from;
    while (at < this.#text.length && this.#isPadding(this.#text.charCodeAt(at))) at += 1;
    if (this.#text.charCodeAt(at) === QUOTE) {
      const end = this.#endOfQuoted(at + 1);
      if (end === undefined) return undefined;
      if (end !== -1) {
        let next = end + 1;
        while (next < this.#text.length && this.#isPadding(this.#text.charCodeAt(next))) next += 1;
        return { field: { start: at + 1, end, isQuoted: true }, next };
      }
    }
    return this.#bare(at);
  }

  #bare(start: number): Maybe<{ field: RecordField; next: number }> {
    let next = start;
    while (next < this.#text.length && !this.#endsField(this.#text.charCodeAt(next))) next += 1;
    if (next >= this.#text.length && !this.#isLast) return undefined;
    let end = next;
    while (end > start && this.#isPadding(this.#text.charCodeAt(end - 1))) end -= 1;
    return { field: { start, end, isQuoted: false }, next };
  }

  #isPadding(code: number): boolean {
    return isBlank(code) && code !== this.#delimiter;
  }

  #endsField(code: number): boolean {
    return code === this.#delimiter || isLineEnd(code);
  }

  /** -1 where the quote is one like any other character. */
  #endOfQuoted(from: number): Maybe<number> {
    const most = from + LONGEST_QUOTED;
    for (let at = from; ; ) {
      const quote = this.#text.indexOf('"', at);
      if (quote === -1 || quote >= most) {
        return quote === -1 && this.#text.length < most && !this.#isLast ? undefined : -1;
      }
      if (this.#text.charCodeAt(quote + 1) !== QUOTE) return this.#endsAfter(quote);
      at = quote + 2;
    }
  }

  #endsAfter(quote: number): Maybe<number> {
    let at = quote + 1;
    while (at < this.#text.length && this.#isPadding(this.#text.charCodeAt(at))) at += 1;
    if (at >= this.#text.length) return this.#isLast ? quote : undefined;
    return this.#endsField(this.#text.charCodeAt(at)) ? quote : -1;
  }
}

/** The record that begins at `from`; undefined where it may go on after what is there. */
export function readRecord(
  text: string,
  from: number,
  dialect: Dialect,
  isLast: boolean,
): Maybe<TableRecord> {
  return dialect.isMarkdown
    ? readRow(text, from, isLast)
    : new RecordReader(text, dialect, isLast).read(from);
}

/** A row between pipes; one that is escaped parts nothing. */
function readRow(text: string, from: number, isLast: boolean): Maybe<TableRecord> {
  const line = text.indexOf('\n', from);
  if (line === -1 && !isLast) return undefined;
  const to = line === -1 ? text.length : line;
  const fields: RecordField[] = [];
  let start = from;
  for (let at = from; at <= to; at += 1) {
    const code = at === to ? PIPE : text.charCodeAt(at);
    if (code === BACKSLASH) at += at + 1 < to ? 1 : 0;
    if (code !== PIPE) continue;
    const field = trimmed(text, start, at);
    // Nothing stands before the first pipe and after the last.
    const isEdge = field.start === field.end && (start === from || at === to);
    if (!isEdge) fields.push(field);
    start = at + 1;
  }
  return { fields, end: line === -1 ? to : line + 1 };
}

function trimmed(text: string, from: number, to: number): RecordField {
  let [start, end] = [from, to];
  while (start < end && /\s/u.test(text[start] as string)) start += 1;
  while (end > start && /\s/u.test(text[end - 1] as string)) end -= 1;
  return { start, end, isQuoted: false };
}
