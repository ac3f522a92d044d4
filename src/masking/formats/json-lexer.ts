// Tells the tokens of JSON's text where they stand, however deep, part by part. Stops where it stops being JSON.

/** What is told of tokens. A place is held where what follows may show that it was no JSON: see `Lexer.final`. */
export interface TokenReader {
  open(isArray: boolean, at: number): void;
  /** Up to `end`, which is after the bracket. */
  close(end: number): void;
  /** Between the quotes. */
  key(text: string, start: number, end: number, isEscaped: boolean): void;
  string(text: string, start: number, end: number, isEscaped: boolean, isClosed: boolean): void;
  /** `isPlain`: nothing but digits, perhaps with a sign. Some that are so are not told to be. */
  number(text: string, start: number, end: number, isPlain: boolean): void;
  literal(text: string, start: number, end: number): void;
}

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const POINT = 46;
const COLON = 58;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;
const BYTE_ORDER_MARK = 0xfeff;

type Expected = 'value' | 'key' | 'colon' | 'comma';

/** Longer than any number or word that is one: so that no run is looked at again and again. */
const LONGEST_BARE = 4096;
/** As JSON has it, but that zeros may lead; and what Python and JavaScript write where JSON has no word. */
const BARE = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?Infinity|true|false|null|NaN|True|False|None|undefined/uy;
const ENDS_BARE = /[\s,\]}[{":]/uy;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

function endOfDigits(text: string, from: number, most: number): number {
  let end = from;
  while (end < most && isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function endsNumber(code: number): boolean {
  return code === COMMA || code === CLOSE_OBJECT || code === CLOSE_ARRAY || isBlank(code);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}

export class Lexer {
  /** From here on it is no JSON. */
  failedAt = -1;
  readonly #reader: TokenReader;
  readonly #isObject: boolean[] = [];
  #expected: Expected = 'value';
  /** How far the string at hand has been looked at. */
  #seen = -1;
  #isEscaped = false;
  #held = -1;
  /** No backslash stands between where one was looked for last and here; -1 where none was. */
  #backslash = -1;
  /** The opening bracket that was the last token: with what is no JSON after it, it was no opening bracket. */
  #opened = -1;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  /** Whether all that was opened has been closed. */
  get isComplete(): boolean {
    return this.failedAt === -1 && this.#isObject.length === 0 && this.#held === -1;
  }

  /**
   * Reads from `from` on as far as tokens are whole, or, with `isLast`, to the end; says up to where. A later call
   * goes on there, with more of the text.
   */
  read(text: string, from: number, isLast: boolean): number {
    let at = from;
    this.#backslash = -1;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (isBlank(code) || (code === BYTE_ORDER_MARK && this.#isObject.length === 0)) {
        at += 1;
        continue;
      }
      const next = this.#token(text, at, code, isLast);
      if (next === -1) break;
      if (this.failedAt !== -1) return at;
      at = next;
    }
    if (isLast && this.#isObject.length === 0) this.#settle();
    return at;
  }

  /** Before this, nothing of what was told will be taken back. `at` is what `read` said. */
  final(at: number): number {
    if (this.failedAt !== -1) return this.failedAt;
    const held = this.#held === -1 ? this.#opened : this.#held;
    return held === -1 ? at : held;
  }

  /** The text loses its first `length` characters. */
  shift(length: number): void {
    if (this.#held !== -1) this.#held -= length;
    if (this.#opened !== -1) this.#opened -= length;
    if (this.#seen !== -1) this.#seen -= length;
  }

  #settle(): void {
    this.#held = -1;
    this.#opened = -1;
  }

  #hold(at: number): void {
    if (this.#held === -1) this.#held = this.#opened === -1 ? at : this.#opened;
    this.#opened = -1;
  }

  #fail(at: number): number {
    this.#hold(at);
    this.failedAt = this.#held;
    return at;
  }

  #token(text: string, at: number, code: number, isLast: boolean): number {
    if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) return this.#closing(at, code);
    if (this.#expected === 'comma') return this.#comma(at, code);
    if (this.#expected === 'colon') {
      if (code !== COLON) return this.#fail(at);
      this.#expected = 'value';
      return at + 1;
    }
    if (code === QUOTE) return this.#string(text, at, isLast);
    if (this.#expected === 'key') return this.#fail(at);
    if (code === OPEN_OBJECT || code === OPEN_ARRAY) return this.#opening(at, code === OPEN_ARRAY);
    return this.#bare(text, at, isLast);
  }

  #opening(at: number, isArray: boolean): number {
    this.#settle();
    this.#opened = at;
    this.#isObject.push(!isArray);
    this.#reader.open(isArray, at);
    this.#expected = isArray ? 'value' : 'key';
    return at + 1;
  }

  #closing(at: number, code: number): number {
    // Also after a comma too many; not between a key and its value.
    const isObject = this.#isObject.at(-1);
    const isFine = this.#expected === 'comma' || this.#expected === (isObject ? 'key' : 'value');
    if (isObject !== (code === CLOSE_OBJECT) || !isFine) return this.#fail(at);
    this.#settle();
    this.#isObject.pop();
    this.#reader.close(at + 1);
    this.#valueEnded();
    return at + 1;
  }

  #comma(at: number, code: number): number {
    if (code !== COMMA) return this.#fail(at);
    this.#settle();
    this.#expected = this.#isObject.at(-1) === true ? 'key' : 'value';
    return at + 1;
  }

  #valueEnded(): void {
    // At the top, one value may follow another without anything between.
    this.#expected = this.#isObject.length === 0 ? 'value' : 'comma';
  }

  /** A text that ends within a string is JSON that was cut: the string ends there. */
  #string(text: string, at: number, isLast: boolean): number {
    const from = this.#seen === -1 ? at + 1 : this.#seen;
    const quote = text.indexOf('"', from);
    if (quote !== -1 && !this.#hasBackslash(text, from, quote))
      return this.#stringEnded(text, at, quote, true);
    return this.#otherString(text, at, from, isLast);
  }

  /** None is looked for twice, however far it is. */
  #hasBackslash(text: string, from: number, to: number): boolean {
    if (this.#backslash < from) {
      const next = text.indexOf('\\', from);
      this.#backslash = next === -1 ? text.length : next;
    }
    return this.#backslash < to;
  }

  #otherString(text: string, at: number, from: number, isLast: boolean): number {
    let end = from;
    while (end < text.length) {
      const code = text.charCodeAt(end);
      if (code === QUOTE) break;
      if (code === BACKSLASH) {
        this.#isEscaped = true;
        if (end + 1 >= text.length) break;
        end += 1;
      }
      end += 1;
    }
    const isClosed = end < text.length && text.charCodeAt(end) === QUOTE;
    this.#seen = end;
    if (!isLast && !isClosed) return -1;
    return this.#stringEnded(text, at, isClosed ? end : text.length, isClosed);
  }

  #stringEnded(text: string, at: number, end: number, isClosed: boolean): number {
    const isEscaped = this.#isEscaped;
    this.#seen = -1;
    this.#isEscaped = false;
    if (this.#expected === 'key') {
      this.#settle();
      this.#hold(at);
      this.#reader.key(text, at + 1, end, isEscaped);
      this.#expected = 'colon';
    } else {
      if (this.#isObject.length > 0) this.#hold(at);
      this.#reader.string(text, at + 1, end, isEscaped, isClosed);
      this.#valueEnded();
    }
    return isClosed ? end + 1 : end;
  }

  /** Most are plain numbers, or such with a point, told by a look at each character. */
  #bare(text: string, at: number, isLast: boolean): number {
    const digits = text.charCodeAt(at) === MINUS ? at + 1 : at;
    const most = Math.min(text.length, at + LONGEST_BARE);
    const point = endOfDigits(text, digits, most);
    const isPlain = point === most || text.charCodeAt(point) !== POINT;
    const from = isPlain ? digits : point + 1;
    const end = isPlain ? point : endOfDigits(text, from, most);
    const isEnded = point > digits && end > from && end < most && endsNumber(text.charCodeAt(end));
    return isEnded ? this.#bareEnded(text, at, end, isPlain) : this.#otherBare(text, at, isLast);
  }

  #otherBare(text: string, at: number, isLast: boolean): number {
    BARE.lastIndex = at;
    const isOne = BARE.test(text.length - at > LONGEST_BARE ? text.slice(0, at + LONGEST_BARE) : text);
    const end = isOne ? BARE.lastIndex : at;
    ENDS_BARE.lastIndex = end;
    const isEnded = isOne && end < text.length && ENDS_BARE.test(text);
    // Up to the end of what is there, it may go on.
    const mayGoOn = !isEnded && text.length - at <= LONGEST_BARE && /^[-\w.+]*$/u.test(text.slice(end));
    if (!isLast && mayGoOn) return -1;
    if (!isEnded && !(isOne && end === text.length)) return this.#fail(at);
    return this.#bareEnded(text, at, end, false);
  }

  #bareEnded(text: string, at: number, end: number, isPlain: boolean): number {
    if (this.#isObject.length > 0) this.#hold(at);
    const first = text.charCodeAt(at);
    const isNumber = isDigit(first) || (first === 45 && text.charCodeAt(at + 1) !== 73);
    if (isNumber) this.#reader.number(text, at, end, isPlain);
    else this.#reader.literal(text, at, end);
    this.#valueEnded();
    return end;
  }
}
