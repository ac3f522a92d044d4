// The sets of approvers to try, the least demanding first.

/** As it stands in `context.approvals`, and in a decision. */
export interface Approvals {
  readonly count: number;
  /** How many of which group; a group left out has none. */
  readonly of: Readonly<Record<string, number>>;
}

export const NO_APPROVALS: Approvals = { count: 0, of: {} };

const MOST_APPROVERS = 3;

/** Every way to draw so many, repeats allowed, order ignored. */
function draw(groups: readonly string[], size: number): readonly (readonly string[])[] {
  if (size === 0) return [[]];
  return groups.flatMap((group, i) => draw(groups.slice(i), size - 1).map((rest) => [group, ...rest]));
}

/** A group may have any name, also one that every object has a member of. */
export function countOf(of: Approvals['of'], group: string): number {
  return Object.hasOwn(of, group) ? (of[group] ?? 0) : 0;
}

function tally(count: number, named: readonly string[]): Approvals {
  const of: Record<string, number> = {};
  for (const group of named) of[group] = countOf(of, group) + 1;
  return { count, of };
}

/**
 * One to three approvers, each anyone or of a group. Fewest first; among as many, those that leave more of them
 * open, then those of fewer groups, then by name: the same question always asks for the same people.
 */
export function* approverSets(groups: readonly string[]): Generator<Approvals> {
  const sorted = [...groups].sort();
  for (let count = 1; count <= MOST_APPROVERS; count += 1) {
    for (let named = 0; named <= count; named += 1) {
      const sets = draw(sorted, named);
      const distinct = (set: readonly string[]) => new Set(set).size;
      for (const set of [...sets].sort((a, b) => distinct(a) - distinct(b))) yield tally(count, set);
    }
  }
}
