// Server-sent events: what stands in lines of `data:` is read as JSON where it begins as such, and all else is free text.
import type { Segments } from '../scan/segments.ts';
import { type Decoded, decodeLines } from './decoded.ts';
import { type Edit, liftEdits } from './edits.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground } from './ground.ts';
import { JsonReader, LinesOfJson } from './json.ts';
import { editsOfPiece } from './text.ts';

/** JSON that goes on over more lines is cut behind the line with which it is as long as this. */
const MOST_JOINED = 1_048_576;
const FIELD = 'data:';
/** The mark that may begin the whole, the field's name, and what JSON begins with that is looked at as such. */
const BEGINS = /\ufeff?data:[ \t]{0,32}[{["]/uy;
/** A bracket with nothing behind it, or what goes on as JSON does. */
const SEEMS_JSON = /^[ \t]*(?:[{[][ \t]*$|\{[ \t]*["}]|\[[ \t]*[\][{"\-\dtfnN]|")/u;
/** So much of a line says whether it is such a one. */
const SHOWS = 64;

/** Without what ends it; `next` is behind that. */
interface Line {
  readonly start: number;
  readonly end: number;
  readonly next: number;
}

/** Undefined where its end is not there yet, or may be the first half of one. */
function lineAt(text: string, start: number, isLast: boolean): Line | undefined {
  let end = start;
  while (end < text.length && text.charCodeAt(end) !== 10 && text.charCodeAt(end) !== 13) end += 1;
  const isReturn = text.charCodeAt(end) === 13;
  if (!isLast && end + (isReturn ? 1 : 0) >= text.length) return undefined;
  const next = isReturn && text.charCodeAt(end + 1) === 10 ? end + 2 : end + 1;
  return { start, end, next: Math.min(next, text.length) };
}

/** Where the value begins of a line of `data:` that goes on with what JSON begins with; -1 where it is none. */
function jsonAt(text: string, start: number): number {
  BEGINS.lastIndex = start;
  return BEGINS.test(text) ? BEGINS.lastIndex - 1 : -1;
}

/** Whether a line of which only the beginning is there may be one with JSON. */
function mayBeJson(text: string, start: number): boolean {
  return text.length - start < SHOWS || jsonAt(text, start) !== -1;
}

/** After `data:` and the blank that may follow it. */
function valueAt(text: string, { start, end }: Line): number {
  const from = text.charCodeAt(start) === 0xfeff ? start + 1 : start;
  if (!text.startsWith(FIELD, from)) return -1;
  const value = from + FIELD.length;
  return value < end && text.charCodeAt(value) === 32 ? value + 1 : value;
}

/** Lines that are one value of JSON, or begin as one. */
interface Unit {
  readonly json: Decoded;
  /** After its last line. */
  readonly next: number;
}

/** Undefined where it is none; `more` where that is not known yet. */
function unitAt(text: string, first: Line, isLast: boolean): Unit | 'more' | undefined {
  const value = text.slice(valueAt(text, first), first.end);
  if (!SEEMS_JSON.test(value)) return undefined;
  const lines = new LinesOfJson();
  const isMore = lines.goesOnAfter(value);
  // A text in quotes has others beside it in much that is no JSON.
  if (value.trimStart().startsWith('"') && !lines.isComplete) return undefined;
  const ranges = [{ start: valueAt(text, first), end: first.end }];
  let last = first;
  for (let goesOn = isMore; goesOn && last.next - first.start < MOST_JOINED; ) {
    const line = lineAt(text, last.next, isLast);
    if (line === undefined) return 'more';
    const start = valueAt(text, line);
    if (start === -1 || line.start === line.end) break;
    ranges.push({ start, end: line.end });
    goesOn = lines.goesOnAfter(text.slice(start, line.end));
    last = line;
  }
  return { json: decodeLines(text, ranges), next: last.next };
}

export class EventsReader implements FormatReader {
  readonly #ground: Ground;
  readonly #segments: Segments;
  /** Of what is not final: how much is looked at as text, where the next line is, whether its beginning was text. */
  #fed = 0;
  #line = 0;
  #isInText = false;
  #to = 0;
  #edits: Edit[] = [];

  constructor(ground: Ground) {
    this.#ground = ground;
    this.#segments = ground.finder.segments();
  }

  read(text: string, isLast: boolean): Read {
    while (this.#line < text.length && this.#next(text, isLast));
    this.#feed(text, this.#line);
    if (isLast) this.#endText();
    const read = { to: this.#to, edits: this.#edits, isOver: false };
    this.#fed -= this.#to;
    this.#line -= this.#to;
    this.#to = 0;
    this.#edits = [];
    return read;
  }

  /** Looks at one line, or at several that are one value; says whether there may be more to look at. */
  #next(text: string, isLast: boolean): boolean {
    const line = lineAt(text, this.#line, isLast);
    if (line === undefined) return this.#begin(text);
    const isJson = !this.#isInText && jsonAt(text, line.start) !== -1;
    const unit = isJson ? unitAt(text, line, isLast) : undefined;
    if (unit === 'more') return false;
    this.#isInText = false;
    this.#line = line.next;
    if (unit !== undefined) this.#unit(text, unit);
    return true;
  }

  /** A line whose end is not there yet is text if it can't be anything else. */
  #begin(text: string): false {
    if (!this.#isInText && mayBeJson(text, this.#line)) return false;
    this.#isInText = true;
    this.#line = text.endsWith('\r') ? text.length - 1 : text.length;
    return false;
  }

  #unit(text: string, { json, next }: Unit): void {
    this.#feed(text, json.at(0));
    this.#endText();
    const { to, edits, isOver } = new JsonReader(this.#ground).read(json.text, true);
    for (const edit of liftEdits(edits, json.at)) this.#edits.push(edit);
    this.#to = json.at(isOver ? to : json.text.length);
    this.#fed = this.#to;
    this.#line = next;
  }

  #feed(text: string, to: number): void {
    if (to > this.#fed) this.#take(this.#segments.push(text.slice(this.#fed, to)));
    this.#fed = to;
  }

  #endText(): void {
    this.#take(this.#segments.end());
  }

  #take(pieces: ReturnType<Segments['push']>): void {
    for (const piece of pieces) {
      const from = this.#to;
      for (const edit of liftEdits(editsOfPiece(piece), (index) => from + index)) this.#edits.push(edit);
      this.#to += piece.text.length;
    }
  }
}
