// Where the pass stops: most characters are let go here, by looking two, three and a few more of them up.
import { CLASS_OF, KIND_BITS, KIND_OF } from './codes.ts';
import { CLASS_BITS, LIST, OTHERS_TO_DO, STARTS_NUMBER, STARTS_WORD, type Triggers } from './triggers.ts';
import type { WordStarts } from './word-starts.ts';

const LINE_END = 10;

export class Stops {
  readonly #pairs: Uint16Array;
  readonly #thirds: Uint16Array;
  readonly #before: Uint32Array;
  readonly #after: Uint32Array;
  readonly #starts: WordStarts;
  /** What is to be done where it stopped: flags of the pair of characters, the number of a list, that of a word's list. */
  flags = 0;
  list = 0;
  words = 0;
  /** Up to there, numbers were read already. */
  numbersTo = 0;

  constructor({ pairs, thirds, before, after, wordStarts }: Triggers) {
    this.#pairs = pairs;
    this.#thirds = thirds;
    this.#before = before;
    this.#after = after;
    this.#starts = wordStarts;
  }

  /** From `from` on, the first place where something may be: `length` where nothing is. */
  next(codes: Uint16Array, from: number, length: number): number {
    // Nothing but this in the loop: it is run through for every character.
    const pairs = this.#pairs;
    let last = from === 0 ? LINE_END : (CLASS_OF[codes[from - 1] as number] as number);
    for (let at = from; at < length; at += 1) {
      const here = CLASS_OF[codes[at] as number] as number;
      const what = pairs[(last << CLASS_BITS) | here] as number;
      last = here;
      if (what !== 0 && this.#isStop(codes, at, what)) return at;
    }
    return length;
  }

  #isStop(codes: Uint16Array, at: number, what: number): boolean {
    const words = (what & STARTS_WORD) === 0 ? 0 : wordsAt(this.#starts, codes, at);
    const row = what & LIST;
    const list = row === 0 ? 0 : this.#listAt(codes, at, row);
    const flags = what & (at < this.numbersTo ? OTHERS_TO_DO & ~STARTS_NUMBER : OTHERS_TO_DO);
    this.flags = flags;
    this.words = words;
    this.list = list;
    return (flags | words | list) !== 0;
  }

  #listAt(codes: Uint16Array, at: number, row: number): number {
    const third = CLASS_OF[codes[at + 1] as number] as number;
    const list = this.#thirds[(row << CLASS_BITS) | third] as number;
    if (list === 0) return 0;
    const after = (this.#after[list] as number) >>> (KIND_OF[codes[at + 2] as number] as number);
    const before =
      at < 2 ? 1 : (this.#before[list] as number) >>> (KIND_OF[codes[at - 2] as number] as number);
    return (after & before & 1) === 0 ? 0 : list;
  }
}

function wordsAt({ threes, fourths, fifths, sixths }: WordStarts, codes: Uint16Array, at: number): number {
  const three =
    ((KIND_OF[codes[at] as number] as number) << (2 * KIND_BITS)) |
    ((KIND_OF[codes[at + 1] as number] as number) << KIND_BITS) |
    (KIND_OF[codes[at + 2] as number] as number);
  const row = threes[three] as number;
  if (row === 0) return 0;
  const four = fourths[(row << KIND_BITS) | (KIND_OF[codes[at + 3] as number] as number)] as number;
  const words = fifths[(four << KIND_BITS) | (KIND_OF[codes[at + 4] as number] as number)] as number;
  // Of a list's words, one goes on like this.
  return (((sixths[words] as number) >>> (KIND_OF[codes[at + 5] as number] as number)) & 1) === 0 ? 0 : words;
}
