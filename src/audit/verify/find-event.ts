// Finds one event among those of a digest.
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import type { Digest } from '../archive/digest.ts';
import { archiveName, digestKey } from '../archive/names.ts';
import { digestIn } from './chain.ts';
import { type Listed, listedIn, openIndex } from './index-lines.ts';
import { visitLines } from './object-lines.ts';
import { unpackedAhead } from './read-ahead.ts';
import { readIfPossible, readWhole } from './read-file.ts';

export async function readDigestFile(
  reader: ArchiveReader,
  sequence: number,
): Promise<{ readonly digest: Digest; readonly sha256: string } | undefined> {
  const file = await readIfPossible(reader, digestKey(sequence));
  const signed = file && digestIn(file);
  return file === undefined || signed === undefined
    ? undefined
    : { digest: signed.digest, sha256: sha256(file) };
}

/** The packed index, where it is there and as the digest names it. */
export async function readIndexFile(
  reader: ArchiveReader,
  { index }: Pick<Digest, 'index'>,
): Promise<Uint8Array | UnreadableObject | 'missing' | 'altered' | undefined> {
  if (index === null || archiveName(index.key)?.kind !== 'index') return undefined;
  const packed = await readWhole(reader, index.key, index.bytes);
  if (packed === undefined) return 'missing';
  if (packed instanceof UnreadableObject) return packed;
  return packed.length === index.bytes && sha256(packed) === index.sha256 ? packed : 'altered';
}

/** What lies there under names of events: a digest can name anything. */
export function eventObjects({ objects }: Pick<Digest, 'objects'>): Digest['objects'] {
  return objects.filter(({ key }) => archiveName(key)?.kind === 'events');
}

async function byObjects(reader: ArchiveReader, digest: Digest): Promise<readonly Listed[]> {
  const events: Listed[] = [];
  for await (const { unpacked } of unpackedAhead(reader, eventObjects(digest))) {
    if (unpacked === undefined) continue;
    visitLines(unpacked, ({ id, leaf }) => events.push({ id, leaf: leaf.toString('hex') }));
  }
  return events;
}

/** Of a digest, in the order of its tree: by its index, or without one by the objects themselves. */
export async function eventsOf(reader: ArchiveReader, digest: Digest): Promise<readonly Listed[]> {
  const packed = await readIndexFile(reader, digest);
  if (!(packed instanceof Uint8Array)) return byObjects(reader, digest);
  const index = openIndex(packed);
  try {
    const listed: Listed[][] = [];
    for (const { events } of digest.objects) listed.push([...listedIn(await index.take(events))]);
    return listed.flat();
  } catch {
    return byObjects(reader, digest);
  } finally {
    index.close();
  }
}

export interface EventPlace {
  readonly object: string;
  /** From 1. */
  readonly line: number;
}

/** Where the event with that place in the tree lies. */
export function placeIn({ objects }: Pick<Digest, 'objects'>, place: number): EventPlace | undefined {
  let before = 0;
  for (const { key, events } of objects) {
    if (place < before + events) return { object: key, line: place - before + 1 };
    before += events;
  }
  return undefined;
}
