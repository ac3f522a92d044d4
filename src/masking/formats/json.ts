// JSON's text, masked in place: what is no match keeps every byte, and what stops being JSON is free text.
import { type Decoded, decodeJson, encodeJson, plain } from './decoded.ts';
import { type Edit, editsOfMarks, liftEdits } from './edits.ts';
import type { FormatReader, Read } from './format-reader.ts';
import type { Ground, Place } from './ground.ts';
import { Lexer, type TokenReader } from './json-lexer.ts';
import { Walk } from './walk.ts';

/** JSON in a string in JSON: further in, it is text. */
const DEEPEST = 4;
/** How far the member after a value is looked for that names it. */
const AHEAD = 256;
const NAMED_AFTER = /\s*,\s*"(?:name|key|Name|Key)"\s*:\s*"([^"\\]{0,80})"/uy;

/** What is masked of a text that stands somewhere, itself perhaps JSON. `depth`: in how many texts it stands. */
export function editsOfContent(ground: Ground, place: Place, text: string, depth = 0): readonly Edit[] {
  if (place.rule === undefined && depth < DEEPEST && seemsJson(text) && !ground.isWhole(place, text)) {
    if (isJson(text)) return new JsonReader(ground, place, depth + 1).read(text, true).edits;
  }
  return ground.editsOf(place, text);
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
  ahead: 0,
};

export function isJson(text: string): boolean {
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

export class JsonReader implements FormatReader, TokenReader {
  readonly #ground: Ground;
  readonly #depth: number;
  readonly #walk: Walk;
  readonly #lexer = new Lexer(this);
  #edits: Edit[] = [];
  #at = 0;

  constructor(ground: Ground, root: Place = ground.root, depth = 0) {
    this.#ground = ground;
    this.#depth = depth;
    this.#walk = new Walk(ground, root);
  }

  read(text: string, isLast: boolean): Read {
    this.#at = this.#lexer.read(text, this.#at, isLast);
    const isOver = this.#lexer.failedAt !== -1;
    const to = isLast && !isOver ? text.length : this.#lexer.final(this.#at);
    const later = this.#edits.findLastIndex(({ start }) => start < to) + 1;
    const edits = this.#edits.slice(0, later);
    this.#edits = isOver ? [] : liftEdits(this.#edits.slice(later), (index) => index - to);
    this.#at -= to;
    this.#lexer.shift(to);
    return { to, edits, isOver };
  }

  get ahead(): number {
    return this.#walk.looksAhead ? AHEAD : 0;
  }

  open(isArray: boolean): void {
    this.#walk.open(isArray, this.#walk.next());
  }

  close(): void {
    this.#walk.close();
  }

  key(text: string, start: number, end: number, isEscaped: boolean): void {
    const decoded = isEscaped ? decodeJson(text, start, end) : undefined;
    const key = decoded?.text ?? text.slice(start, end);
    this.#walk.key(key);
    const marks = this.#ground.marksOfKey(this.#walk.around, key);
    if (marks.length > 0) this.#lift(editsOfMarks(key, marks), decoded ?? plain(text, start, end));
  }

  string(text: string, start: number, end: number, isEscaped: boolean, isClosed: boolean): void {
    const decoded = isEscaped ? decodeJson(text, start, end) : undefined;
    const value = decoded?.text ?? text.slice(start, end);
    const place = this.#place(text, end + 1);
    this.#walk.text(value);
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

  number(text: string, start: number, end: number): void {
    const value = text.slice(start, end);
    const marks = this.#ground.marksOf(this.#place(text, end), value);
    const [mark] = marks;
    if (mark === undefined) return;
    // A number that is masked in part can't stay one: all of it becomes the label.
    const meant = marks.length === 1 ? value.slice(mark.start, mark.end) : value;
    this.#token({ type: mark.type, action: mark.action, value: meant }, start, end);
  }

  literal(text: string, start: number, end: number): void {
    const mark = this.#ground.markOfLiteral(this.#place(text, end));
    if (mark !== undefined) this.#token({ ...mark, value: text.slice(start, end) }, start, end);
  }

  /** Of the value that ends before `end`. */
  #place(text: string, end: number): Place {
    return this.#walk.looksAhead ? this.#walk.next(nameAfter(text, end)) : this.#walk.next();
  }

  #token(masked: Pick<Edit, 'type' | 'action' | 'value'>, start: number, end: number): void {
    this.#edits.push({ ...masked, start, end, write: JSON.stringify, dropped: { start, end, text: 'null' } });
  }

  #lift(edits: readonly Edit[], decoded: Decoded): void {
    for (const edit of liftEdits(edits, decoded.at, encodeJson)) this.#edits.push(edit);
  }
}

function joined(write: Edit['write']): Edit['write'] {
  return write === undefined ? encodeJson : (label) => encodeJson(write(label));
}

function nameAfter(text: string, end: number): string | undefined {
  NAMED_AFTER.lastIndex = 0;
  return NAMED_AFTER.exec(text.slice(end, end + AHEAD))?.[1];
}
