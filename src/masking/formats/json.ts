// JSON's text, masked in place: what is no match keeps every byte, and what stops being JSON is free text.
import { type Decoded, decodeJson, decodeLabels, encodeJson, plain } from './decoded.ts';
import { type Edit, editsOfMarks, liftEdits } from './edits.ts';
import { decodeEscaped, withEscaped } from './escaped.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { Lexer, type TokenReader } from './json-lexer.ts';
import { Keys } from './keys.ts';
import { type Late, LateNames } from './late-names.ts';
import { placeOfNamed, Walk } from './walk.ts';

/** JSON in a string in JSON, what is escaped in what is escaped: further in, it is text as it is written. */
const DEEPEST = 4;

/**
 * What is masked of a text that stands somewhere, itself perhaps JSON, or percent-encoded as URLs are. `depth`: in how many
 * texts it stands.
 */
export function editsOfContent(ground: Ground, place: Place, text: string, depth = 0): readonly Edit[] {
  if (place.rule === undefined && depth < DEEPEST && seemsJson(text) && !ground.isWhole(place, text)) {
    if (isJson(text)) return new JsonReader(ground, place, depth + 1).read(text, true).edits;
  }
  const decoded = place.rule === undefined && depth < DEEPEST ? decodeEscaped(text) : undefined;
  if (decoded === undefined) return ground.editsOf(place, text);
  const labelled = decodeLabels(text, (label) => ground.isLabel(label));
  const written = liftEdits(ground.editsOf(place, labelled.text), labelled.at);
  if (isWhole(written, text)) return written;
  return withEscaped(text, written, decoded, editsOfContent(ground, place, decoded.text, depth + 1));
}

function isWhole([edit]: readonly Edit[], text: string): boolean {
  return edit !== undefined && edit.start === 0 && edit.end === text.length;
}

const BEGINS_JSON = /^\s*(?:\{\s*["}]|\[\s*[\][{"\-\dtfnN])/u;

function seemsJson(text: string): boolean {
  const first = text.charCodeAt(0);
  // Mostly neither: the pattern is for those that may be.
  return (first === 123 || first === 91 || first <= 32) && BEGINS_JSON.test(text);
}

const IGNORED: TokenReader = {
  open() {},
  close() {},
  key() {},
  string() {},
  number() {},
  literal() {},
};

function isJson(text: string): boolean {
  const lexer = new Lexer(IGNORED);
  lexer.read(text, 0, true);
  return lexer.isComplete;
}

/** Where the text stops being JSON; -1 where it doesn't, as far as it goes. */
export function whereJsonFails(text: string, isAll: boolean): number {
  const lexer = new Lexer(IGNORED);
  lexer.read(text, 0, isAll);
  return lexer.failedAt;
}

/** Tells line by line whether what began as JSON goes on with the next: no text in quotes does. */
export class LinesOfJson {
  readonly #lexer = new Lexer(IGNORED);
  /** All that was there is JSON, and nothing of it is open. */
  isComplete = false;

  goesOnAfter(line: string): boolean {
    const read = this.#lexer.read(`${line}\n`, 0, false);
    this.#lexer.shift(read);
    const isRead = this.#lexer.failedAt === -1 && read > line.length;
    this.isComplete = isRead && this.#lexer.isComplete;
    return isRead && !this.isComplete;
  }
}

export class JsonReader implements FormatReader, TokenReader {
  readonly #ground: Ground;
  readonly #depth: number;
  readonly #walk: Walk;
  readonly #lexer = new Lexer(this);
  readonly #late: LateNames;
  /** Of the objects that are open; of lists, nothing. */
  readonly #open: (Keys | undefined)[] = [];
  #edits: Edit[] = [];
  #at = 0;
  /** Where in the last text read it stopped being JSON: what came before was no fault by itself; else -1. */
  failedAt = -1;

  /** `nested`: in how many values that were named late the text stands. */
  constructor(ground: Ground, root: Place = ground.root, depth = 0, nested = 0) {
    this.#ground = ground;
    this.#depth = depth;
    this.#walk = new Walk(ground, root);
    this.#late = new LateNames(nested);
  }

  read(text: string, isLast: boolean): Read {
    this.#at = this.#lexer.read(text, this.#at, isLast);
    const isOver = this.#lexer.failedAt !== -1;
    this.failedAt = isOver ? this.#at : -1;
    const to = isLast && !isOver ? text.length : this.#final(isOver);
    const edits = this.#editsUpTo(to, isOver);
    this.#at -= to;
    this.#lexer.shift(to);
    this.#late.shift(to);
    return { to, edits, isOver };
  }

  #editsUpTo(to: number, isOver: boolean): readonly Edit[] {
    const all = this.#edits;
    const last = all.at(-1);
    if (last === undefined || last.start < to) {
      this.#edits = [];
      return all;
    }
    const later = all.findLastIndex(({ start }) => start < to) + 1;
    this.#edits = isOver ? [] : liftEdits(all.slice(later), (index) => index - to);
    return all.slice(0, later);
  }

  #final(isOver: boolean): number {
    const final = this.#lexer.final(this.#at);
    return isOver ? final : Math.min(final, this.#late.heldFrom(this.#at));
  }

  open(isArray: boolean, at: number): void {
    const { unnamed } = this.#walk;
    if (unnamed !== undefined) this.#late.open(unnamed, this.#open.length, at);
    this.#walk.open(isArray, this.#walk.next());
    this.#open.push(isArray ? undefined : new Keys());
  }

  close(end: number): void {
    this.#walk.close();
    this.#open.pop();
    this.#late.close(this.#open.length, end);
  }

  key(text: string, start: number, end: number, isEscaped: boolean): void {
    const decoded = isEscaped ? decodeJson(text, start, end) : undefined;
    const given = decoded?.text ?? text.slice(start, end);
    // Not the text that was read: a slice of it would keep all of that in memory.
    const key = this.#ground.field(given).key ?? given;
    this.#walk.key(key);
    const marks = this.#ground.marksOfKey(this.#walk.around, key);
    const keys = this.#open.at(-1) as Keys;
    if (marks.length === 0 && !keys.isMasked) keys.plain(key);
    else {
      keys.isMasked = true;
      this.#lift(editsOfKey(keys, key, editsOfMarks(key, marks)), decoded ?? plain(text, start, end));
    }
  }

  string(text: string, start: number, end: number, isEscaped: boolean, isClosed: boolean): void {
    const decoded = isEscaped ? decodeJson(text, start, end) : undefined;
    const value = decoded?.text ?? text.slice(start, end);
    const place = this.#place(start - 1, isClosed ? end + 1 : end, value);
    if (this.#walk.text(value)) this.#nameLate(text, start, value);
    const edits = editsOfContent(this.#ground, place, value, this.#depth);
    const [edit] = edits;
    if (edit === undefined) return;
    if (edits.length > 1 || edit.dropped !== undefined || edit.end - edit.start < value.length) {
      this.#lift(edits, decoded ?? plain(text, start, end));
    } else {
      const dropped = { start: start - 1, end: isClosed ? end + 1 : end, text: 'null' };
      this.#edits.push({ ...edit, start, end, write: joined(edit.write), dropped });
    }
  }

  number(text: string, start: number, end: number, isPlain: boolean): void {
    const place = this.#place(start, end);
    const written = text.slice(start, end);
    const parsed = isPlain ? written : parsedNumber(written);
    // As it is written, if it is not masked as it is read.
    if (!this.#number(place, parsed, start, end) && parsed !== written)
      this.#number(place, written, start, end);
  }

  #number(place: Place, value: string, start: number, end: number): boolean {
    const marks = this.#ground.marksOf(place, value);
    const [mark] = marks;
    if (mark === undefined) return false;
    // A number that is masked in part can't stay one: all of it becomes the label.
    const meant = marks.length === 1 ? value.slice(mark.start, mark.end) : value;
    this.#token({ type: mark.type, action: mark.action, value: meant }, start, end);
    return true;
  }

  literal(text: string, start: number, end: number): void {
    const mark = this.#ground.markOfLiteral(this.#place(start, end));
    if (mark !== undefined) this.#token({ ...mark, value: text.slice(start, end) }, start, end);
  }

  /** Of the value from `start` to `end`, its quotes with it. */
  #place(start: number, end: number, text?: string): Place {
    const { unnamed } = this.#walk;
    if (unnamed !== undefined) this.#late.value(unnamed, this.#open.length, start, end);
    return this.#walk.next(text);
  }

  /** Values that were read before `name`, which stands at `at`, are looked at again. */
  #nameLate(text: string, at: number, name: string): void {
    const late = this.#late.take(this.#open.length, at);
    if (late.length > 0 && this.#ground.isKnown(name))
      for (const one of late) this.#readAgain(text, one, name);
  }

  #readAgain(text: string, { place, above, start, end }: Late, name: string): void {
    const named = placeOfNamed(this.#ground, place, above, name);
    const reader = new JsonReader(this.#ground, named, this.#depth, this.#late.nested + 1);
    const { edits } = reader.read(text.slice(start, end), true);
    const from = this.#edits.findLastIndex((edit) => edit.start < start) + 1;
    const to = this.#edits.findLastIndex((edit) => edit.start < end) + 1;
    this.#edits.splice(from, to - from, ...liftEdits(edits, (index) => start + index));
  }

  #token(masked: Pick<Edit, 'type' | 'action' | 'value'>, start: number, end: number): void {
    this.#edits.push({ ...masked, start, end, write: JSON.stringify, dropped: { start, end, text: 'null' } });
  }

  #lift(edits: readonly Edit[], decoded: Decoded): void {
    for (const edit of liftEdits(edits, decoded.at, encodeJson)) this.#edits.push(edit);
  }
}

/** A number of so many characters, written so, is written the same once it is parsed. */
const MOST_EXACT = 15;
const SAME = /^-?(?:[1-9]\d*\.\d*|0\.\d{0,4})[1-9]$/u;

/** What a number is once it is parsed: `4.111111111111111e15` is a card's number. */
function parsedNumber(written: string): string {
  if ((written.length <= MOST_EXACT && SAME.test(written)) || !/[.eE]/u.test(written)) return written;
  const number = Number(written);
  return Number.isFinite(number) ? String(number) : written;
}

function joined(write: Edit['write']): Edit['write'] {
  return write === undefined ? encodeJson : (label) => encodeJson(write(label));
}

/** What is masked of a key, and what keeps it apart from others that are masked alike. */
function editsOfKey(keys: Keys, key: string, marked: readonly Edit[]): Edit[] {
  const labels = new Map<Edit, string>();
  const edits = marked.map((edit) => ({
    ...edit,
    write: (label: string) => {
      labels.set(edit, label);
      return label;
    },
  }));
  const insert = () => {
    let masked = '';
    let at = 0;
    for (const edit of marked) {
      masked += key.slice(at, edit.start) + (labels.get(edit) ?? '');
      at = edit.end;
    }
    return keys.suffix(key, masked + key.slice(at));
  };
  return [...edits, { type: '', value: '', start: key.length, end: key.length, insert }];
}
