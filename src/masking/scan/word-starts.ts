// Which six characters at the start of a word tell that a mark may stand there, whatever their case.
import { isLetter } from './alphabet.ts';
import { KIND_BITS, KIND_OF, KINDS, NEITHER } from './codes.ts';
import { Lists } from './mark-lists.ts';
import type { Mark } from './marks.ts';

const WIDTH = 1 << KIND_BITS;
const PREFIX = 4;
/** A bit for each. */
export const ANY_KIND = -1;

const EVERY = Array.from({ length: KINDS }, (_, index) => index);

export interface WordStarts {
  /** By three characters: a row of fourths. */
  readonly threes: Uint16Array;
  /** By row and fourth character: which list of marks. 0 for none. */
  readonly fourths: Uint16Array;
  /** By that list and the fifth character: which list, of those of them that go on like this. */
  readonly fifths: Uint16Array;
  readonly lists: readonly (readonly Mark[])[];
  /** By list: the kinds of character that the sixth is of, a bit each. */
  readonly sixths: Uint32Array;
}

/** Short ones in capitals are rarer where they stand than where words begin with them whatever their case. */
const LEAST_EXACT = 4;

/** Whether a mark is looked for at the start of words: any that stands only there. */
export function isOfWordStarts({ text, exact, wordStart }: Mark): boolean {
  return wordStart && (!exact || text.length >= LEAST_EXACT) && isLetter(text.charCodeAt(0));
}

const isPhrase = ({ detector }: Mark): boolean => detector < 0;

/** A blank in a phrase may be one mark or nothing. */
function spellings(mark: Mark): readonly string[] {
  const blank = mark.text.indexOf(' ');
  if (!isPhrase(mark) || blank === -1 || blank >= PREFIX) return [mark.text];
  return [mark.text, mark.text.replace(' ', '')];
}

function kindAt(text: string, at: number): number {
  return KIND_OF[text.charCodeAt(at)] as number;
}

function kindsAt(text: string, at: number): readonly number[] {
  return at < text.length ? [kindAt(text, at)] : EVERY;
}

/** The kinds that a character further on may be of, a bit each. */
function bitsAt(mark: Mark, text: string, at: number): number {
  if (at >= text.length) return ANY_KIND;
  if (!isPhrase(mark) || !text.slice(PREFIX, at + 1).includes(' ')) return 1 << kindAt(text, at);
  return text[at] === ' ' && at + 1 < text.length ? (1 << NEITHER) | (1 << kindAt(text, at + 1)) : ANY_KIND;
}

class Builder {
  readonly threes = new Uint16Array(WIDTH * WIDTH * WIDTH);
  readonly #lists = new Lists();
  /** By mark: the kinds that its fifth and sixth characters may be of, a bit each. */
  readonly #fifths: number[] = [];
  readonly #sixths = new Map<Mark, number>();
  readonly #rows = [new Uint16Array(WIDTH)];

  add(mark: Mark): void {
    const number = this.#lists.numberOf(mark);
    for (const text of spellings(mark)) {
      this.#fifths[number] = (this.#fifths[number] ?? 0) | bitsAt(mark, text, PREFIX);
      this.#sixths.set(mark, (this.#sixths.get(mark) ?? 0) | bitsAt(mark, text, PREFIX + 1));
      const fourths = kindsAt(text, 3);
      for (const row of this.#rowsOf(text))
        for (const fourth of fourths) row[fourth] = this.#lists.with(row[fourth] as number, number);
    }
  }

  #rowOf(three: number): Uint16Array {
    if (this.threes[three] === 0) this.threes[three] = this.#rows.push(new Uint16Array(WIDTH)) - 1;
    return this.#rows[this.threes[three] as number] as Uint16Array;
  }

  #rowsOf(text: string): Uint16Array[] {
    const rows: Uint16Array[] = [];
    for (const first of kindsAt(text, 0))
      for (const second of kindsAt(text, 1))
        for (const third of kindsAt(text, 2))
          rows.push(this.#rowOf((first << (2 * KIND_BITS)) | (second << KIND_BITS) | third));
    return rows;
  }

  #fifthsOfAll(): Uint16Array {
    const many = this.#lists.all.length;
    const fifths = new Uint16Array(many * WIDTH);
    for (let list = 1; list < many; list += 1) {
      for (const kind of EVERY) {
        const goesOn = (mark: number) => (((this.#fifths[mark] as number) >>> kind) & 1) === 1;
        fifths[list * WIDTH + kind] = this.#lists.narrowed(list, goesOn);
      }
    }
    return fifths;
  }

  finish(): WordStarts {
    const rows = this.#rows;
    if (rows.length > 0xffff) throw new Error('too many words for the tables');
    const fourths = new Uint16Array(rows.length * WIDTH);
    rows.forEach((row, index) => {
      fourths.set(row, index * WIDTH);
    });
    const fifths = this.#fifthsOfAll();
    const lists = this.#lists.all;
    const sixths = Uint32Array.from(lists, (marks) =>
      marks.reduce((kinds, mark) => kinds | (this.#sixths.get(mark) as number), 0),
    );
    return { threes: this.threes, fourths, fifths, lists, sixths };
  }
}

export function wordStartsOf(marks: readonly Mark[]): WordStarts {
  const builder = new Builder();
  for (const mark of marks) builder.add(mark);
  return builder.finish();
}
