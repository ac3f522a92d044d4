// Which two characters, and which third after them, tell that a mark may stand there: the tables of the one pass.
import { isDigit, isLetter, isUpper } from './alphabet.ts';
import type { Mark } from './marks.ts';

/** ASCII as it is, and one class for all else. */
export const CLASSES = 128;
export const NOT_ASCII = 127;
export const CLASS_BITS = 7;

/** Beside the number of a list, these say what else is to be done at two characters. */
export const STARTS_NUMBER = 0x8000;
export const ASSIGNS = 0x4000;
export const STARTS_LABEL = 0x2000;
export const LIST = 0x1fff;

export interface Triggers {
  /** By two characters: flags, and a row of `thirds`. */
  readonly pairs: Uint16Array;
  /** By row and third character: which list of marks. 0 for none. */
  readonly thirds: Uint16Array;
  readonly lists: readonly (readonly Mark[])[];
}

const EVERY = Array.from({ length: CLASSES }, (_, index) => index);
const DIGITS = EVERY.filter(isDigit);
const LETTERS = EVERY.filter(isLetter);
const OTHERS = EVERY.filter((code) => !isDigit(code));

/** How common each letter is, in text and in what machines write: the one before is about that much more so. */
const BY_COMMONNESS = 'etaoinsrhldcumfpgwybvkxjqz';

function commonness(code: number): number {
  if (isUpper(code)) return commonness(code + 32) / 12;
  if (isLetter(code)) return 1000 / (1 + BY_COMMONNESS.indexOf(String.fromCharCode(code)) * 0.45);
  if (isDigit(code)) return 300;
  return ' ,":-./='.includes(String.fromCharCode(code)) ? 400 : 40;
}

/** The codes that a character of a mark stands for. */
function codesOf({ text, exact }: Mark, at: number): readonly number[] {
  const code = text.charCodeAt(at);
  if (code >= CLASSES) return [NOT_ASCII];
  if (exact || !isLetter(code)) return [code];
  return isUpper(code) ? [code, code + 32] : [code, code - 32];
}

function rarity(mark: Mark, at: number): number {
  return Math.max(...codesOf(mark, at).map(commonness));
}

/** Where the second of the characters stands that are waited for: the rarest in a row. */
function offsetOf(mark: Mark): number {
  const { text, fixed } = mark;
  let best = 1;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < fixed; at += 1) {
    const third = at + 1 < fixed ? rarity(mark, at + 1) : 1000;
    const here = rarity(mark, at - 1) * rarity(mark, at) * third;
    if (here < least) [best, least] = [at, here];
  }
  return text.length === 1 || fixed === 1 ? 0 : best;
}

class Builder {
  readonly #byPair = new Map<number, Map<number, Mark[]>>();

  add(mark: Mark): void {
    const offset = offsetOf(mark);
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

  finish(numbers: ReadonlyMap<Mark, number>): Triggers {
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
  for (const mark of marks) builder.add(mark);
  const triggers = builder.finish(new Map(marks.map((mark, index) => [mark, index])));
  flag(triggers.pairs, OTHERS, DIGITS, STARTS_NUMBER);
  flag(triggers.pairs, EVERY, [58, 61, 62], ASSIGNS);
  flag(triggers.pairs, [91], LETTERS, STARTS_LABEL);
  return triggers;
}
