// A table's rows, masked by column.
import type { Json } from '../../shared/json.ts';
import { partsOfColumn } from './columns.ts';
import type { Render } from './edits.ts';
import type { Ground, Place } from './ground.ts';
import { isContainer, maskScalar, maskValue } from './value.ts';
import { isNamesKey, isValuesKey, namesValue, placeOfNamed } from './walk.ts';

interface Column {
  /** Without its table. */
  readonly name: string;
  readonly place: Place;
}

/** A column's own rule comes before one for its name as a key. */
export function placeOfColumn(ground: Ground, column: string): Column {
  const name = partsOfColumn(column).at(-1) ?? '';
  const { named, rule, path } = ground.field(name);
  return { name, place: { named, rule: ground.columns.actionOf(column) ?? rule, path } };
}

/** Which column names another's value, in a table of settings: `name, value`. */
export interface NamingColumns {
  readonly names: number;
  readonly values: number;
}

export function namingColumns(columns: readonly Column[]): NamingColumns | undefined {
  const names = columns.findIndex(({ name }) => isNamesKey(name.toLowerCase()));
  const values = columns.findIndex(({ name }) => isValuesKey(name.toLowerCase()));
  return names === -1 || values === -1 ? undefined : { names, values };
}

export function maskRows(
  ground: Ground,
  columns: readonly string[],
  rows: readonly (readonly Json[])[],
  render: Render,
): readonly (readonly Json[])[] {
  const places = columns.map((column) => placeOfColumn(ground, column));
  const naming = namingColumns(places);
  return rows.map((row) => {
    const name = naming && row[naming.names];
    return row.map((cell, index) => {
      const place = places[index]?.place ?? ground.field('');
      const isNamed = index === naming?.values && namesValue('name', name);
      const own = isNamed ? placeOfNamed(ground, place, undefined, name) : place;
      return isContainer(cell) ? maskValue(ground, cell, render, own) : maskScalar(ground, own, cell, render);
    });
  });
}
