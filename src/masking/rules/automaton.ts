// Runs a pattern over a text: one look into a table for each character, and no character twice in one attempt.
import { type Classes, END, isSo, OTHER, type Side } from './classes.ts';
import type { Program, Take } from './program.ts';

/** No match is longer, so that no attempt is. */
const LONGEST_MATCH = 512;

/** What a pattern that passed the check never needs; others start anew then. */
const MOST_STATES = 4096;
const SIDES: readonly Side[] = [0, 1, 2, 3];
const DEAD = 0;
const UNKNOWN = -1;
/** As many as most patterns tell apart. */
const FIRST_CLASSES = 8;

interface State {
  /** The steps it may be at, the preferred one first, before it is known what comes next. */
  readonly threads: readonly number[];
  readonly before: Side;
}

/** Every way on from `threads` to a step that takes a character, in order. What comes after an end is not wanted. */
function follow(
  { steps }: Program,
  threads: readonly number[],
  before: Side,
  after: Side,
): { readonly takers: readonly Take[]; readonly done: boolean } {
  const takers: Take[] = [];
  const seen = new Set<number>();
  const waiting = [...threads].reverse();
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const step = steps[at];
    if (step === undefined || seen.has(at)) continue;
    seen.add(at);
    if (step.op === 'done') return { takers, done: true };
    if (step.op === 'take') takers.push(step);
    else if (step.op === 'fork') waiting.push(step.second, step.first);
    else if (isSo(step.place, before, after)) waiting.push(step.next);
  }
  return { takers, done: false };
}

/**
 * Finds what a backtracking engine would find, the preferred way first, by following all ways at once. States are
 * made when they are first needed.
 */
export class Automaton {
  readonly classes: Classes;
  readonly #program: Program;
  #states: State[] = [];
  /** By state: for each class, twice the next state, and one more where a match ends before that character. */
  #next: Int32Array[] = [];
  #byKey = new Map<string, number>();
  #starts: number[] = [];

  constructor(program: Program, classes: Classes) {
    this.#program = program;
    this.classes = classes;
    this.#begin();
  }

  /** Where a match that begins at `at` ends; -1 where none does. */
  matchAt(text: string, at: number): number {
    if (this.#states.length > MOST_STATES) this.#begin();
    const { classes } = this;
    let state = this.#starts[classes.sideBefore(text, at)] as number;
    let end = -1;
    for (let here = at; ; ) {
      let cls = END;
      let wide = false;
      if (here < text.length) {
        const unit = text.charCodeAt(here);
        const code = unit < 0xd800 ? unit : (text.codePointAt(here) as number);
        wide = code > 0xffff;
        cls = classes.of(code);
      }
      const known = (this.#next[state] as Int32Array)[cls];
      const step = known === undefined || known === UNKNOWN ? this.#step(state, cls) : known;
      if ((step & 1) === 1) end = here;
      state = step >> 1;
      if (state === DEAD || here - at >= LONGEST_MATCH) return end;
      here += wide ? 2 : 1;
    }
  }

  /** Whether a match can begin with a character of that class. */
  canBegin(cls: number): boolean {
    return this.#starts.some((start) => this.#step(start, cls) >> 1 !== DEAD);
  }

  /** Makes every state there is; false where there are more than `most`. */
  complete(most: number): boolean {
    for (let state = 0; state < this.#states.length; state += 1) {
      if (this.#states.length > most) return false;
      for (let cls = 0; cls < this.classes.all.length; cls += 1) this.#step(state, cls);
    }
    return this.#states.length <= most;
  }

  #begin(): void {
    this.#states = [];
    this.#next = [];
    this.#byKey = new Map();
    this.#intern([], OTHER);
    this.#starts = SIDES.map((side) =>
      this.#intern([this.#program.start], this.#program.looks ? side : OTHER),
    );
  }

  #step(state: number, cls: number): number {
    let row = this.#next[state] as Int32Array;
    if (cls >= row.length) {
      // Classes are found while texts are read, so rows grow.
      const longer = new Int32Array(Math.max(cls + 1, row.length * 2)).fill(UNKNOWN);
      longer.set(row);
      row = longer;
      this.#next[state] = row;
    }
    const known = row[cls] as number;
    if (known !== UNKNOWN) return known;
    const made = this.#make(state, cls);
    row[cls] = made;
    return made;
  }

  #make(from: number, cls: number): number {
    const { threads, before } = this.#states[from] as State;
    const { side, takes } = this.classes.all[cls] as { side: Side; takes: readonly boolean[] };
    const { takers, done } = follow(this.#program, threads, before, side);
    const after = new Set<number>();
    for (const { atom, next } of takers) if (takes[atom] === true) after.add(next);
    return this.#intern([...after], after.size === 0 ? OTHER : side) * 2 + (done ? 1 : 0);
  }

  #intern(threads: readonly number[], before: Side): number {
    const key = `${before}:${threads.join()}`;
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, this.#states.length);
    this.#next.push(new Int32Array(FIRST_CLASSES).fill(UNKNOWN));
    return this.#states.push({ threads, before }) - 1;
  }
}
