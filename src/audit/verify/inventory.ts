// What lies in an archive by its names alone.
import type { ArchiveReader } from '../../ports/archive.ts';
import { archiveName } from '../archive/names.ts';
import type { Found } from './faults.ts';

export interface Inventory {
  /** Their numbers, ascending. */
  readonly digests: readonly number[];
  readonly indexes: readonly { readonly key: string; readonly sequence: number }[];
  /** Of what has a time in its name. */
  readonly earliest: Date | undefined;
  readonly isEmpty: boolean;
}

/** Every key is looked at, and only those of digests and indexes are kept: there may be millions of others. */
export async function takeInventory(reader: ArchiveReader, found: Found): Promise<Inventory> {
  const digests: number[] = [];
  const indexes: { key: string; sequence: number }[] = [];
  let earliest: Date | undefined;
  let isEmpty = true;
  for await (const { key } of reader.list('')) {
    isEmpty = false;
    const name = archiveName(key);
    if (name === undefined || ('sequence' in name && name.sequence === 0)) {
      found.fault('added', 'file', key, 'Nothing in an archive has this name.');
    } else if (name.kind === 'digest') digests.push(name.sequence);
    else if (name.kind === 'index') indexes.push({ key, sequence: name.sequence });
    else if ('at' in name && (earliest === undefined || name.at < earliest)) earliest = name.at;
  }
  return { digests, indexes, earliest, isEmpty };
}
