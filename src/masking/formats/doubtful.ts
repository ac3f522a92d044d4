// Records that may be no records: masked by column, and as the text that they may be.
import { type Edit, editsOfFreeText, liftEdits, mergeEdits } from './edits.ts';
import type { Ground } from './ground.ts';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** So much is looked at as text in one go. */
const MOST = 16_384;

export function editsOfText(ground: Ground, text: string, start: number, end: number): Edit[] {
  const part = text.slice(start, end);
  return liftEdits(editsOfFreeText(part, ground.finder.find(part)), (index) => start + index);
}

/** Some in a row, from `start` on. */
export class Doubtful {
  readonly start: number;
  readonly #edits: Edit[] = [];
  /** Where records stand that go with the head, what is masked stays in its field. */
  readonly #records: Range[] = [];
  /** Of fields for which there is a rule. */
  readonly #settled: Range[] = [];

  constructor(start: number) {
    this.start = start;
  }

  get isLong(): boolean {
    return this.#end - this.start >= MOST;
  }

  #end = -1;

  add(record: Range, edits: readonly Edit[], settled: readonly Range[], isOdd: boolean): void {
    this.#end = record.end;
    for (const edit of edits) this.#edits.push(edit);
    for (const range of settled) this.#settled.push(range);
    if (!isOdd) this.#records.push(record);
  }

  settle(ground: Ground, text: string, delimiter: string): Edit[] {
    const found = editsOfText(ground, text, this.start, this.#end);
    const isIn = finderOf(this.#records);
    const isSettled = finderOf(this.#settled);
    const kept = found.filter(({ start, end }) => {
      if (isSettled(start, end)) return false;
      const value = text.slice(start, end);
      return !isIn(start, start + 1) || !(/["\r\n]/u.test(value) || value.includes(delimiter));
    });
    return mergeEdits(text, [this.#edits, kept]);
  }
}

/** Whether one of the ranges meets another; both in the order of the text. */
function finderOf(ranges: readonly Range[]): (start: number, end: number) => boolean {
  let at = 0;
  return (start, end) => {
    while (at < ranges.length && (ranges[at] as Range).end <= start) at += 1;
    const range = ranges[at];
    return range !== undefined && range.start < end;
  };
}
