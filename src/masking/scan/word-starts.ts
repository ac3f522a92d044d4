// Which four characters at the start of a word tell that a mark may stand there, whatever their case.
import { isDigit, isLetter } from './alphabet.ts';
import type { Mark } from './marks.ts';

const BITS = 5;
const WIDTH = 1 << BITS;
/** What is no letter and no digit. */
const NEITHER = 0;
const SOME_DIGIT = 27;
const CLASSES = 28;
const PREFIX = 4;

const CLASS_OF = new Uint8Array(128);
for (let code = 0; code < 128; code += 1) {
  if (isLetter(code)) CLASS_OF[code] = (code | 32) - 96;
  else if (isDigit(code)) CLASS_OF[code] = SOME_DIGIT;
}

function classOf(code: number): number {
  return code < 128 ? (CLASS_OF[code] as number) : NEITHER;
}

/** A blank in a phrase may be one mark or nothing. */
function spellings(mark: Mark): readonly string[] {
  const blank = mark.text.indexOf(' ');
  if (mark.detector >= 0 || blank === -1 || blank >= PREFIX) return [mark.text];
  return [mark.text, mark.text.replace(' ', '')];
}

/** The classes that each of the four characters may have. */
function classesOf(text: string): readonly (readonly number[])[] {
  const every = Array.from({ length: CLASSES }, (_, index) => index);
  return Array.from({ length: PREFIX }, (_, at) =>
    at < text.length ? [classOf(text.charCodeAt(at))] : every,
  );
}

export class WordStarts {
  /** By three characters: a row of fourths. */
  readonly #threes = new Uint16Array(WIDTH * WIDTH * WIDTH);
  readonly #fourths: Uint16Array;
  readonly #lists: readonly (readonly Mark[])[];

  constructor(marks: readonly Mark[]) {
    const lists: Mark[][] = [[]];
    const rows: Uint16Array[] = [new Uint16Array(WIDTH)];
    const listOf = new Map<number, Map<number, number>>();
    /** Each list is the one before it and one mark more: so that no list is copied for each of many places. */
    const extended = (list: number, index: number, mark: Mark) => {
      const byMark = listOf.get(list) ?? new Map<number, number>();
      listOf.set(list, byMark);
      const known = byMark.get(index) ?? lists.push([...(lists[list] as Mark[]), mark]) - 1;
      byMark.set(index, known);
      return known;
    };
    marks.forEach((mark, index) => {
      for (const text of spellings(mark)) {
        const [firsts, seconds, thirds, fourths] = classesOf(text) as [
          number[],
          number[],
          number[],
          number[],
        ];
        for (const first of firsts) {
          for (const second of seconds) {
            for (const third of thirds) {
              const three = (first << (2 * BITS)) | (second << BITS) | third;
              if (this.#threes[three] === 0) this.#threes[three] = rows.push(new Uint16Array(WIDTH)) - 1;
              const row = rows[this.#threes[three] as number] as Uint16Array;
              for (const fourth of fourths) row[fourth] = extended(row[fourth] as number, index, mark);
            }
          }
        }
      }
    });
    if (rows.length > 0xffff || lists.length > 0xffff) throw new Error('too many words for the tables');
    this.#fourths = new Uint16Array(rows.length * WIDTH);
    rows.forEach((row, index) => {
      this.#fourths.set(row, index * WIDTH);
    });
    this.#lists = lists;
  }

  /** The marks that may stand at the word that begins at `at`; undefined where there is none. */
  at(text: string, at: number): readonly Mark[] | undefined {
    // What lies beyond the text has no code: asking for it would make every answer slower.
    const padded = at + PREFIX > text.length ? `${text.slice(at)}\n\n\n` : text;
    const from = padded === text ? at : 0;
    const three =
      (classOf(padded.charCodeAt(from)) << (2 * BITS)) |
      (classOf(padded.charCodeAt(from + 1)) << BITS) |
      classOf(padded.charCodeAt(from + 2));
    const row = this.#threes[three] as number;
    if (row === 0) return undefined;
    const list = this.#fourths[(row << BITS) | classOf(padded.charCodeAt(from + 3))] as number;
    return list === 0 ? undefined : this.#lists[list];
  }
}

/** Whether a mark is looked for at the start of words: any that stands only there, in any case. */
export function isOfWordStarts({ text, exact, wordStart }: Mark): boolean {
  return wordStart && !exact && isLetter(text.charCodeAt(0));
}
