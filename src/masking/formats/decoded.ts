// Text as it is meant, and where each character of it stands in the text that it was decoded from.

export interface Decoded {
  readonly text: string;
  /** Where the character at `index`, or the end, stands. */
  at(index: number): number;
}

/** What is written as it is meant, from `start` to `end`. */
export function plain(text: string, start: number, end: number): Decoded {
  return { text: text.slice(start, end), at: (index) => start + index };
}

/** Collects what is decoded. Remembers only where the two go apart. */
class Decoder {
  #text = '';
  /** In pairs: up to where decoded, up to where read. */
  readonly #marks: number[] = [];
  readonly #source: string;
  #from: number;

  constructor(source: string, start: number) {
    this.#source = source;
    this.#from = start;
    this.#marks.push(0, start);
  }

  /** What stands from `start` to `end` means `meaning`; what stands before it, itself. */
  put(start: number, end: number, meaning: string): void {
    this.#text += this.#source.slice(this.#from, start) + meaning;
    this.#from = end;
    this.#marks.push(this.#text.length, end);
  }

  finish(end: number): Decoded {
    const text = this.#text + this.#source.slice(this.#from, end);
    const marks = this.#marks;
    return { text, at: (index) => placeOf(marks, index) };
  }
}

function placeOf(marks: readonly number[], index: number): number {
  let low = 0;
  let high = marks.length / 2 - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((marks[middle * 2] as number) <= index) low = middle;
    else high = middle - 1;
  }
  return (marks[low * 2 + 1] as number) + index - (marks[low * 2] as number);
}

const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|(.))/gsu;
const MEANINGS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** A string of JSON, between its quotes. What is no escape means what stands after the backslash. */
export function decodeJson(source: string, start: number, end: number): Decoded {
  const decoder = new Decoder(source, start);
  const raw = source.slice(start, end);
  for (const match of raw.matchAll(ESCAPE)) {
    const [all, hex, other = ''] = match;
    const meaning =
      hex === undefined ? (MEANINGS[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16));
    decoder.put(start + match.index, start + match.index + all.length, meaning);
  }
  return decoder.finish(end);
}

export function encodeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

const FORM = /\+|(?:%[0-9a-fA-F]{2})+/gu;
const PATH = /(?:%[0-9a-fA-F]{2})+/gu;

/** How long the UTF-8 of a character is that begins with this byte; a byte that begins none is one by itself. */
function lengthOf(first: number): number {
  if (first >= 0xf0 && first < 0xf5) return 4;
  if (first >= 0xe0) return first < 0xf0 ? 3 : 1;
  return first >= 0xc2 ? 2 : 1;
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A part of a URL, or a field of a form, where `+` is a blank. What is no UTF-8 becomes U+FFFD. */
export function decodePercent(source: string, start: number, end: number, isForm: boolean): Decoded {
  const raw = source.slice(start, end);
  if (!raw.includes('%') && !(isForm && raw.includes('+'))) return plain(source, start, end);
  const decoder = new Decoder(source, start);
  for (const match of raw.matchAll(isForm ? FORM : PATH)) {
    const from = start + match.index;
    if (match[0] === '+') decoder.put(from, from + 1, ' ');
    else putBytes(decoder, match[0], from);
  }
  return decoder.finish(end);
}

export function encodePercent(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

/** One character at a time, so that each has its own place. */
function putBytes(decoder: Decoder, escapes: string, from: number): void {
  const bytes = Uint8Array.from({ length: escapes.length / 3 }, (_, index) =>
    Number.parseInt(escapes.slice(index * 3 + 1, index * 3 + 3), 16),
  );
  for (let at = 0; at < bytes.length; ) {
    let length = lengthOf(bytes[at] as number);
    let meaning = utf8.decode(bytes.subarray(at, at + length));
    if (meaning.includes('\ufffd') && length > 1) {
      length = 1;
      meaning = '\ufffd';
    }
    decoder.put(from + at * 3, from + (at + length) * 3, meaning);
    at += length;
  }
}

/** Stretches of lines, in order, as one text with a line end between each two. */
export function decodeLines(
  source: string,
  ranges: readonly { readonly start: number; readonly end: number }[],
): Decoded {
  const [first = { start: 0, end: 0 }, ...others] = ranges;
  const decoder = new Decoder(source, first.start);
  let { end } = first;
  for (const range of others) {
    decoder.put(end, range.start, '\n');
    end = range.end;
  }
  return decoder.finish(end);
}

const DOUBLED = /""/gu;

/** A quoted field of CSV, between its quotes. */
export function decodeQuoted(source: string, start: number, end: number): Decoded {
  const raw = source.slice(start, end);
  if (!raw.includes('"')) return plain(source, start, end);
  const decoder = new Decoder(source, start);
  for (const { index } of raw.matchAll(DOUBLED)) decoder.put(start + index, start + index + 2, '"');
  return decoder.finish(end);
}

const LABEL = /%5B[A-Z][\w%.-]{0,160}?%5D/gu;

/** A URL in which only labels are decoded, so that they are left alone as such. */
export function decodeLabels(source: string, isLabel: (text: string) => boolean): Decoded {
  if (!source.includes('%5B')) return plain(source, 0, source.length);
  const decoder = new Decoder(source, 0);
  for (const { 0: escaped, index } of source.matchAll(LABEL)) {
    const { text } = decodePercent(escaped, 0, escaped.length, false);
    if (isLabel(text)) decoder.put(index, index + escaped.length, text);
  }
  return decoder.finish(source.length);
}
