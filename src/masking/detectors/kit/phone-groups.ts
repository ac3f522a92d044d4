// The groups of digits in a stretch, and one candidate among them.
import { isDigit } from '../../scan/alphabet.ts';

export const LEAST_DIGITS = 7;
/** Digits of an international number; `00` before it, or a zero within, comes on top. */
export const MOST = 15;
/** Groups of one number; a stretch may hold more. */
export const MOST_GROUPS = 7;
const MOST_READ = 40;

export const BLANK = 32;
export const OPEN = 40;
export const CLOSE = 41;
export const PLUS = 43;
export const COMMA = 44;
export const DASH = 45;
export const DOT = 46;
export const SLASH = 47;
export const ZERO = 48;
/** Between groups that are two numbers: blanks on both sides of a mark, or a full stop. */
const APART = 1;

export const starts = new Int32Array(MOST_READ);
export const ends = new Int32Array(MOST_READ);
/** What stands before each group. */
export const before = new Int32Array(MOST_READ);

/** What stands between two groups, as one mark. */
function separator(text: string, from: number, to: number): number {
  let mark = BLANK;
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at);
    if (code === BLANK || code === 0xa0) continue;
    if (code === CLOSE) return CLOSE;
    if (mark !== BLANK && code !== OPEN) return APART;
    mark = code;
  }
  const length = to - from;
  if (mark === DOT && length > 1) return APART;
  if (length > 2 && mark !== BLANK && mark !== SLASH && mark !== OPEN) return APART;
  return mark === BLANK && length > 1 ? APART : mark;
}

export function readGroups(text: string, from: number, to: number): number {
  let groups = 0;
  let at = from;
  while (at < to && groups < MOST_READ) {
    const begun = at;
    while (at < to && isDigit(text.charCodeAt(at))) at += 1;
    starts[groups] = begun;
    ends[groups] = at;
    before[groups] = groups === 0 ? 0 : separator(text, ends[groups - 1] as number, begun);
    groups += 1;
    while (at < to && !isDigit(text.charCodeAt(at))) at += 1;
  }
  return groups;
}

/** Groups parted by these may be two numbers as well as one. */
export function isWeak(mark: number): boolean {
  return mark === BLANK || mark === APART || mark === OPEN;
}

/** One candidate: the groups from `first` to `last`. */
export class Candidate {
  text = '';
  first = 0;
  last = 0;
  #digits = '';
  shape = 0;
  /** How many digits. */
  length = 0;
  start = 0;
  end = 0;
  isOpened = false;

  /** False where its length rules it out. */
  set(text: string, first: number, last: number): boolean {
    let many = 0;
    let shape = 0;
    let singles = 0;
    for (let index = first; index <= last; index += 1) {
      const length = (ends[index] as number) - (starts[index] as number);
      if (index > first && (before[index] === APART || (before[index] === OPEN && index > first + 1)))
        return false;
      if (length === 1) singles += 1;
      many += length;
      shape = shape * 16 + Math.min(length, 15);
    }
    if (singles > 2 || many < LEAST_DIGITS || many > MOST + 3) return false;
    this.text = text;
    this.first = first;
    this.last = last;
    this.shape = shape;
    this.start = starts[first] as number;
    this.end = ends[last] as number;
    this.isOpened = text.charCodeAt(this.start - 1) === OPEN;
    this.#digits = '';
    this.length = many;
    return true;
  }

  /** Its digits alone: made only once something about it is promising. */
  get digits(): string {
    if (this.#digits === '') {
      for (let index = this.first; index <= this.last; index += 1) {
        this.#digits += this.text.slice(starts[index], ends[index]);
      }
    }
    return this.#digits;
  }

  /** The digit of that number in its first group. */
  digitAt(index: number): number {
    return this.text.charCodeAt(this.start + index);
  }

  get groups(): number {
    return this.last - this.first + 1;
  }

  /** The mark after the group of that number. */
  after(index: number): number {
    return before[this.first + index + 1] as number;
  }

  isUniform(from: number): boolean {
    for (let index = from + 1; index < this.groups - 1; index += 1) {
      if (this.after(index) !== this.after(from)) return false;
    }
    return true;
  }
}
