// Undoes a target's content encodings, as the bytes come: no more is unpacked than somebody takes, and no longer.
import { addAbortSignal, pipeline, Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

export type Encoding = 'gzip' | 'deflate' | 'br';

/** What a target is told that it may use, and all that it may. */
export const ENCODINGS: readonly Encoding[] = ['gzip', 'deflate', 'br'];

const NAMES = new Map<string, Encoding>([
  ...ENCODINGS.map((name) => [name, name] as const),
  ['x-gzip', 'gzip'],
]);
/** One upon the other. Each can make a thousand times as much work of what it is given. */
const MOST_ENCODINGS = 2;

type Chunks = AsyncIterable<Uint8Array>;

export interface UnpackLimits {
  /** That any of the layers takes in. What comes out of the last is for its reader to count. */
  readonly mostBytes: number;
  /** Ends the work, whatever is still to be unpacked. */
  readonly over: AbortSignal;
}

/** The packed bytes, or those between two layers, are too many. */
export class TooManyBytes extends Error {}

/** In the order in which they were put on; undefined where one of them was not offered, or there are too many. */
export function encodingsOf(values: readonly string[]): readonly Encoding[] | undefined {
  const names = values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MOST_ENCODINGS) return undefined;
  const known = names.flatMap((name) => NAMES.get(name) ?? []);
  return known.length === names.length ? known : undefined;
}

/** Some servers leave out zlib's frame, whose first byte names the method, 8. */
function inflateFor(first: Uint8Array): Transform {
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
}

function decoderFor(encoding: Encoding, first: Uint8Array): Transform {
  if (encoding === 'gzip') return createGunzip();
  return encoding === 'br' ? createBrotliDecompress() : inflateFor(first);
}

async function* counted(chunks: Chunks, most: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) throw new TooManyBytes('there are too many packed bytes');
    yield chunk;
  }
}

async function* after(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* unpackOne(packed: Chunks, encoding: Encoding, over: AbortSignal): AsyncGenerator<Uint8Array> {
  const rest = packed[Symbol.asyncIterator]();
  const first = await rest.next();
  // Nothing at all is no fault: not every server leaves the header out where there is no body.
  if (first.done === true) return;
  const source = Readable.from(after(first.value, rest), { objectMode: false });
  // All of the answer may have come by now: closing its connection alone would let the decoder go on for as long as it likes.
  const decoder = addAbortSignal(over, decoderFor(encoding, first.value));
  // What goes wrong with either is thrown where the decoder is read.
  pipeline(source, decoder, () => undefined);
  yield* decoder as AsyncIterable<Uint8Array>;
}

export function unpacked(packed: Chunks, encodings: readonly Encoding[], limits: UnpackLimits): Chunks {
  const { mostBytes, over } = limits;
  return encodings.reduceRight<Chunks>(
    (chunks, encoding) => unpackOne(counted(chunks, mostBytes), encoding, over),
    packed,
  );
}
