// Shapes of codes in which a place may be a letter or a digit: all that there can be.

/** `LLDA` becomes `L2D1L1`, in groups of the given lengths. */
function shapeOf(kinds: string, groups: readonly number[]): string {
  const out: string[] = [];
  let at = 0;
  for (const length of groups) {
    const group = kinds.slice(at, at + length);
    out.push(group.replaceAll(/L+|D+/gu, (run) => `${run[0]}${run.length}`));
    at += length;
  }
  return out.join(' ');
}

/** Of places that are letters (`L`), digits (`D`) or either (`A`). Whole where no groups are given. */
export function shapesOf(places: string, groups: readonly number[] = [places.length]): string[] {
  let all = [''];
  for (const place of places) {
    all = place === 'A' ? all.flatMap((one) => [`${one}D`, `${one}L`]) : all.map((one) => one + place);
  }
  return all.filter((one) => one.includes('D')).map((one) => shapeOf(one, groups));
}
