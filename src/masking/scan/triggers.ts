// Which two characters, and which third after them, tell that a mark may stand there: the tables of the one pass.
import { isDigit, isLetter, isLower, isUpper } from './alphabet.ts';
import type { Mark } from './marks.ts';
import { isOfWordStarts, WordStarts } from './word-starts.ts';

/** ASCII as it is, and one class for all else. */
const CLASSES = 128;
export const NOT_ASCII = 127;
export const CLASS_BITS = 7;

/** Beside the number of a list, these say what else is to be done at two characters. */
export const STARTS_NUMBER = 0x8000;
export const ASSIGNS = 0x4000;
export const STARTS_LABEL = 0x2000;
export const STARTS_WORD = 0x1000;
export const LIST = 0x0fff;

export interface Triggers {
  /** By two characters: flags, and a row of `thirds`. */
  readonly pairs: Uint16Array;
  /** By row and third character: which list of marks. 0 for none. */
  readonly thirds: Uint16Array;
  readonly lists: readonly (readonly Mark[])[];
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
  readonly #byPair = new Map<number, Map<number, Mark[]>>();

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
    const thirds = offset + 1 < mark.fixed ? codesOf(mark, offset + 1) : EVERY;
    for (const first of firsts) {
      for (const second of codesOf(mark, offset)) {
        const pair = (first << CLASS_BITS) | second;
        const row = this.#byPair.get(pair) ?? new Map<number, Mark[]>();
        this.#byPair.set(pair, row);
        for (const third of thirds) row.set(third, [...(row.get(third) ?? []), mark]);
      }
    }
  }

  finish(numbers: ReadonlyMap<Mark, number>): Omit<Triggers, 'wordStarts'> {
    const pairs = new Uint16Array(CLASSES * CLASSES);
    const lists: (readonly Mark[])[] = [[]];
    const known = new Map<string, number>();
    const rows: Uint16Array[] = [new Uint16Array(CLASSES)];
    const rowsKnown = new Map<string, number>();
    const listOf = (marks: readonly Mark[]) => {
      const key = marks.map((mark) => numbers.get(mark)).join();
      const index = known.get(key) ?? lists.push(marks) - 1;
      known.set(key, index);
      return index;
    };
    for (const [pair, row] of this.#byPair) {
      const line = new Uint16Array(CLASSES);
      for (const [third, marks] of row) line[third] = listOf(marks);
      const key = line.join();
      const index = rowsKnown.get(key) ?? rows.push(line) - 1;
      rowsKnown.set(key, index);
      pairs[pair] = index;
    }
    if (rows.length > LIST || lists.length > 0xffff) throw new Error('too many marks for the tables');
    const thirds = new Uint16Array(rows.length * CLASSES);
    rows.forEach((row, index) => {
      thirds.set(row, index * CLASSES);
    });
    return { pairs, thirds, lists };
  }
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
  const triggers = builder.finish(new Map(others.map((mark, index) => [mark, index])));
  const { pairs } = triggers;
  flag(pairs, OTHERS, DIGITS, STARTS_NUMBER);
  flag(pairs, EVERY, [58, 61, 62], ASSIGNS);
  flag(pairs, [91], LETTERS, STARTS_LABEL);
  flag(pairs, NO_LETTERS, LETTERS, STARTS_WORD);
  flag(pairs, LETTERS.filter(isLower), LETTERS.filter(isUpper), STARTS_WORD);
  return { ...triggers, wordStarts: new WordStarts(marks.filter(isOfWordStarts)) };
}
