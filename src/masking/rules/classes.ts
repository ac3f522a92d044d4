// Characters that a pattern cannot tell apart are one class: tables are by class, not by character.
import type { Place } from './syntax.ts';

/** What a place between two characters is told by: what stands on either side of it. */
export const OTHER = 0;
const WORD = 1;
const BREAK = 2;
/** The text begins or ends. */
const EDGE = 3;
export type Side = 0 | 1 | 2 | 3;

export function isSo(place: Place, before: Side, after: Side): boolean {
  if (place === 'lineStart') return before >= BREAK;
  if (place === 'lineEnd') return after >= BREAK;
  return ((before === WORD) !== (after === WORD)) === (place === 'border');
}

export interface Class {
  readonly side: Side;
  /** By atom: whether it takes such a character. */
  readonly takes: readonly boolean[];
}

/** The class of the end of the text, which nothing takes. */
export const END = 0;

const MOST_REMEMBERED = 20_000;

export class Classes {
  readonly all: Class[];
  readonly #atoms: readonly RegExp[];
  readonly #word: RegExp;
  /** Whether any place is looked at; else what stands beside one makes no difference. */
  readonly #looks: boolean;
  readonly #byKey = new Map<string, number>();
  readonly #ascii: Uint16Array;
  readonly #beyond = new Map<number, number>();

  constructor(atoms: readonly string[], ignoreCase: boolean, looks: boolean) {
    const flags = ignoreCase ? 'iu' : 'u';
    // The runtime knows best what a class of characters holds; it is asked of one character at a time.
    this.#atoms = atoms.map((source) => new RegExp(`^(?:${source})$`, flags));
    this.#word = new RegExp('^\\w$', flags);
    this.#looks = looks;
    this.all = [{ side: looks ? EDGE : OTHER, takes: atoms.map(() => false) }];
    this.#ascii = Uint16Array.from({ length: 128 }, (_, code) => this.#find(code));
  }

  of(code: number): number {
    if (code < 128) return this.#ascii[code] as number;
    const known = this.#beyond.get(code);
    if (known !== undefined) return known;
    // A hostile text may hold every character there is.
    if (this.#beyond.size >= MOST_REMEMBERED) this.#beyond.clear();
    const found = this.#find(code);
    this.#beyond.set(code, found);
    return found;
  }

  sideBefore(text: string, at: number): Side {
    if (!this.#looks) return OTHER;
    if (at === 0) return EDGE;
    const unit = text.charCodeAt(at - 1);
    const trails = unit >= 0xdc00 && unit < 0xe000 && at > 1;
    const pair = trails ? (text.codePointAt(at - 2) as number) : 0;
    return this.all[this.of(pair > 0xffff ? pair : unit)]?.side ?? OTHER;
  }

  #find(code: number): number {
    const character = String.fromCodePoint(code);
    const takes = this.#atoms.map((atom) => atom.test(character));
    const side = this.#looks ? this.#sideOf(character) : OTHER;
    const key = `${side}${takes.map(Number).join('')}`;
    const known = this.#byKey.get(key) ?? this.all.push({ side, takes }) - 1;
    this.#byKey.set(key, known);
    return known;
  }

  #sideOf(character: string): Side {
    if ('\n\r\u2028\u2029'.includes(character)) return BREAK;
    return this.#word.test(character) ? WORD : OTHER;
  }
}
