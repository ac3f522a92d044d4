// What every benchmark prints: a table for people, or one JSON object with the same figures.

export type Row = Readonly<Record<string, string | number>>;

export interface Report {
  readonly name: string;
  readonly rows: readonly Row[];
  /** What went wrong although it was measured. */
  readonly fault?: string;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('nothing was measured');
  return middle;
}

/** Three figures that mean something, whatever the size. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}

export function print(report: Report, asJson: boolean): void {
  if (asJson) console.log(JSON.stringify(report));
  else console.table(report.rows);
}
