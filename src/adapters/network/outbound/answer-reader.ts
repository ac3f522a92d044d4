// Reads an answer as HTTP/1.1 has it, as its bytes come. What others might read in another way is not read at all.
import { NAME, TOKEN, VALUE } from './grammar.ts';

/** Of the head, with those before it that only say to wait. */
const MOST_HEAD_BYTES = 32 * 1024;
/** Of all that chunks have beside their bytes, and what follows the last of them. */
const MOST_BESIDE_BYTES = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;
const LINE_END = Buffer.from('\r\n');
const HEAD_END = Buffer.from('\r\n\r\n');
const BEGINNING = 'HTTP/1.';
const STATUS_LINE = /^HTTP\/(1\.[01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const OF_FRAMING = /^(?:content-length|transfer-encoding)$/i;
/** With no more digits than a number can be exact with, and what nobody looks at: names, and words or quotes after them. */
const CHUNK_LINE = new RegExp(
  `^([0-9A-Fa-f]{1,13})(?:;${TOKEN.source}(?:=(?:${TOKEN.source}|"[\\t !#-[\\]-~\\x80-\\xff]*"))?)*$`,
);

/** No HTTP, or none that can be read in one way only, or more of it than is read. */
export class Junk extends Error {
  override readonly name = 'Junk';
}

export interface RawHead {
  /** 1.0 or 1.1. */
  readonly version: string;
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** How a body ends: after so many bytes, with its last chunk, or with the connection. */
export type Framing = number | 'chunked' | 'until closed';

/** What is told of an answer, in its order. */
export interface AnswerParts {
  /** Of those as well that only say to wait. */
  head(head: RawHead): Framing;
  bytes(bytes: Buffer): void;
  whole(): void;
}

/** Tabs and spaces, which a value may have around it. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function headerIn(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon));
  let from = colon + 1;
  let to = line.length;
  while (from < to && isBlank(line.charCodeAt(from))) from += 1;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to -= 1;
  const value = line.slice(from, to);
  if (!NAME.test(name) || !VALUE.test(value)) throw new Junk('a header is none');
  return [name, value];
}

function headIn(text: string): RawHead {
  const lines = text.split('\r\n');
  const [, version, status] = STATUS_LINE.exec(lines[0] ?? '') ?? [];
  if (version === undefined || status === undefined) throw new Junk('it does not begin with a status');
  const headers: (readonly [string, string])[] = [];
  for (let at = 1; at < lines.length; at += 1) headers.push(headerIn(lines[at] ?? ''));
  return { version, status: Number(status), headers };
}

/** Before all of a head is there: what can't become one would be waited for in vain. */
function refuseEarly(bytes: Buffer, at: number): void {
  const beginning = bytes.toString('latin1', at, at + BEGINNING.length);
  if (!BEGINNING.startsWith(beginning)) throw new Junk('it is no HTTP/1');
  const end = bytes.indexOf(LF, at);
  if (end < 0) return;
  const line = bytes.toString('latin1', at, end);
  if (!line.endsWith('\r') || !STATUS_LINE.test(line.slice(0, -1))) {
    throw new Junk('it does not begin with a status');
  }
}

function isBlankLines(bytes: Buffer, at: number): boolean {
  for (let place = at; place < bytes.length; place += 1) {
    if (bytes[place] !== CR && bytes[place] !== LF) return false;
  }
  return true;
}

/** There is no body to come, whatever its head says: what says otherwise could be read in another way. */
function saysOnlyToWait({ version, headers }: RawHead): boolean {
  const ofFraming = headers
    .filter(([name]) => OF_FRAMING.test(name))
    .join(', ')
    .toLowerCase();
  return version === '1.1' && (ofFraming === '' || ofFraming === 'content-length,0');
}

type Part = 'head' | 'length' | 'chunk line' | 'chunk' | 'chunk end' | 'trailer' | 'until closed' | 'over';

/** Of one answer. */
export class AnswerReader {
  readonly #parts: AnswerParts;
  #part: Part = 'head';
  /** What has come of a head or a line whose end has not. */
  #held: Buffer | undefined;
  /** Of the body, or of its chunk. */
  #left = 0;
  /** How long the heads were. */
  #heads = 0;
  /** What came beside the bytes of chunks. */
  #beside = 0;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /**
   * Throws Junk, also for what comes after the answer in one piece with it. Some servers end a body with an empty line that
   * belongs to nothing: then it says `trailed`, and the connection is better left alone.
   */
  take(chunk: Buffer): 'trailed' | undefined {
    const bytes = this.#held === undefined ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = undefined;
    let at = 0;
    while (at < bytes.length) {
      if (this.#part === 'over') {
        if (isBlankLines(bytes, at)) return 'trailed';
        throw new Junk('there is more than the answer');
      }
      const next = this.#step(bytes, at);
      if (next === undefined) {
        this.#held = bytes.subarray(at);
        return undefined;
      }
      at = next;
    }
    return undefined;
  }

  /** Nothing more comes. */
  end(): void {
    if (this.#part === 'until closed') this.#finish();
  }

  /** Nobody wants the rest. */
  stop(): void {
    this.#part = 'over';
  }

  /** Where the next part begins; undefined where this one is not all there. */
  #step(bytes: Buffer, at: number): number | undefined {
    switch (this.#part) {
      case 'head':
        return this.#head(bytes, at);
      case 'chunk line':
        return this.#line(bytes, at, (line) => this.#chunkLine(line));
      case 'chunk end':
        return this.#chunkEnd(bytes, at);
      case 'trailer':
        return this.#line(bytes, at, (line) => this.#trailer(line));
      default:
        return this.#body(bytes, at);
    }
  }

  #head(bytes: Buffer, from: number): number | undefined {
    let at = from;
    // Left over from the answer before, on the same connection.
    while (bytes[at] === CR && bytes[at + 1] === LF) at += LINE_END.length;
    if (at === bytes.length || (at + 1 === bytes.length && bytes[at] === CR))
      return this.#waited(bytes, from);
    const end = bytes.indexOf(HEAD_END, at);
    if (end < 0) {
      refuseEarly(bytes, at);
      return this.#waited(bytes, from);
    }
    this.#countHead(end - from);
    const head = headIn(bytes.toString('latin1', at, end));
    if (head.status < 200 && !saysOnlyToWait(head)) throw new Junk('it says to wait, and more than that');
    const framing = this.#parts.head(head);
    // It may have been one that only says to wait; and whoever was told may have heard enough.
    if (head.status >= 200 && this.#part !== 'over') this.#begin(framing);
    return end + HEAD_END.length;
  }

  #waited(bytes: Buffer, from: number): undefined {
    if (this.#heads + bytes.length - from > MOST_HEAD_BYTES) throw new Junk('the head is too long');
  }

  #countHead(length: number): void {
    this.#heads += length;
    if (this.#heads > MOST_HEAD_BYTES) throw new Junk('the heads are too long');
  }

  #begin(framing: Framing): void {
    if (framing === 'chunked') this.#part = 'chunk line';
    else if (framing === 'until closed') this.#part = framing;
    else if (framing === 0) this.#finish();
    else {
      this.#part = 'length';
      this.#left = framing;
    }
  }

  #finish(): void {
    this.#part = 'over';
    this.#parts.whole();
  }

  #body(bytes: Buffer, at: number): number {
    if (this.#part === 'until closed') {
      this.#parts.bytes(at === 0 ? bytes : bytes.subarray(at));
      return bytes.length;
    }
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.#parts.bytes(bytes.subarray(at, end));
    if (this.#left === 0) {
      if (this.#part === 'chunk') this.#part = 'chunk end';
      else if (this.#part === 'length') this.#finish();
    }
    return end;
  }

  #line(bytes: Buffer, at: number, take: (line: string) => void): number | undefined {
    const end = bytes.indexOf(LINE_END, at);
    if ((end < 0 ? bytes.length : end) - at > MOST_HEAD_BYTES) throw new Junk('a line is too long');
    if (end < 0) return undefined;
    take(bytes.toString('latin1', at, end));
    return end + LINE_END.length;
  }

  #chunkLine(line: string): void {
    const [, digits] = CHUNK_LINE.exec(line) ?? [];
    if (digits === undefined) throw new Junk('a chunk does not say how long it is');
    this.#countBeside(line.length - digits.length);
    this.#left = Number.parseInt(digits, 16);
    this.#part = this.#left === 0 ? 'trailer' : 'chunk';
  }

  #chunkEnd(bytes: Buffer, at: number): number | undefined {
    if (bytes[at] !== CR || (bytes[at + 1] ?? LF) !== LF) throw new Junk('a chunk is longer than it says');
    if (at + 1 === bytes.length) return undefined;
    this.#part = 'chunk line';
    return at + LINE_END.length;
  }

  #trailer(line: string): void {
    if (line === '') {
      this.#finish();
      return;
    }
    const [name] = headerIn(line);
    if (OF_FRAMING.test(name)) throw new Junk('what says how long a body is comes after it');
    this.#countBeside(line.length);
  }

  #countBeside(length: number): void {
    this.#beside += length;
    if (this.#beside > MOST_BESIDE_BYTES) throw new Junk('too much stands beside the chunks');
  }
}
