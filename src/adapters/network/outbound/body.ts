// Takes in an answer's body: unpacked, no more of it than was asked for.
import { Readable } from 'node:stream';
import { type Encoding, TooManyBytes, unpacked } from './unpack.ts';

const NOTHING = Buffer.alloc(0);

export interface BodyLimits {
  /** Of what comes in, of what comes out of it, and of what is between. */
  readonly mostBytes: number;
  /** Where it is listened to for a while only. */
  readonly cutAt?: number;
}

/** `whole`: it ended by itself. `bytes`, `time`: it had more, and these are the first. */
export interface Body {
  readonly bytes: Buffer;
  readonly ended: 'whole' | 'bytes' | 'time' | 'broken';
}

export interface Reading {
  readonly ended: Promise<Body>;
  /** False where no more is taken for now. */
  take(bytes: Buffer): boolean;
  /** That was all of it. */
  whole(): void;
  /** It broke off, or nobody waits for it any more. */
  stop(): void;
}

/** Bytes one after the other, in whatever pieces they come: many small ones take no more room than a few large ones. */
class Gathered {
  readonly #most: number;
  #space: Uint8Array = NOTHING;
  #isOwn = false;
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get length(): number {
    return this.#length;
  }

  get bytes(): Buffer {
    const { buffer, byteOffset } = this.#space;
    return Buffer.from(buffer, byteOffset, this.#length);
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    // Most bodies come in one piece, which needs no copy.
    if (this.#length === 0) this.#space = piece;
    else {
      if (!this.#isOwn || length > this.#space.length) this.#grow(length);
      this.#space.set(piece, this.#length);
    }
    this.#length = length;
  }

  #grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.min(this.#most, 2 * length));
    larger.set(this.#space.subarray(0, this.#length));
    this.#space = larger;
    this.#isOwn = true;
  }
}

class Intake {
  readonly ended: Promise<Body>;
  readonly #most: number;
  readonly #gathered: Gathered;
  readonly #resolve: (body: Body) => void;
  /** Aborted in the moment it ends, for whoever works for it. */
  readonly #over: AbortController | undefined;
  #isOver = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ mostBytes, cutAt }: BodyLimits, over?: AbortController) {
    const { promise, resolve } = Promise.withResolvers<Body>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#most = mostBytes;
    this.#gathered = new Gathered(mostBytes);
    this.#over = over;
    if (cutAt !== undefined) {
      this.#timer = setTimeout(() => this.end('time'), Math.max(0, cutAt - performance.now()));
    }
  }

  /** False where no more is taken. */
  take(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    const room = this.#most - this.#gathered.length;
    const isTooLong = chunk.length > room;
    this.#gathered.add(isTooLong ? chunk.subarray(0, room) : chunk);
    if (isTooLong) this.end('bytes');
    return !isTooLong;
  }

  end(ended: Body['ended']): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#over?.abort();
    this.#resolve({ bytes: ended === 'broken' ? NOTHING : this.#gathered.bytes, ended });
  }
}

async function takeAll(chunks: AsyncIterable<Uint8Array>, intake: Intake): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (!intake.take(chunk)) return;
    }
    intake.end('whole');
  } catch (error) {
    intake.end(error instanceof TooManyBytes ? 'bytes' : 'broken');
  }
}

function readPacked(encodings: readonly Encoding[], limits: BodyLimits, goOn: () => void): Reading {
  const over = new AbortController();
  const intake = new Intake(limits, over);
  const packed = new Readable({ read: goOn });
  packed.on('error', () => intake.end('broken'));
  void takeAll(unpacked(packed, encodings, { mostBytes: limits.mostBytes, over: over.signal }), intake);
  return {
    ended: intake.ended,
    take: (bytes) => packed.push(bytes),
    whole: () => void packed.push(null),
    stop: () => {
      intake.end('broken');
      packed.destroy();
    },
  };
}

/** `goOn` is called where more is taken again. */
export function readBody(encodings: readonly Encoding[], limits: BodyLimits, goOn: () => void): Reading {
  if (encodings.length > 0) return readPacked(encodings, limits, goOn);
  const intake = new Intake(limits);
  return {
    ended: intake.ended,
    take: (bytes) => intake.take(bytes),
    whole: () => intake.end('whole'),
    stop: () => intake.end('broken'),
  };
}
