// Lines on their way into one object: held as its bytes, since a thousand texts would outlive many a collection.

/** Of most batches by far: what is larger grows as it needs to. */
const FIRST_BYTES = 64 * 1024;
const MOST_UTF8_BYTES = 3;
const LINE_END = 10;

export interface GatheredLines {
  readonly count: number;
  /** Of the lines, as texts are counted. */
  readonly characters: number;
  add(line: string): void;
  /** Each line with its end. Whoever adds more asks again. */
  bytes(): Buffer;
}

export function gatherLines(...first: readonly string[]): GatheredLines {
  let buffer = Buffer.allocUnsafe(FIRST_BYTES);
  let [size, count, characters] = [0, 0, 0];

  function makeRoom(bytes: number): void {
    if (size + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * buffer.length, size + bytes));
    buffer.copy(larger, 0, 0, size);
    buffer = larger;
  }

  function add(line: string): void {
    // Only where it might not fit is it worth counting.
    const most = size + MOST_UTF8_BYTES * line.length + 1;
    if (most > buffer.length) makeRoom(Buffer.byteLength(line) + 1);
    size += buffer.write(line, size);
    buffer[size] = LINE_END;
    size += 1;
    count += 1;
    characters += line.length;
  }

  for (const line of first) add(line);
  return {
    get count() {
      return count;
    },
    get characters() {
      return characters;
    },
    add,
    bytes: () => buffer.subarray(0, size),
  };
}
