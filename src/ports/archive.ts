// The audit's second home: whole objects that are put once, and never replaced or removed by the broker.
import { Unavailable } from '../shared/errors.ts';

export interface ArchivedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Something lies under that key, and it alone can't be had: it is too large, say, or nobody may read it. */
export class UnreadableObject extends Unavailable {
  /** In a word. */
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super('archive', cause);
    this.code = code;
  }
}

/** Keys are paths of letters, digits and `.=_-`, with slashes between. Methods throw `Unavailable('archive')`. */
export interface ArchiveReader {
  /** What has more bytes than `most` is an `UnreadableObject`. */
  get(key: string, most?: number): Promise<Uint8Array | undefined>;
  /** Keys that begin with the prefix, in their order: all, or those after one of them. */
  list(prefix: string, after?: string): AsyncIterable<ArchivedObject>;
}

export interface Archive extends ArchiveReader {
  /** False when the key is taken, by whomever: then nothing was written. Meeting one's own retry is true. */
  put(key: string, body: Uint8Array): Promise<boolean>;
}
