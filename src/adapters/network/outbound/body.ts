// Takes in an answer's body: unpacked, no more of it than was asked for.
import type { IncomingMessage } from 'node:http';
import { type Encoding, unpacked } from './unpack.ts';

export interface BodyLimits {
  /** Of what comes in, and of what comes out of it. */
  readonly mostBytes: number;
  /** Where it is listened to for a while only. */
  readonly cutAt?: number;
}

/** `whole`: it ended by itself. `bytes`, `time`: it had more, and these are the first. */
export interface Body {
  readonly bytes: Buffer;
  readonly ended: 'whole' | 'bytes' | 'time' | 'broken';
}

class TooMany extends Error {}

async function* counted(chunks: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > most) throw new TooMany('the packed answer has too many bytes');
    yield chunk;
  }
}

class Intake {
  readonly ended: Promise<Body>;
  readonly #most: number;
  readonly #chunks: Uint8Array[] = [];
  readonly #resolve: (body: Body) => void;
  #length = 0;
  #isOver = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ mostBytes, cutAt }: BodyLimits) {
    const { promise, resolve } = Promise.withResolvers<Body>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#most = mostBytes;
    if (cutAt !== undefined) {
      this.#timer = setTimeout(() => this.end('time'), Math.max(0, cutAt - performance.now()));
    }
  }

  /** False where no more is taken. */
  take(chunk: Uint8Array): boolean {
    if (this.#isOver) return false;
    const room = this.#most - this.#length;
    const isTooLong = chunk.length > room;
    this.#chunks.push(isTooLong ? chunk.subarray(0, room) : chunk);
    this.#length += Math.min(chunk.length, room);
    if (isTooLong) this.end('bytes');
    return !isTooLong;
  }

  end(ended: Body['ended']): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    const [first] = this.#chunks;
    const isOne = this.#chunks.length === 1 && first instanceof Buffer;
    this.#resolve({ bytes: isOne ? first : Buffer.concat(this.#chunks), ended });
  }
}

async function takeUnpacked(
  answer: IncomingMessage,
  encodings: readonly Encoding[],
  most: number,
  intake: Intake,
): Promise<void> {
  try {
    for await (const chunk of unpacked(counted(answer, most), encodings)) {
      if (!intake.take(chunk)) return;
    }
    intake.end('whole');
  } catch (error) {
    intake.end(error instanceof TooMany ? 'bytes' : 'broken');
  }
}

/** Whoever asked closes the connection where it did not end by itself. */
export function readBody(
  answer: IncomingMessage,
  encodings: readonly Encoding[],
  limits: BodyLimits,
): Promise<Body> {
  const intake = new Intake(limits);
  answer.on('error', () => intake.end('broken'));
  if (encodings.length > 0) {
    void takeUnpacked(answer, encodings, limits.mostBytes, intake);
  } else {
    answer.on('data', (chunk: Uint8Array) => intake.take(chunk));
    answer.once('end', () => intake.end(answer.complete ? 'whole' : 'broken'));
    answer.once('close', () => intake.end('broken'));
  }
  return intake.ended;
}
