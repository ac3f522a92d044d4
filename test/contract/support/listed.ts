// All that an archive lists, at once.
import type { ArchivedObject, ArchiveReader } from '../../../src/ports/archive.ts';

export async function listed(
  archive: ArchiveReader,
  prefix = '',
  after?: string,
): Promise<readonly ArchivedObject[]> {
  const objects: ArchivedObject[] = [];
  for await (const object of archive.list(prefix, after)) objects.push(object);
  return objects;
}

export async function keysOf(
  archive: ArchiveReader,
  prefix?: string,
  after?: string,
): Promise<readonly string[]> {
  return (await listed(archive, prefix, after)).map(({ key }) => key);
}
