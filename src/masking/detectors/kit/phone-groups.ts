// The groups of digits in a stretch, and one candidate among them.
import { isDigit } from '../../scan/alphabet.ts';
import { EN_DASH, plainMark } from '../../scan/separators.ts';

export const LEAST_DIGITS = 7;
/** Digits of an international number; `00` before it, or a zero within, comes on top. */
export const MOST = 15;
/** Groups of one number; a stretch may hold more. */
export const MOST_GROUPS = 7;
const MOST_READ = 40;
/** With what parts them. */
const LEAST_WITH_ZERO = 9;

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
    const code = plainMark(text.charCodeAt(at));
    if (code === BLANK) continue;
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
  return mark === BLANK || mark === APART || mark === OPEN || mark === EN_DASH;
}

/** Whether that many en dashes are within one number, and not from one to another: `555–123–4567`, `030–1234567`. */
function partsGroups(text: string, first: number, last: number, ens: number): boolean {
  const start = starts[first] as number;
  const prior = text.charCodeAt(start - 1);
  if (prior === PLUS || prior === OPEN) return true;
  if (ens > 1 && ens === last - first) return true;
  // Times of day and thousands begin with a zero too.
  if (text.charCodeAt(start) !== ZERO || text.charCodeAt(start + 1) === ZERO) return false;
  return (ends[last] as number) - start > LEAST_WITH_ZERO;
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
    let ens = 0;
    for (let index = first; index <= last; index += 1) {
      const length = (ends[index] as number) - (starts[index] as number);
      if (index > first && (before[index] === APART || (before[index] === OPEN && index > first + 1)))
        return false;
      if (length === 1) singles += 1;
      if (index > first && before[index] === EN_DASH) ens += 1;
      many += length;
      shape = shape * 16 + Math.min(length, 15);
    }
    if (singles > 2 || many < LEAST_DIGITS || many > MOST + 3) return false;
    if (ens > 0 && !partsGroups(text, first, last, ens)) return false;
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
    const mark = before[this.first + index + 1] as number;
    return mark === EN_DASH ? DASH : mark;
  }

  isUniform(from: number): boolean {
    for (let index = from + 1; index < this.groups - 1; index += 1) {
      if (this.after(index) !== this.after(from)) return false;
    }
    return true;
  }
}
