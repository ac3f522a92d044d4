// One request on one connection, and what comes back: the whole answer, or why there is none.
import type { Socket } from 'node:net';
import type { NoAnswer, OutboundAnswer, OutboundRequest } from '../../../ports/outbound.ts';
import { CERTIFICATE_REFUSED } from './alerts.ts';
import { type AnswerParts, AnswerReader, type Framing, Junk, type RawHead } from './answer-reader.ts';
import { type Body, type Reading, readBody } from './body.ts';
import type { Heard } from './breaker.ts';
import type { Connection, Holder } from './connections.ts';
import { wholeEvents } from './events.ts';
import { type Head, headOf } from './head.ts';
import { failed, timedOut, tooLarge, unavailable } from './no-answer.ts';
import type { Wire } from './wire.ts';

/** Answers before the answer, that say no more than to wait. */
const MOST_INFORMATIONAL = 32;

export interface Exchange {
  readonly wire: Wire;
  readonly asked: Pick<OutboundRequest, 'mostBytes' | 'events'>;
  /** When the whole began, by the machine's own monotonous time, and when it has to be over. */
  readonly began: number;
  readonly until: number;
  /** Told with the head of the answer, if there is one. */
  readonly onAnswer: () => void;
}

export interface Exchanged {
  readonly result: OutboundAnswer | NoAnswer;
  readonly heard: Heard;
  /** Whether so much as a byte came back. */
  readonly anything: boolean;
}

const JUNK = "The target's answer is no HTTP that can be trusted.";
const BROKEN = 'The connection to the target broke before its answer was whole.';
const PACKED = "The target's answer cannot be unpacked.";
const SWITCHED = 'The target switched protocols, which nobody asked for.';

function write(socket: Socket, { head, body }: Wire): void {
  if (body === undefined || body.length === 0) {
    socket.write(head, 'latin1');
    return;
  }
  socket.cork();
  socket.write(head, 'latin1');
  socket.write(body);
  socket.uncork();
}

type SoFar = Pick<NoAnswer, 'status' | 'cutShort'>;

/** What a body amounts to, once it has ended in whatever way. */
function resultOf(head: Head, body: Body, mostBytes: number, hasBroken: boolean): OutboundAnswer | NoAnswer {
  const { status, headers } = head;
  const answer = { status, headers, body: body.bytes };
  if (body.ended === 'whole') return answer;
  if (body.ended === 'broken') {
    // What ends with its connection may have ended too soon, and nothing says so.
    const isCut = hasBroken || head.framing === 'until closed';
    return failed(hasBroken ? BROKEN : PACKED, { status, ...(isCut ? { cutShort: true } : {}) });
  }
  if (head.isEvents) return { ...answer, body: wholeEvents(body.bytes), cut: body.ended };
  return tooLarge(mostBytes, { status });
}

class Run implements Holder, AnswerParts {
  readonly done: Promise<Exchanged>;
  readonly #connection: Connection;
  readonly #exchange: Exchange;
  readonly #reader = new AnswerReader(this);
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #reject: (fault: unknown) => void;
  readonly #timer: NodeJS.Timeout;
  /** Whether the connection is still in its hands: it may serve others while this answer is unpacked. */
  #holds = true;
  #hasHeard = false;
  #isWhole = false;
  /** The connection went before that. */
  #hasBroken = false;
  #isOver = false;
  #informational = 0;
  #head: Head | undefined;
  #reading: Reading | undefined;

  constructor(connection: Connection, exchange: Exchange) {
    const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#connection = connection;
    this.#exchange = exchange;
    const left = Math.max(0, exchange.until - performance.now());
    this.#timer = setTimeout(() => this.#end(timedOut(this.#soFar())), left);
    connection.holder = this;
    // It may have broken in the moment since it was taken.
    if (connection.socket.destroyed) this.close();
    else write(connection.socket, exchange.wire);
  }

  take(bytes: Buffer): void {
    this.#hasHeard = true;
    try {
      const trailed = this.#reader.take(bytes);
      if (this.#isWhole) this.#leave(trailed === undefined);
    } catch (error) {
      if (!(error instanceof Junk)) this.#reject(error);
      this.#end(failed(JUNK, this.#soFar()));
    }
  }

  end(): void {
    this.#reader.end();
    if (this.#isWhole) this.#leave(false);
    else this.close();
  }

  /** Where an answer has begun, its body's reader knows what that makes of it. */
  close(): void {
    this.#hasBroken = !this.#isWhole;
    if (this.#reading === undefined) this.#end(this.#broken());
    else this.#reading.stop();
  }

  /** A target that does not take the handshake has not looked at the request. */
  #broken(): NoAnswer {
    const { wasFree, isRefused } = this.#connection;
    const isUnread = isRefused && !wasFree && !this.#hasHeard;
    return isUnread ? unavailable(CERTIFICATE_REFUSED) : failed(BROKEN, this.#soFar());
  }

  head(raw: RawHead): Framing {
    if (raw.status < 200) {
      this.#inform(raw.status);
      return 0;
    }
    const { asked, wire, onAnswer } = this.#exchange;
    const head = headOf(raw, wire.method);
    const { status, framing, problem } = head;
    this.#head = head;
    onAnswer();
    if (problem !== undefined) this.#end(failed(problem, { status }));
    else if (!head.isEvents && typeof framing === 'number' && framing > asked.mostBytes) {
      this.#end(tooLarge(asked.mostBytes, { status }));
    } else this.#read(head);
    return framing;
  }

  bytes(bytes: Buffer): void {
    if (this.#reading?.take(bytes) === false) this.#connection.socket.pause();
  }

  whole(): void {
    this.#isWhole = true;
    this.#reading?.whole();
  }

  #soFar(): SoFar {
    if (this.#head === undefined) return {};
    const { status } = this.#head;
    return this.#isWhole ? { status } : { status, cutShort: true };
  }

  #inform(status: number): void {
    this.#informational += 1;
    if (status === 101) this.#end(failed(SWITCHED, { status, cutShort: true }));
    else if (this.#informational > MOST_INFORMATIONAL) this.#end(failed(JUNK));
  }

  #read(head: Head): void {
    const { asked, began, until } = this.#exchange;
    if (head.keptMilliseconds !== undefined) this.#connection.keptMilliseconds = head.keptMilliseconds;
    // A stream of events that goes on is no failure, whichever time is up first.
    if (head.isEvents) clearTimeout(this.#timer);
    const limits = head.isEvents
      ? {
          mostBytes: Math.min(asked.events.bytes, asked.mostBytes),
          cutAt: Math.min(began + asked.events.milliseconds, until),
        }
      : { mostBytes: asked.mostBytes };
    this.#reading = readBody(head.encodings, limits, () => this.#goOn());
    void this.#reading.ended.then((body) =>
      this.#end(resultOf(head, body, asked.mostBytes, this.#hasBroken)),
    );
  }

  #goOn(): void {
    if (this.#holds) this.#connection.socket.resume();
  }

  #leave(isGood: boolean): void {
    if (!this.#holds) return;
    this.#goOn();
    this.#holds = false;
    // An answer may be there before the request is all gone: nobody waits for the rest of it.
    const isSent = this.#connection.socket.writableLength === 0;
    this.#connection.leave(isGood && isSent && this.#head?.stays === true);
  }

  #end(result: OutboundAnswer | NoAnswer): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#reader.stop();
    this.#reading?.stop();
    this.#leave(false);
    this.#resolve({ result, heard: this.#heardWith(result), anything: this.#hasHeard });
  }

  #heardWith(result: OutboundAnswer | NoAnswer): Heard {
    if (result.status !== undefined) return 'answered';
    if (!('problem' in result) || this.#hasHeard) return 'unclear';
    if (result.problem === 'unavailable') return 'away';
    return result.problem === 'timeout' ? 'silent' : 'unclear';
  }
}

export function exchangeOn(connection: Connection, exchange: Exchange): Promise<Exchanged> {
  return new Run(connection, exchange).done;
}
