// Reads what was archived in a span of time, object by object.
import {
  type ArchivedEvent,
  archiveName,
  type EVENTS_PREFIX,
  eachLine,
  eventOfLine,
  keysFrom,
  leafHash,
  type STRAYS_PREFIX,
  unpackLines,
} from '../../audit/index.ts';
import type { Archive } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';

export interface ArchivedFile {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReadLine extends ArchivedEvent {
  readonly leaf: Uint8Array;
}

/** In the order of their names. What has no name that belongs there has no moment. */
export async function* keysIn(
  archive: Archive,
  prefix: typeof EVENTS_PREFIX | typeof STRAYS_PREFIX,
  span: { readonly from: Date; readonly until: Date | undefined },
): AsyncGenerator<{ readonly key: string; readonly at: Date | undefined }> {
  const { from, until } = span;
  for await (const { key } of archive.list(prefix, keysFrom(prefix, from))) {
    if (until !== undefined && key >= keysFrom(prefix, until)) return;
    const name = archiveName(key);
    yield { key, at: name !== undefined && 'at' in name ? name.at : undefined };
  }
}

export interface ReadObject {
  readonly file: ArchivedFile;
  /** Undefined where it can't be read: then no archiver made it. */
  readonly lines: readonly ReadLine[] | undefined;
}

function readLines(bytes: Uint8Array): readonly ReadLine[] | undefined {
  try {
    const lines: ReadLine[] = [];
    for (const line of eachLine(unpackLines(bytes))) {
      lines.push({ ...eventOfLine(line), leaf: leafHash(line) });
    }
    return lines;
  } catch {
    return undefined;
  }
}

/** Undefined where it is gone. Throws `Unavailable('archive')`. */
export async function readObject(archive: Archive, key: string): Promise<ReadObject | undefined> {
  const bytes = await archive.get(key);
  if (bytes === undefined) return undefined;
  const file = { key, sha256: sha256(bytes), bytes: bytes.length };
  return { file, lines: readLines(bytes) };
}
