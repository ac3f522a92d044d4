// What reads a text of one format, at once or part by part.
import type { Edit } from './edits.ts';

export interface Read {
  /** Up to here all is final. */
  readonly to: number;
  /** Those up to `to`. */
  readonly edits: readonly Edit[];
  /** From `to` on, the text is not of this format. */
  readonly isOver: boolean;
}

export interface FormatReader {
  /** `text` begins where the last read became final, and has more, or, with `isLast`, all that there is. */
  read(text: string, isLast: boolean): Read;
}
