// What a pass has found, and how what overlaps becomes one: no half of a value may stay beside another's label.
import type { Span } from '../model.ts';

interface Piece extends Span {
  readonly rank: number;
}

const NOTHING: readonly Span[] = [];

export class Found {
  readonly #pieces: Piece[] = [];
  #isSorted = true;
  #end = 0;

  clear(): void {
    if (this.#pieces.length > 0) this.#pieces.length = 0;
    this.#isSorted = true;
    this.#end = 0;
  }

  add(type: string, rank: number, start: number, end: number): void {
    if (end <= start || start < 0) return;
    if (start < this.#end) this.#isSorted = false;
    else this.#end = end;
    this.#pieces.push({ type, rank, start, end });
  }

  /** Of two that overlap, the one of greater rank names both; where they cross, the one whose label says less. */
  merged(severity: (type: string) => number): readonly Span[] {
    const pieces = this.#pieces;
    if (pieces.length === 0) return NOTHING;
    if (this.#isSorted) return pieces.map(spanOf);
    pieces.sort((one, other) => one.start - other.start || other.end - one.end);
    const spans: Span[] = [];
    let whole = pieces[0] as Piece;
    for (const piece of pieces.slice(1)) {
      if (piece.start < whole.end) whole = joined(severity, whole, piece);
      else {
        spans.push(spanOf(whole));
        whole = piece;
      }
    }
    spans.push(spanOf(whole));
    return spans;
  }
}

function spanOf({ type, start, end }: Piece): Span {
  return { type, start, end };
}

function joined(severity: (type: string) => number, one: Piece, other: Piece): Piece {
  const start = Math.min(one.start, other.start);
  const end = Math.max(one.end, other.end);
  const first = other.rank > one.rank ? other : one;
  const second = first === one ? other : one;
  const takesAll = first.start === start && first.end === end;
  const named = !takesAll && severity(second.type) > severity(first.type) ? second : first;
  return { type: named.type, rank: first.rank, start, end };
}
