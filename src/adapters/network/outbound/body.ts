// Takes in an answer's body: unpacked, no more of it than was asked for.
import type { IncomingMessage } from 'node:http';
import { type Encoding, TooManyBytes, unpacked } from './unpack.ts';

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
  /** Nobody waits for it any more. */
  stop(): void;
}

class Intake {
  readonly ended: Promise<Body>;
  readonly #most: number;
  #chunks: Uint8Array[] = [];
  readonly #resolve: (body: Body) => void;
  /** Aborted in the moment it ends, for whoever works for it. */
  readonly #over: AbortController | undefined;
  #length = 0;
  #isOver = false;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor({ mostBytes, cutAt }: BodyLimits, over?: AbortController) {
    const { promise, resolve } = Promise.withResolvers<Body>();
    this.ended = promise;
    this.#resolve = resolve;
    this.#most = mostBytes;
    this.#over = over;
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
    this.#over?.abort();
    if (ended === 'broken') this.#chunks = [];
    const [first] = this.#chunks;
    const isOne = this.#chunks.length === 1 && first instanceof Buffer;
    this.#resolve({ bytes: isOne ? first : Buffer.concat(this.#chunks), ended });
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

/** Whoever asked closes the connection where it did not end by itself, and stops the reading where nobody waits for it. */
export function readBody(
  answer: IncomingMessage,
  encodings: readonly Encoding[],
  limits: BodyLimits,
): Reading {
  const over = encodings.length > 0 ? new AbortController() : undefined;
  const intake = new Intake(limits, over);
  answer.on('error', () => intake.end('broken'));
  if (over !== undefined) {
    const { mostBytes } = limits;
    void takeAll(unpacked(answer, encodings, { mostBytes, over: over.signal }), intake);
  } else {
    answer.on('data', (chunk: Uint8Array) => intake.take(chunk));
    // Once it has ended, it can't end again: `once` would take longer.
    answer.on('end', () => intake.end(answer.complete ? 'whole' : 'broken'));
    answer.on('close', () => intake.end('broken'));
  }
  return { ended: intake.ended, stop: () => intake.end('broken') };
}
