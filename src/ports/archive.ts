// The audit's second home: whole objects that are put once, and never replaced or removed by the broker.

export interface ArchivedObject {
  readonly key: string;
  readonly bytes: number;
}

/** Keys are paths of letters, digits and `.=_-`, with slashes between. Methods throw `Unavailable('archive')`. */
export interface ArchiveReader {
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keys that begin with the prefix, in their order: all, or those after one of them. */
  list(prefix: string, after?: string): AsyncIterable<ArchivedObject>;
}

export interface Archive extends ArchiveReader {
  /** False when the key is taken, by whomever: then nothing was written. Meeting one's own retry is true. */
  put(key: string, body: Uint8Array): Promise<boolean>;
}
