// What became of the events of one object: those that were signed, by the index, beside those that are there.
import type { Listed } from './index-lines.ts';
import type { Line } from './object-lines.ts';

export interface Difference {
  readonly kind: 'missing' | 'altered' | 'added' | 'reordered';
  /** Empty where a line is no event. */
  readonly id: string;
  /** From 1, among the lines that are there; of what is missing, among those that were signed. */
  readonly line: number;
}

export interface Differences {
  /** What is there is the beginning of what was signed, and no more. */
  readonly isBeginning: boolean;
  readonly all: readonly Difference[];
}

const lineOf = ({ id, leaf }: Line): Listed => ({ id, leaf: leaf.toString('hex') });

/** Those that both have, and in the same order but for these. */
function reordered(was: readonly Listed[], is: readonly Listed[]): Difference | undefined {
  const [before, now] = [new Set(was.map(({ id }) => id)), new Set(is.map(({ id }) => id))];
  const kept = was.filter(({ id }) => now.has(id));
  let place = 0;
  for (const [at, { id }] of is.entries()) {
    if (!before.delete(id)) continue;
    if (kept[place]?.id !== id) return { kind: 'reordered', id, line: at + 1 };
    place += 1;
  }
  return undefined;
}

export function differences(was: readonly Listed[], lines: readonly Line[]): Differences {
  const is = lines.map(lineOf);
  const isSame = (at: number) => is[at]?.id === was[at]?.id && is[at]?.leaf === was[at]?.leaf;
  const isBeginning = is.length < was.length && is.every((_, at) => isSame(at));
  const leaves = new Map(was.map(({ id, leaf }) => [id, leaf]));
  const found = new Set<string>();
  const all: Difference[] = [];
  for (const [at, { id, leaf }] of is.entries()) {
    const line = at + 1;
    if (found.has(id) || !leaves.has(id)) all.push({ kind: 'added', id, line });
    else if (leaves.get(id) !== leaf) all.push({ kind: 'altered', id, line });
    found.add(id);
  }
  for (const [at, { id }] of was.entries()) {
    if (!found.has(id)) all.push({ kind: 'missing', id, line: at + 1 });
  }
  const moved = reordered(was, is);
  return { isBeginning, all: moved === undefined ? all : [...all, moved] };
}
