// Undoes a target's content encodings, as the bytes come: no more is unpacked than somebody takes.
import { pipeline, Readable, type Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

export type Encoding = 'gzip' | 'deflate' | 'br' | 'zstd';

const NAMES: Readonly<Record<string, Encoding>> = {
  gzip: 'gzip',
  'x-gzip': 'gzip',
  deflate: 'deflate',
  br: 'br',
  zstd: 'zstd',
};
/** One upon the other. */
const MOST_ENCODINGS = 3;

type Chunks = AsyncIterable<Uint8Array>;

/** In the order in which they were put on; undefined where one of them is not known here, or there are too many. */
export function encodingsOf(values: readonly string[]): readonly Encoding[] | undefined {
  const names = values
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity');
  if (names.length > MOST_ENCODINGS) return undefined;
  const known = names.flatMap((name) => (Object.hasOwn(NAMES, name) ? [NAMES[name] as Encoding] : []));
  return known.length === names.length ? known : undefined;
}

/** Some servers leave out zlib's frame, whose first byte names the method, 8. */
function inflateFor(first: Uint8Array): Transform {
  return ((first[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
}

function decoderFor(encoding: Encoding, first: Uint8Array): Transform {
  if (encoding === 'gzip') return createGunzip();
  if (encoding === 'br') return createBrotliDecompress();
  return encoding === 'zstd' ? createZstdDecompress() : inflateFor(first);
}

async function* after(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
}

async function* unpackOne(packed: Chunks, encoding: Encoding): AsyncGenerator<Uint8Array> {
  const rest = packed[Symbol.asyncIterator]();
  const first = await rest.next();
  // Nothing at all is no fault: not every server leaves the header out where there is no body.
  if (first.done === true) return;
  const source = Readable.from(after(first.value, rest), { objectMode: false });
  // What goes wrong with either is thrown where the decoder is read.
  const decoder = pipeline(source, decoderFor(encoding, first.value), () => undefined);
  yield* decoder as AsyncIterable<Uint8Array>;
}

export function unpacked(packed: Chunks, encodings: readonly Encoding[]): Chunks {
  return encodings.reduceRight<Chunks>(unpackOne, packed);
}
