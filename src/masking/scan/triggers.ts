// Which two characters, and which third after them, tell that a mark may stand there: the tables of the one pass.
import { isDigit, isLetter, isLower, isUpper } from './alphabet.ts';
import { KIND_OF, NOT_ASCII } from './codes.ts';
import { Lists } from './mark-lists.ts';
import type { Mark } from './marks.ts';
import { ANY_KIND, isOfWordStarts, type WordStarts, wordStartsOf } from './word-starts.ts';

const CLASSES = NOT_ASCII + 1;
export const CLASS_BITS = 7;

/** Beside the number of a list, these say what else is to be done at two characters. */
export const STARTS_NUMBER = 0x8000;
export const ASSIGNS = 0x4000;
export const STARTS_LABEL = 0x2000;
export const STARTS_WORD = 0x1000;
export const OTHERS_TO_DO = STARTS_NUMBER | ASSIGNS | STARTS_LABEL;
export const LIST = 0x0fff;

export interface Triggers {
  /** By two characters: flags, and a row of `thirds`. */
  readonly pairs: Uint16Array;
  /** By row and third character: which list of marks. 0 for none. */
  readonly thirds: Uint16Array;
  readonly lists: readonly (readonly Mark[])[];
  /** By list: the kinds of character, a bit each, of which one stands two before the second character, and two after it. */
  readonly before: Uint32Array;
  readonly after: Uint32Array;
  readonly wordStarts: WordStarts;
}

const EVERY = Array.from({ length: CLASSES }, (_, index) => index);
const DIGITS = EVERY.filter(isDigit);
const LETTERS = EVERY.filter(isLetter);
const OTHERS = EVERY.filter((code) => !isDigit(code));
const NO_LETTERS = EVERY.filter((code) => !isLetter(code));

/** How common each letter is, in text and in what machines write: the one before is about that much more so. */
const BY_COMMONNESS = 'etaoinsrhldcumfpgwybvkxjqz';
/** Two letters that stand together more often than each by itself would have it. */
const COMMON_PAIRS = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ' +
    'ic ne ea ra ce li ch ll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so'
  ).split(' '),
);
const MORE_COMMON = 5;

function commonness(code: number): number {
  if (isUpper(code)) return commonness(code + 32) / 12;
  if (isLetter(code)) return 1 / (1 + BY_COMMONNESS.indexOf(String.fromCharCode(code)) * 0.45);
  if (isDigit(code)) return 0.3;
  return ' ,":-./='.includes(String.fromCharCode(code)) ? 0.4 : 0.04;
}

/** The codes that a character of a mark stands for. */
function codesOf({ text, exact }: Mark, at: number): readonly number[] {
  const code = text.charCodeAt(at);
  if (code >= CLASSES) return [NOT_ASCII];
  if (exact || !isLetter(code)) return [code];
  return isUpper(code) ? [code, code + 32] : [code, code - 32];
}

function most(mark: Mark, at: number): number {
  return Math.max(...codesOf(mark, at).map(commonness));
}

function pairCommonness(mark: Mark, at: number): number {
  const pair = mark.text.slice(at - 1, at + 1);
  const isCommon = COMMON_PAIRS.has(mark.exact ? pair : pair.toLowerCase());
  return most(mark, at - 1) * most(mark, at) * (isCommon ? MORE_COMMON : 1);
}

/** How much dearer it is to look at a mark than at a third character. */
const COST_OF_LOOK = 15;

class Builder {
  /** By two characters: by the third, which list. */
  readonly #byPair = new Map<number, Uint16Array<ArrayBuffer>>();
  readonly #lists = new Lists();

  /**
   * Where the second of the characters stands that are waited for: two that are waited for anyway cost nothing more
   * than what the third lets through; others cost each time they stand in a text.
   */
  #offsetOf(mark: Mark): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let at = 1; at < mark.fixed; at += 1) {
      const pair = pairCommonness(mark, at);
      const third = at + 1 < mark.fixed ? most(mark, at + 1) : 1;
      const cost = (this.#isWaitedFor(mark, at) ? 0 : pair) + pair * third * COST_OF_LOOK;
      if (cost < least) [best, least] = [at, cost];
    }
    return best;
  }

  #isWaitedFor(mark: Mark, at: number): boolean {
    return codesOf(mark, at - 1).every((first) =>
      codesOf(mark, at).every((second) => this.#byPair.has((first << CLASS_BITS) | second)),
    );
  }

  add(mark: Mark): void {
    const offset = this.#offsetOf(mark);
    mark.offset = offset;
    const firsts = offset === 0 ? EVERY : codesOf(mark, offset - 1);
    const seconds = codesOf(mark, offset);
    const thirds = offset + 1 < mark.fixed ? codesOf(mark, offset + 1) : EVERY;
    const number = this.#lists.numberOf(mark);
    for (const first of firsts) {
      for (const second of seconds) {
        const row = this.#rowOf((first << CLASS_BITS) | second);
        for (const third of thirds) row[third] = this.#lists.with(row[third] as number, number);
      }
    }
  }

  #rowOf(pair: number): Uint16Array<ArrayBuffer> {
    const known = this.#byPair.get(pair);
    if (known !== undefined) return known;
    const row = new Uint16Array(CLASSES);
    this.#byPair.set(pair, row);
    return row;
  }

  finish(): Omit<Triggers, 'wordStarts'> {
    const pairs = new Uint16Array(CLASSES * CLASSES);
    const rows = [new Uint16Array(CLASSES)];
    const known = new Map<string, number>();
    for (const [pair, row] of this.#byPair) {
      const key = String.fromCharCode(...row);
      const index = known.get(key) ?? rows.push(row) - 1;
      known.set(key, index);
      pairs[pair] = index;
    }
    if (rows.length > LIST) throw new Error('too many marks for the tables');
    const thirds = new Uint16Array(rows.length * CLASSES);
    rows.forEach((row, index) => {
      thirds.set(row, index * CLASSES);
    });
    const lists = this.#lists.all;
    return { pairs, thirds, lists, before: kindsAt(lists, -2), after: kindsAt(lists, 2) };
  }
}

/** Which kinds of character stand so far from the one that a mark is waited for at. */
function kindsAt(lists: readonly (readonly Mark[])[], distance: number): Uint32Array {
  const kindsOf = ({ text, fixed, offset }: Mark) => {
    const at = offset + distance;
    return at < 0 || at >= fixed ? ANY_KIND : 1 << (KIND_OF[text.charCodeAt(at)] as number);
  };
  return Uint32Array.from(lists, (marks) => marks.reduce((kinds, mark) => kinds | kindsOf(mark), 0));
}

function flag(pairs: Uint16Array, firsts: readonly number[], seconds: readonly number[], bit: number): void {
  for (const first of firsts) {
    for (const second of seconds) {
      const pair = (first << CLASS_BITS) | second;
      pairs[pair] = (pairs[pair] as number) | bit;
    }
  }
}

export function triggersOf(marks: readonly Mark[]): Triggers {
  const builder = new Builder();
  const others = marks.filter((mark) => !isOfWordStarts(mark));
  // Those that leave no choice come first: the others find their two characters waited for.
  for (const mark of others.toSorted((one, other) => one.fixed - other.fixed)) builder.add(mark);
  const triggers = builder.finish();
  const { pairs } = triggers;
  flag(pairs, OTHERS, DIGITS, STARTS_NUMBER);
  flag(pairs, EVERY, [58, 61, 62], ASSIGNS);
  flag(pairs, [91], LETTERS, STARTS_LABEL);
  flag(pairs, NO_LETTERS, LETTERS, STARTS_WORD);
  flag(pairs, LETTERS.filter(isLower), LETTERS.filter(isUpper), STARTS_WORD);
  return { ...triggers, wordStarts: wordStartsOf(marks.filter(isOfWordStarts)) };
}
