// Reads an operator's regular expression: as much of the language as can be matched without ever going back.

/** Something that is so of a place between two characters. */
export type Place = 'lineStart' | 'lineEnd' | 'border' | 'noBorder';

export type Node =
  /** One character: a letter, an escape, a class, as it is written. */
  | { readonly kind: 'one'; readonly source: string }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'row'; readonly parts: readonly Node[] }
  | { readonly kind: 'choice'; readonly choices: readonly Node[] }
  | Repeat;

export interface Repeat {
  readonly kind: 'repeat';
  readonly part: Node;
  readonly least: number;
  readonly most: number;
  readonly lazy: boolean;
  /** As it is written. */
  readonly source: string;
}

export type Parsed = { readonly tree: Node } | { readonly problem: string };

const LONGEST = 1000;

const LOOKS = /\((?:\?=|\?!|\?<=|\?<!)/y;
const GROUP = /\((?:\?:|\?<[^>]*>|(?!\?))/y;
const REFERENCE = /\\(?:[1-9]|k<)/y;
const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;
/** In this order: two escapes may write one character between them. */
const ONE =
  /\\u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|\\u\{[\da-fA-F]+\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\c[A-Za-z]|\\[pP]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|[^\\()[\]{}*+?|^$]/suy;

const PLACES: readonly (readonly [string, Place])[] = [
  ['^', 'lineStart'],
  ['$', 'lineEnd'],
  ['\\b', 'border'],
  ['\\B', 'noBorder'],
];

/** What is no regular expression at all is the runtime's to tell. */
function compiles(source: string): boolean {
  try {
    return new RegExp(source, 'u') !== undefined;
  } catch {
    return false;
  }
}

function bounds(quantifier: string): readonly [number, number] {
  if (quantifier.startsWith('*')) return [0, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('+')) return [1, Number.POSITIVE_INFINITY];
  if (quantifier.startsWith('?')) return [0, 1];
  const [, least = '0', comma, most = ''] = /^\{(\d+)(,?)(\d*)\}/u.exec(quantifier) ?? [];
  if (comma === '') return [Number(least), Number(least)];
  return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
}

class Unread extends Error {}

class Reader {
  readonly #source: string;
  #at = 0;

  constructor(source: string) {
    this.#source = source;
  }

  choice(): Node {
    const choices = [this.#row()];
    while (this.#source[this.#at] === '|') {
      this.#at += 1;
      choices.push(this.#row());
    }
    const [only, ...others] = choices;
    return only !== undefined && others.length === 0 ? only : { kind: 'choice', choices };
  }

  #row(): Node {
    const parts: Node[] = [];
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] as string)) {
      parts.push(this.#repeated());
    }
    return { kind: 'row', parts };
  }

  #repeated(): Node {
    const from = this.#at;
    const part = this.#part();
    const quantifier = this.#take(QUANTIFIER);
    if (quantifier === undefined) return part;
    const [least, most] = bounds(quantifier);
    const lazy = quantifier.length > 1 && quantifier.endsWith('?');
    return { kind: 'repeat', part, least, most, lazy, source: this.#source.slice(from, this.#at) };
  }

  #part(): Node {
    for (const [written, place] of PLACES) {
      if (!this.#source.startsWith(written, this.#at)) continue;
      this.#at += written.length;
      return { kind: 'place', place };
    }
    if (this.#take(LOOKS) !== undefined) {
      throw new Unread(
        'looks around itself (`(?=`, `(?!`, `(?<=`, `(?<!`), which takes time: `\\b`, `^` and `$` do not',
      );
    }
    if (this.#take(REFERENCE) !== undefined) {
      throw new Unread('refers back to a group, which takes time: write out what may stand there');
    }
    if (this.#take(GROUP) !== undefined) {
      const inner = this.choice();
      this.#at += 1;
      return inner;
    }
    const one = this.#take(ONE);
    if (one === undefined) throw new Unread('uses a group that is not known here: `(…)` and `(?:…)` are');
    return { kind: 'one', source: one };
  }

  #take(form: RegExp): string | undefined {
    form.lastIndex = this.#at;
    const found = form.exec(this.#source)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

/** What it says, or, to be said of the key that holds it, why it is none. */
export function parsePattern(source: string): Parsed {
  if (source.length > LONGEST) return { problem: `has more than ${LONGEST} characters: make several of it` };
  if (!compiles(source)) return { problem: 'must be a regular expression, as in `EMP-[0-9]{6}`' };
  try {
    return { tree: new Reader(source).choice() };
  } catch (error) {
    if (error instanceof Unread) return { problem: error.message };
    throw error;
  }
}

/** Whether it matches where there is nothing. */
export function canBeNothing(node: Node): boolean {
  if (node.kind === 'one') return false;
  if (node.kind === 'place') return true;
  if (node.kind === 'row') return node.parts.every(canBeNothing);
  if (node.kind === 'choice') return node.choices.some(canBeNothing);
  return node.least === 0 || canBeNothing(node.part);
}

/** An endless repetition of what can be nothing. */
export function emptyLoop(node: Node): Repeat | undefined {
  if (node.kind === 'row') return firstOf(node.parts);
  if (node.kind === 'choice') return firstOf(node.choices);
  if (node.kind !== 'repeat') return undefined;
  return Number.isFinite(node.most) || !canBeNothing(node.part) ? emptyLoop(node.part) : node;
}

function firstOf(nodes: readonly Node[]): Repeat | undefined {
  for (const node of nodes) {
    const found = emptyLoop(node);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The characters that every match begins with, as they are. ASCII only. */
export function beginningOf(node: Node): string {
  if (node.kind === 'one') return /^\\?([!-/:-@[-`{-~]|(?<!\\)[ -~])$/u.exec(node.source)?.[1] ?? '';
  if (node.kind !== 'row') return '';
  let text = '';
  for (const part of node.parts) {
    if (part.kind === 'place') continue;
    if (part.kind !== 'one' || part.source === '.') break;
    const one = beginningOf(part);
    if (one === '') break;
    text += one;
  }
  return text;
}
