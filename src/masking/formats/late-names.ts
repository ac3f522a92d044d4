// Values in JSON's text that a later member of their object may name: `{"value": "x", "name": "DB_PASSWORD"}`.
import type { Unnamed } from './walk.ts';

/** So far after the value's begin, its name is waited for. */
const FURTHEST = 65_536;
/** Lists and objects in one another that wait: each that is named is looked at again. */
const MOST_NESTED = 3;

export interface Late extends Unnamed {
  start: number;
  /** -1 as long as it goes on. */
  end: number;
  /** How many containers stand around it. */
  readonly level: number;
}

export class LateNames {
  readonly nested: number;
  /** By where they begin. */
  #waiting: Late[] = [];
  #opened = 0;

  /** `nested`: in how many that were named late the text stands. */
  constructor(nested: number) {
    this.nested = nested;
  }

  value(unnamed: Unnamed, level: number, start: number, end: number): void {
    this.#waiting.push({ ...unnamed, level, start, end });
  }

  open(unnamed: Unnamed, level: number, start: number): void {
    if (this.nested + this.#opened >= MOST_NESTED) return;
    this.#opened += 1;
    this.value(unnamed, level, start, -1);
  }

  /** A container at `level` ends, and what waits in it waits in vain. */
  close(level: number, end: number): void {
    while ((this.#waiting.at(-1)?.level ?? -1) > level) this.#waiting.pop();
    const last = this.#waiting.at(-1);
    if (last?.level !== level || last.end !== -1) return;
    last.end = end;
    this.#opened -= 1;
  }

  /** Those that a name at `at` speaks of; they wait no longer. */
  take(level: number, at: number): readonly Late[] {
    const taken: Late[] = [];
    while (this.#waiting.at(-1)?.level === level) taken.push(this.#waiting.pop() as Late);
    return taken.filter(({ start, end }) => end !== -1 && at - start <= FURTHEST).reverse();
  }

  /** From here on, what was read may change yet; `at` is how far that is. */
  heldFrom(at: number): number {
    const first = this.#waiting.find(({ start }) => at - start <= FURTHEST);
    return first?.start ?? at;
  }

  shift(length: number): void {
    for (const late of this.#waiting) {
      late.start -= length;
      if (late.end !== -1) late.end -= length;
    }
  }
}
