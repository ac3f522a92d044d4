// Reads files in their order, a few of them before their turn: a bucket is far away.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type ArchiveReader, UnreadableObject } from '../../ports/archive.ts';
import { sha256 } from '../../shared/hash.ts';
import { MOST_OBJECT_BYTES } from '../archive/lines.ts';
import { readWhole } from './read-file.ts';

const unpack = promisify(gunzip);

/** So many, and so many bytes as they lie there. */
const MOST_AHEAD = 16;
const MOST_BYTES_AHEAD = 8 * 1024 * 1024;
/** So much larger than its digest says a file may be, to be looked at all the same. */
const MOST_MORE = 1024 * 1024;
const LEAST_PIECE = 16 * 1024;
const MOST_PIECE = 512 * 1024;
/** Events are much alike. */
const USUAL_RATIO = 16;

/** How much is unpacked at once: each piece takes a turn of its own. */
export function pieceOf({ length }: Uint8Array): number {
  return Math.min(MOST_PIECE, Math.max(LEAST_PIECE, length * USUAL_RATIO));
}

/** By its own word, which its last four bytes are. */
function unpackedSize({ buffer, byteOffset, byteLength }: Uint8Array): number {
  return byteLength < 4 ? 0 : new DataView(buffer, byteOffset, byteLength).getUint32(byteLength - 4, true);
}

/** All of it at once, where it says the truth: then nothing is copied. */
function wholeOf(packed: Uint8Array): number {
  const size = unpackedSize(packed);
  return size > MOST_OBJECT_BYTES ? pieceOf(packed) : Math.max(size + 1, pieceOf(packed));
}

/** As a digest names it. */
export interface NamedFile {
  readonly key: string;
  readonly sha256: string;
  readonly bytes: number;
}

export interface ReadFile<File extends NamedFile> {
  readonly file: File;
  /** Undefined where it is not there, or can't be read. */
  readonly bytes: Uint8Array | undefined;
  /** Why it can't be read. */
  readonly unreadable: UnreadableObject | undefined;
  /** Whether these bytes are those that the digest names. */
  readonly isAsNamed: boolean;
}

async function read<File extends NamedFile>(reader: ArchiveReader, file: File): Promise<ReadFile<File>> {
  const is = await readWhole(reader, file.key, file.bytes + MOST_MORE);
  const [bytes, unreadable] = is instanceof UnreadableObject ? [undefined, is] : [is, undefined];
  const isAsNamed = bytes !== undefined && bytes.length === file.bytes && sha256(bytes) === file.sha256;
  return { file, bytes, unreadable, isAsNamed };
}

/** Nobody may ever wait for it: then its failure is nobody's. */
function unwatched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

export async function* readAhead<File extends NamedFile>(
  reader: ArchiveReader,
  files: readonly File[],
): AsyncGenerator<ReadFile<File>> {
  const waiting: Promise<ReadFile<File>>[] = [];
  let [begun, bytes] = [0, 0];
  for (const { bytes: own } of files) {
    for (let file = files[begun]; file !== undefined && waiting.length < MOST_AHEAD; file = files[begun]) {
      if (waiting.length > 0 && bytes + file.bytes > MOST_BYTES_AHEAD) break;
      waiting.push(unwatched(read(reader, file)));
      bytes += file.bytes;
      begun += 1;
    }
    const first = await waiting.shift();
    bytes -= own;
    if (first !== undefined) yield first;
  }
}

export interface UnpackedFile<File extends NamedFile> extends ReadFile<File> {
  /** Undefined where it is not there, can't be unpacked or is too large. */
  readonly unpacked: Buffer | undefined;
}

async function unpacked<File extends NamedFile>(file: ReadFile<File>): Promise<UnpackedFile<File>> {
  const { bytes } = file;
  if (bytes === undefined) return { ...file, unpacked: undefined };
  try {
    const settings = { maxOutputLength: MOST_OBJECT_BYTES, chunkSize: wholeOf(bytes) };
    return { ...file, unpacked: await unpack(bytes, settings) };
  } catch {
    return { ...file, unpacked: undefined };
  }
}

/** Of smaller ones several lie in one piece of memory. */
const OWN_MEMORY = 128 * 1024;

/** Gives back at once what would else wait for a collection that is late, since it sees little of such memory. */
function release({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength > OWN_MEMORY) buffer.transfer(0);
}

/** Larger ones wait for their turn: two of the largest at once would be too much. */
const MOST_UNPACKED_AHEAD = 16 * 1024 * 1024;

function isSmall({ bytes }: ReadFile<NamedFile>): boolean {
  return bytes === undefined || unpackedSize(bytes) <= MOST_UNPACKED_AHEAD;
}

/** The next one is unpacked while this one is looked at. What is unpacked is gone when the next one is asked for. */
export async function* unpackedAhead<File extends NamedFile>(
  reader: ArchiveReader,
  files: readonly File[],
): AsyncGenerator<UnpackedFile<File>> {
  async function* inTurn(file: Promise<UnpackedFile<File>> | undefined): AsyncGenerator<UnpackedFile<File>> {
    const ready = await file;
    if (ready === undefined) return;
    yield ready;
    if (ready.unpacked !== undefined) release(ready.unpacked);
  }

  let before: Promise<UnpackedFile<File>> | undefined;
  for await (const file of readAhead(reader, files)) {
    const ahead = isSmall(file) ? unwatched(unpacked(file)) : undefined;
    yield* inTurn(before);
    before = ahead ?? unwatched(unpacked(file));
  }
  yield* inTurn(before);
}
