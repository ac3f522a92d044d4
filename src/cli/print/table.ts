// Tables and lists of fields, as wide as the terminal allows.
import { columnsOf, cut, padded, wrapped } from './columns.ts';
import { oneLine } from './safe.ts';

export interface Column<Row> {
  readonly title: string;
  readonly of: (row: Row) => string;
  /** How narrow it may become. Left out, it stays as wide as what is in it. */
  readonly least?: number;
  /** What does not fit is cut off. Else it goes on below, so that nothing is lost. */
  readonly cut?: boolean;
}

const GAP = '  ';

/** Which column gives next: the widest of those that are cut, and only then the widest of the others. */
function giver<Row>(
  columns: readonly Column<Row>[],
  widths: readonly number[],
  least: readonly number[],
): number | undefined {
  const able = [...widths.keys()].filter((place) => (widths[place] ?? 0) > (least[place] ?? 0));
  const willing = able.filter((place) => columns[place]?.cut);
  return (willing.length > 0 ? willing : able).reduce<number | undefined>(
    (widest, place) =>
      widest === undefined || (widths[place] ?? 0) > (widths[widest] ?? 0) ? place : widest,
    undefined,
  );
}

/** Takes from one column after another until all fit. Undefined where they can't. */
function narrowed<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  least: readonly number[],
  width: number,
): readonly number[] | undefined {
  const widths = [...natural];
  const total = widths.reduce((sum, each) => sum + each, 0) + GAP.length * (widths.length - 1);
  for (let over = total - width; over > 0; over -= 1) {
    const place = giver(columns, widths, least);
    if (place === undefined) return undefined;
    widths[place] = (widths[place] ?? 0) - 1;
  }
  return widths;
}

function lineUp(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, place) => padded(lines[line] ?? '', widths[place] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** Label and value, a line each, or several lines where there are several values. Those without a value are left out. */
export function fields(
  pairs: readonly (readonly [label: string, value: string | readonly string[] | undefined])[],
): readonly string[] {
  const given = pairs
    .map(([label, value = []]) => [label, typeof value === 'string' ? [value] : value] as const)
    .filter(([, values]) => values.length > 0);
  const width = given.reduce((most, [label]) => Math.max(most, columnsOf(label)), 0);
  return given.flatMap(([label, values]) =>
    values.map((value, line) => `${padded(line === 0 ? label : '', width)}${GAP}${oneLine(value)}`.trimEnd()),
  );
}

/** Several things with fields, an empty line between them. */
export function blocks(all: readonly (readonly string[])[]): readonly string[] {
  return all.flatMap((lines, place) => (place === 0 ? lines : ['', ...lines]));
}

/** A table with a line of titles; where the terminal is too narrow for one, each row as a list of fields. */
export function table<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  width: number,
): readonly string[] {
  const cells = rows.map((row) => columns.map((column) => oneLine(column.of(row))));
  const natural = columns.map(({ title }, place) =>
    cells.reduce((most, row) => Math.max(most, columnsOf(row[place] ?? '')), columnsOf(title)),
  );
  const least = columns.map(({ title, least: may }, place) =>
    Math.max(columnsOf(title), may ?? natural[place] ?? 0),
  );
  const widths = narrowed(columns, natural, least, width);
  if (widths === undefined) {
    return blocks(cells.map((row) => fields(columns.map(({ title }, place) => [title, row[place]]))));
  }
  const titles = columns.map(({ title }) => [title]);
  return [
    ...lineUp(titles, widths),
    ...cells.flatMap((row) =>
      lineUp(
        row.map((cell, place) => {
          const most = widths[place] ?? 0;
          return columns[place]?.cut ? [cut(cell, most)] : wrapped(cell, most);
        }),
        widths,
      ),
    ),
  ];
}
