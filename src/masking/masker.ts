// What others see of the engine: one masker for one set of rules.
import type { Json } from '../shared/json.ts';
import type { Span, Tally } from './model.ts';

/** How a text is to be read. `auto` looks at how it begins; what turns out not to be what it seemed is free text. */
export type Format = 'text' | 'json' | 'form' | 'csv' | 'events' | 'auto';

/** Part by part: what comes out is what the whole would have given, in other pieces. */
export interface MaskingStream {
  push(part: string): string;
  end(): string;
}

export interface Masker {
  /** What would be masked, in order, never overlapping: only where, nothing is written. */
  find(text: string, format?: Format): readonly Span[];
  /** What was masked is counted in `tally`. `name`: of the field whose value it is. */
  text(text: string, tally?: Tally, format?: Format, name?: string): string;
  /** A value of any depth. Keys are masked too, in their order; such as become equal are numbered. */
  value(value: Json, tally?: Tally): Json;
  /** A table's rows by column; a column's name is `schema.table.column`, `table.column` or `column`. */
  rows(
    columns: readonly string[],
    rows: readonly (readonly Json[])[],
    tally?: Tally,
  ): readonly (readonly Json[])[];
  /** Name and value, in order: also those of a repeated header. */
  headers(
    headers: readonly (readonly [string, string])[],
    tally?: Tally,
  ): readonly (readonly [string, string])[];
  /** A request line's target: its path, and its query's values by their names. */
  url(url: string, tally?: Tally): string;
  stream(format: Format, tally?: Tally, name?: string): MaskingStream;
}
