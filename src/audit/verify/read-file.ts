// Reads one file of an archive. One that can't be read is told of, and no reason to stop.
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { MOST_OBJECT_BYTES } from '../archive/lines.ts';

/** Throws `Unavailable('archive')` where it is the archive that can't be read. */
export async function readWhole(
  reader: ArchiveReader,
  key: string,
  most: number = MOST_OBJECT_BYTES,
): Promise<Uint8Array | UnreadableObject | undefined> {
  try {
    return await reader.get(key, most);
  } catch (error) {
    if (error instanceof UnreadableObject) return error;
    throw error;
  }
}

/** For those who are not the first to ask: it was told of. */
export async function readIfPossible(
  reader: ArchiveReader,
  key: string,
  most?: number,
): Promise<Uint8Array | undefined> {
  const file = await readWhole(reader, key, most);
  return file instanceof UnreadableObject ? undefined : file;
}

export function unreadText({ code }: UnreadableObject): string {
  return `It can't be read (${code}).`;
}
