// JSON within free text: a bare number that is masked becomes a string there, so that what was JSON still is.

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;
const MOST_BLANKS = 8;
/** How far a number reaches beyond what is masked of it: its sign, its fraction. */
const MOST_BESIDE = 32;
/** A list under a name; without one, a bracket in a text is a bracket. */
const NAMED_LIST = /"\s{0,8}:\s{0,8}\[/u;

/** A number as JSON has it, and the quote that makes a string of it: `"`, or `\"` in a string. */
export interface Bare {
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** What is open where the text has been read to. */
interface Open {
  /** A bracket's, or that of a quote. */
  readonly code: number;
  /** Of a list: what its numbers would be quoted with. Of a text: its own. */
  readonly quote: string | undefined;
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** A comma, a bracket, a blank, a backslash (of `\n`), or the text's end. */
function endsValue(code: number): boolean {
  return Number.isNaN(code) || isBlank(code) || code === 44 || code === 93 || code === 125 || code === 92;
}

/** `-`, `+`, `.`, digits, `e`. */
function isOfNumber(code: number): boolean {
  return code === 43 || code === 45 || code === 46 || (code >= 48 && code <= 57) || (code | 32) === 101;
}

function beforeBlanks(text: string, at: number): number {
  let to = at;
  while (to > 0 && at - to < MOST_BLANKS && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return to;
}

/** A colon, a comma or an opening bracket: nothing else stands before a bare number. */
function isAfterMark(text: string, at: number): boolean {
  const before = beforeBlanks(text, at);
  const code = before === 0 ? 0 : text.charCodeAt(before - 1);
  return code === 58 || code === 44 || code === 91;
}

/** The quote that ends at `at`, with what escapes it. */
function quoteBefore(text: string, at: number): string | undefined {
  if (text.charCodeAt(at - 1) !== 34) return undefined;
  let from = at - 1;
  while (from > 0 && at - from <= MOST_BLANKS && text.charCodeAt(from - 1) === 92) from -= 1;
  return text.slice(from, at);
}

/** The quote of the name whose value begins at `at`. */
function quoteOfName(text: string, at: number): string | undefined {
  const colon = beforeBlanks(text, at);
  return text.charCodeAt(colon - 1) === 58 ? quoteBefore(text, beforeBlanks(text, colon - 1)) : undefined;
}

/** Goes along a text, from one number to the next, and knows in which list each stands. */
export class BareNumbers {
  readonly #text: string;
  readonly #open: Open[] = [];
  /** Of the open ones, the texts, each in the one before: where they stand there, and how long their quotes are. */
  readonly #texts: { readonly index: number; readonly length: number }[] = [];
  #at = 0;
  #hasLists: boolean | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** The number that is masked from `start` to `end`, in whole or in part; asked in the order of the text. */
  at(start: number, end: number): Bare | undefined {
    const text = this.#text;
    // Most of what is masked is no number.
    if (!isOfNumber(text.charCodeAt(start))) return undefined;
    let from = start;
    while (from > 0 && start - from < MOST_BESIDE && isOfNumber(text.charCodeAt(from - 1))) from -= 1;
    let to = end;
    while (to - end < MOST_BESIDE && isOfNumber(text.charCodeAt(to))) to += 1;
    if (!isAfterMark(text, from)) return undefined;
    if ((to < text.length && !endsValue(text.charCodeAt(to))) || !NUMBER.test(text.slice(from, to)))
      return undefined;
    const quote = quoteOfName(text, from) ?? this.#quoteOfList(from);
    return quote === undefined ? undefined : { start: from, end: to, quote };
  }

  #quoteOfList(at: number): string | undefined {
    const before = this.#text.charCodeAt(beforeBlanks(this.#text, at) - 1);
    if (before !== 44 && before !== 91) return undefined;
    this.#hasLists ??= NAMED_LIST.test(this.#text.replaceAll('\\', ''));
    if (!this.#hasLists) return undefined;
    for (; this.#at < at; this.#at += 1) this.#read(this.#text.charCodeAt(this.#at));
    const open = this.#open.at(-1);
    return open?.code === 91 ? open.quote : undefined;
  }

  #read(code: number): void {
    if (code === 34) this.#quote();
    else if (code === 91) this.#open.push({ code, quote: this.#quoteWithin() });
    else if (code === 123) this.#open.push({ code, quote: undefined });
    else if (code === 93 || code === 125) this.#close(code - 2);
    else if (code === 10) this.#endTexts(0);
  }

  #close(code: number): void {
    if (this.#open.at(-1)?.code === code) this.#open.pop();
  }

  /** A list in a list is quoted as that is. */
  #quoteWithin(): string | undefined {
    const own = quoteOfName(this.#text, this.#at);
    if (own !== undefined) return own;
    const before = this.#text.charCodeAt(beforeBlanks(this.#text, this.#at) - 1);
    const around = this.#open.at(-1);
    return (before === 44 || before === 91) && around?.code === 91 ? around.quote : undefined;
  }

  /** A quote that is escaped less than the texts within which it stands ends them. */
  #quote(): void {
    const quote = quoteBefore(this.#text, this.#at + 1) as string;
    if (this.#endTexts(quote.length)) return;
    this.#texts.push({ index: this.#open.length, length: quote.length });
    this.#open.push({ code: 34, quote });
  }

  /** Ends the outermost text whose quote is at least so long, with all in it. No text goes on in the next line. */
  #endTexts(length: number): boolean {
    const ended = this.#texts.findIndex((one) => one.length >= length);
    const text = this.#texts[ended];
    if (text === undefined) return false;
    this.#open.length = text.index;
    this.#texts.length = ended;
    return true;
  }
}
