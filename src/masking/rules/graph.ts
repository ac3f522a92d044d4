// A pattern as a graph of the characters it takes: what can follow what, in how many ways. What ambiguity is looked for in.
import { Classes, isSo, OTHER, type Side } from './classes.ts';
import type { Program, Take } from './program.ts';

/** How many ways lead there: two stands for more. */
export type Ways = ReadonlyMap<number, number>;

/** A node is a character that is taken, together with what kind it was: `state * 4 + side`. */
export const stateOf = (node: number): number => node >> 2;
const sideOf = (node: number): Side => (node & 3) as Side;

export interface Edge {
  readonly to: number;
  readonly ways: number;
}

const DONE = -1;

/** Whole pairs first: what two escapes write between them is one character. */
const ESCAPED = /\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})|\\u\{?([\da-f]{4,6})\}?/giu;

function namedIn(atom: string): readonly number[] {
  const written = [...atom].map((character) => character.codePointAt(0) as number);
  const escaped = [...atom.matchAll(ESCAPED)].map(([, lead, trail, one]) => {
    if (one !== undefined) return Number.parseInt(one, 16);
    const units = [lead, trail].map((unit) => Number.parseInt(unit as string, 16));
    return String.fromCharCode(...units).codePointAt(0) as number;
  });
  return [...written, ...escaped];
}

/** Of ranges of characters, from the first up to the last, every so many. */
const EVERY = [
  [0, 0x250, 1],
  [0x250, 0x10000, 97],
  [0x1f000, 0x1fb00, 31],
  [0x10000, 0x110000, 4001],
] as const;

/** Characters that tell all classes apart but those that nobody writes. */
function sampleOf(atoms: readonly string[]): Iterable<number> {
  const codes = new Set<number>([0x2028, 0x2029, 0x212a]);
  for (const [from, end, step] of EVERY) for (let code = from; code < end; code += step) codes.add(code);
  for (const code of atoms.flatMap(namedIn)) {
    for (const near of [code - 1, code, code + 1]) if (near >= 0 && near < 0x110000) codes.add(near);
  }
  return codes;
}

export function sampledClasses(program: Program, ignoreCase: boolean): Classes {
  const classes = new Classes(program.atoms, ignoreCase, program.looks);
  for (const code of sampleOf(program.atoms)) classes.of(code);
  return classes;
}

/** Only of patterns in which no repetition repeats nothing: else there would be ways without end. */
export class Graph {
  readonly takes: readonly Take[];
  /** The text before a match, where one may begin anywhere: takes whatever comes. */
  readonly anywhere: number;
  /** Every kind of character, for edges. The end of the text takes part in none. */
  readonly classes: readonly { readonly side: Side; readonly takes: readonly boolean[] }[];
  readonly #program: Program;
  readonly #numbers = new Map<number, number>();
  readonly #edges = new Map<number, readonly Edge[]>();
  readonly #ways = new Map<string, Ways>();

  constructor(program: Program, classes: Classes) {
    this.#program = program;
    this.classes = classes.all.slice(1);
    const takes: Take[] = [];
    program.steps.forEach((step, at) => {
      if (step.op === 'take') this.#numbers.set(at, takes.push(step) - 1);
    });
    this.takes = takes;
    this.anywhere = takes.length;
  }

  /** Where it goes on from a node with characters of a class. */
  edges(node: number, cls: number): readonly Edge[] {
    const key = node * this.classes.length + cls;
    const known = this.#edges.get(key) ?? this.#findEdges(node, cls);
    this.#edges.set(key, known);
    return known;
  }

  #findEdges(node: number, cls: number): readonly Edge[] {
    const { side, takes } = this.classes[cls] as { side: Side; takes: readonly boolean[] };
    const edges: Edge[] = [];
    for (const [state, ways] of this.#waysFrom(node, side)) {
      if (state !== DONE && takes[(this.takes[state] as Take).atom] === true)
        edges.push({ to: state * 4 + side, ways });
    }
    if (stateOf(node) === this.anywhere) edges.push({ to: this.anywhere * 4 + side, ways: 1 });
    return edges;
  }

  successors(node: number): readonly number[] {
    const all = new Set<number>();
    for (let cls = 0; cls < this.classes.length; cls += 1) {
      for (const { to } of this.edges(node, cls)) all.add(to);
    }
    return [...all];
  }

  /** Whether a match may end there, whatever comes. */
  mayEnd(node: number): boolean {
    const sides: readonly Side[] = this.#program.looks ? [0, 1, 2, 3] : [OTHER];
    return sides.every((side) => this.#waysFrom(node, side).has(DONE));
  }

  #waysFrom(node: number, side: Side): Ways {
    const take = this.takes[stateOf(node)];
    return this.#waysAt(take === undefined ? this.#program.start : take.next, sideOf(node), side);
  }

  #waysAt(at: number, before: Side, after: Side): Ways {
    const key = `${at} ${before} ${after}`;
    const known = this.#ways.get(key) ?? this.#findWays(at, before, after);
    this.#ways.set(key, known);
    return known;
  }

  #findWays(at: number, before: Side, after: Side): Ways {
    const step = this.#program.steps[at];
    if (step === undefined || step.op === 'done') return new Map([[DONE, 1]]);
    if (step.op === 'take') return new Map([[this.#numbers.get(at) as number, 1]]);
    if (step.op === 'look') {
      return isSo(step.place, before, after) ? this.#waysAt(step.next, before, after) : new Map();
    }
    const ways = new Map(this.#waysAt(step.first, before, after));
    for (const [state, more] of this.#waysAt(step.second, before, after)) {
      ways.set(state, Math.min(2, (ways.get(state) ?? 0) + more));
    }
    return ways;
  }
}
