// In how many ways a pattern can read one text: what an engine that goes back would take its time by.
import { type Components, componentsOf } from './components.ts';
import { type Graph, stateOf } from './graph.ts';

/** What two of its repetitions can both read. The first is empty where it is the text before the match. */
export interface Shared {
  readonly first: string;
  readonly second: string;
}

export type Ambiguity =
  | { readonly kind: 'none' }
  /** The number of ways doubles with each character. */
  | { readonly kind: 'exponential'; readonly loop: string }
  /** The number of ways grows with that power of the text's length, beside the text's length itself. */
  | { readonly kind: 'polynomial'; readonly power: number; readonly shared: Shared }
  /** Too large to be looked through. */
  | { readonly kind: 'large' };

const NONE: Ambiguity = { kind: 'none' };
const LARGE: Ambiguity = { kind: 'large' };
/** Of one node: where there are that many, the pattern is a list of what should be one class. */
const MOST_EDGES = 20_000;

function loopsOf(graph: Graph, anywhere: boolean): Components | undefined {
  // Whatever can follow anything is found from the beginning; each beginning has another side before it.
  const roots = [0, 1, 2, 3].map((side) => graph.anywhere * 4 + side);
  const found = componentsOf(roots, (node) => graph.successors(node));
  if (found === undefined || anywhere) return found;
  const before = new Set(roots.map((root) => found.of.get(root)));
  return { of: found.of, cyclic: new Set([...found.cyclic].filter((one) => !before.has(one))) };
}

function membersOf({ of, cyclic }: Components): ReadonlyMap<number, readonly number[]> {
  const members = new Map<number, number[]>([...cyclic].map((one) => [one, []]));
  for (const [node, component] of of) members.get(component)?.push(node);
  return members;
}

const loopOf = (graph: Graph, node: number): string => graph.takes[stateOf(node)]?.loop ?? '';

/** Two ways around that read the same: then twice around there are four. */
function doublesIn(
  graph: Graph,
  { of }: Components,
  nodes: readonly number[],
): string | undefined | typeof LARGE {
  const size = (graph.anywhere + 1) * 4;
  const home = of.get(nodes[0] as number);
  const inside = (node: number, cls: number) =>
    graph.edges(node, cls).filter(({ to }) => of.get(to) === home);
  for (const node of nodes) {
    for (let cls = 0; cls < graph.classes.length; cls += 1) {
      if (inside(node, cls).some(({ ways }) => ways > 1)) return loopOf(graph, node);
    }
  }
  const pairs = componentsOf(
    nodes.map((node) => node * size + node),
    (pair) => {
      const [one, other] = [Math.floor(pair / size), pair % size];
      const next = new Set<number>();
      for (let cls = 0; cls < graph.classes.length; cls += 1) {
        const [ones, others] = [inside(one, cls), inside(other, cls)];
        if (ones.length * others.length > MOST_EDGES) return undefined;
        for (const { to } of ones) for (const second of others) next.add(to * size + second.to);
      }
      return [...next];
    },
  );
  if (pairs === undefined) return LARGE;
  const apart = new Set<number>();
  for (const [pair, component] of pairs.of) if (Math.floor(pair / size) !== pair % size) apart.add(component);
  const found = nodes.find((node) => apart.has(pairs.of.get(node * size + node) as number));
  return found === undefined ? undefined : loopOf(graph, found);
}

/** Whether what the first loop reads can also lead from it to the second, which reads it as well. */
function shares(
  graph: Graph,
  { of }: Components,
  first: readonly number[],
  second: readonly number[],
): boolean | undefined {
  const size = (graph.anywhere + 1) * 4;
  const [home, there] = [of.get(first[0] as number), of.get(second[0] as number)];
  const code = (one: number, way: number, other: number) => (one * size + way) * size + other;
  const ends: (readonly [number, number])[] = [];
  const roots = first.flatMap((one) => second.map((other) => code(one, one, other)));
  const triples = componentsOf(roots, (triple) => {
    const other = triple % size;
    const way = Math.floor(triple / size) % size;
    const one = Math.floor(triple / size / size);
    const next = new Set<number>();
    if (way === other) {
      const again = code(one, one, other);
      ends.push([triple, again]);
      next.add(again);
    }
    for (let cls = 0; cls < graph.classes.length; cls += 1) {
      const ones = graph.edges(one, cls).filter(({ to }) => of.get(to) === home);
      const others =
        ones.length === 0 ? [] : graph.edges(other, cls).filter(({ to }) => of.get(to) === there);
      if (others.length === 0) continue;
      const ways = graph.edges(way, cls);
      if (ones.length * ways.length * others.length > MOST_EDGES) return undefined;
      for (const { to: a } of ones) {
        for (const { to: x } of ways) for (const { to: b } of others) next.add(code(a, x, b));
      }
    }
    return [...next];
  });
  if (triples === undefined) return undefined;
  return ends.some(([from, to]) => triples.of.get(from) === triples.of.get(to));
}

/** Whether an attempt that has come there finds something soon, however it goes on: nothing is read for nothing. */
function endsAllTheTime(graph: Graph, { of }: Components, nodes: readonly number[]): boolean {
  const home = of.get(nodes[0] as number);
  const open = (node: number) => of.get(node) === home && !graph.mayEnd(node);
  const rest = componentsOf(nodes.filter(open), (node) => graph.successors(node).filter(open));
  return rest !== undefined && rest.cyclic.size === 0;
}

/** Of a relaxed pattern, too: there only the first question is asked. */
export function exponentialIn(graph: Graph): Ambiguity {
  const loops = loopsOf(graph, false);
  if (loops === undefined) return LARGE;
  for (const nodes of membersOf(loops).values()) {
    const found = doublesIn(graph, loops, nodes);
    if (typeof found === 'string') return { kind: 'exponential', loop: found };
    if (found !== undefined) return found;
  }
  return NONE;
}

function sharedOf(graph: Graph, first: readonly number[], second: readonly number[]): Shared {
  return { first: loopOf(graph, first[0] as number), second: loopOf(graph, second[0] as number) };
}

/** `anywhere`: a match may begin at each character; else the pattern must match the whole. */
export function polynomialIn(graph: Graph, anywhere: boolean): Ambiguity {
  const loops = loopsOf(graph, anywhere);
  if (loops === undefined) return LARGE;
  const members = [...membersOf(loops)];
  const powers = new Map<number, number>();
  let worst: Ambiguity = NONE;
  // Components are numbered from the last to the first, so what a loop leads to is known before it.
  for (const [id, nodes] of members.sort(([a], [b]) => a - b)) {
    const isBefore = stateOf(nodes[0] as number) === graph.anywhere;
    let power = 0;
    for (const [otherId, others] of members) {
      if (otherId >= id || (powers.get(otherId) ?? 0) + 1 <= power) continue;
      if (isBefore && endsAllTheTime(graph, loops, others)) continue;
      const both = shares(graph, loops, nodes, others);
      if (both === undefined) return LARGE;
      if (!both) continue;
      power = (powers.get(otherId) ?? 0) + 1;
      if (worst.kind === 'polynomial' && worst.power >= power) continue;
      // Two repetitions are easier to see than one and the text before it.
      const shared = isBefore && worst.kind === 'polynomial' ? worst.shared : sharedOf(graph, nodes, others);
      worst = { kind: 'polynomial', power, shared };
    }
    powers.set(id, power);
  }
  return worst;
}
