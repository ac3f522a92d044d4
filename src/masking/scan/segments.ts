// Cuts long text into segments by its content alone, so that parts that come one by one give what the whole gives.
import type { Span } from '../model.ts';
import { endOfWord } from './ends.ts';

const SEGMENT = 262_144;
/** No value is longer, but for runs without a blank, which are masked on to their end. */
const AHEAD = 16_384;
/** What is seen of the text before: words that speak of a value. */
const BEHIND = 256;
/** How far back from its end a segment may end, so that it ends with a line or a word. */
const SLACK = 8192;

/** A piece of the text with what is to be masked in it. */
export interface Piece {
  readonly text: string;
  /** A first one that is `continued` goes on with the last of the piece before: it has its label already. */
  readonly spans: readonly (Span & { readonly continued?: true })[];
}

function cutBefore(text: string): number {
  const line = text.lastIndexOf('\n', SEGMENT - 1);
  if (line > SEGMENT - SLACK) return line + 1;
  const blank = text.lastIndexOf(' ', SEGMENT - 1);
  if (blank > SEGMENT - SLACK) return blank + 1;
  const code = text.charCodeAt(SEGMENT);
  return code >= 0xdc00 && code <= 0xdfff ? SEGMENT - 1 : SEGMENT;
}

export class Segments {
  /** A text no longer than that is looked at in one go. */
  static readonly LONGEST = SEGMENT + AHEAD;
  readonly #find: (text: string) => readonly Span[];
  #behind = '';
  #rest = '';
  #open: Span | undefined;

  constructor(find: (text: string) => readonly Span[]) {
    this.#find = find;
  }

  push(part: string): Piece[] {
    this.#rest += part;
    const pieces: Piece[] = [];
    while (this.#rest.length > Segments.LONGEST) pieces.push(this.#next(false));
    return pieces;
  }

  end(): Piece[] {
    const pieces: Piece[] = [];
    while (this.#rest.length > Segments.LONGEST) pieces.push(this.#next(false));
    if (this.#rest !== '') pieces.push(this.#next(true));
    this.#behind = '';
    this.#open = undefined;
    return pieces;
  }

  #next(isLast: boolean): Piece {
    if (this.#open !== undefined) return this.#goOn(this.#open);
    const rest = this.#rest;
    const seen = isLast ? rest : rest.slice(0, SEGMENT + AHEAD);
    const offset = this.#behind.length;
    const cut = isLast ? seen.length : cutBefore(seen);
    const spans: Span[] = [];
    let end = cut;
    for (const span of this.#find(offset === 0 ? seen : this.#behind + seen)) {
      const start = Math.max(0, span.start - offset);
      if (span.end <= offset || start >= cut) continue;
      spans.push({ type: span.type, start, end: span.end - offset });
      end = Math.max(end, span.end - offset);
    }
    const last = spans.at(-1);
    if (!isLast && last?.end === seen.length) this.#open = last;
    return this.#take(end, spans);
  }

  /** What was still going on where the text before ended: to the end of its word. */
  #goOn(open: Span): Piece {
    const most = Math.min(this.#rest.length, SEGMENT);
    const end = endOfWord(this.#rest, 0, false, most);
    if (end < most) this.#open = undefined;
    return this.#take(end, end === 0 ? [] : [{ type: open.type, start: 0, end, continued: true }]);
  }

  #take(end: number, spans: Piece['spans']): Piece {
    const text = this.#rest.slice(0, end);
    this.#behind = (this.#behind + text.slice(-BEHIND)).slice(-BEHIND);
    this.#rest = this.#rest.slice(end);
    return { text, spans };
  }
}
