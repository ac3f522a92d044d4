// The strongly connected components of a graph that is made while it is walked (Tarjan's, without recursion).

export interface Components {
  /** By node: the number of its component. */
  readonly of: ReadonlyMap<number, number>;
  /** Those that hold a way around. */
  readonly cyclic: ReadonlySet<number>;
}

interface Visit {
  readonly node: number;
  readonly to: readonly number[];
  readonly index: number;
  low: number;
  at: number;
}

const MOST_NODES = 100_000;
const MOST_EDGES = 1_000_000;

/** Undefined where there are too many nodes or edges; where one has too many, `successors` may say so itself. */
export function componentsOf(
  roots: Iterable<number>,
  successors: (node: number) => readonly number[] | undefined,
): Components | undefined {
  const of = new Map<number, number>();
  const cyclic = new Set<number>();
  const indices = new Map<number, number>();
  const open: number[] = [];
  const visits: Visit[] = [];
  let components = 0;
  let edges = 0;

  /** False where that is too much. */
  function enter(node: number): boolean {
    const index = indices.size;
    const to = successors(node);
    edges += to?.length ?? 0;
    if (to === undefined || index >= MOST_NODES || edges > MOST_EDGES) return false;
    indices.set(node, index);
    open.push(node);
    visits.push({ node, to, index, low: index, at: 0 });
    return true;
  }

  function close({ node, to }: Visit): void {
    let single = true;
    for (let last = open.pop(); last !== undefined; last = open.pop()) {
      of.set(last, components);
      if (last === node) break;
      single = false;
    }
    if (!single || to.includes(node)) cyclic.add(components);
    components += 1;
  }

  for (const root of roots) {
    if (!indices.has(root) && !enter(root)) return undefined;
    for (let visit = visits.at(-1); visit !== undefined; visit = visits.at(-1)) {
      const next = visit.to[visit.at];
      visit.at += 1;
      if (next !== undefined) {
        const seen = indices.get(next);
        if (seen === undefined) {
          if (!enter(next)) return undefined;
        } else if (!of.has(next)) visit.low = Math.min(visit.low, seen);
        continue;
      }
      visits.pop();
      const above = visits.at(-1);
      if (above !== undefined) above.low = Math.min(above.low, visit.low);
      if (visit.low === visit.index) close(visit);
    }
  }
  return { of, cyclic };
}
