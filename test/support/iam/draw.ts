// Random choices made one after another, for what depends on what was chosen before.
import fc from 'fast-check';

export interface Draw {
  /** One of the list, which is not empty. */
  of<T>(list: readonly T[]): T;
  /** From 0 up to and including `most`. */
  upTo(most: number): number;
  /** That often, in a hundred. */
  chance(percent: number): boolean;
  /** So many at least, so many at most. */
  some<T>(list: readonly T[], least: number, most: number): readonly T[];
}

const MANY = 1 << 20;

export const draws: fc.Arbitrary<Draw> = fc.infiniteStream(fc.nat(MANY - 1)).map((stream) => {
  const next = (below: number) => (stream.next().value ?? 0) % below;
  const of = <T>(list: readonly T[]): T => {
    const found = list[next(list.length)];
    if (found === undefined && list.length === 0) throw new RangeError('there is nothing to choose from');
    return found as T;
  };
  return {
    of,
    upTo: (most) => next(most + 1),
    chance: (percent) => next(100) < percent,
    some: (list, least, most) => Array.from({ length: least + next(most - least + 1) }, () => of(list)),
  };
});
