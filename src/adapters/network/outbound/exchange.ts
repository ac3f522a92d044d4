// One request on one connection, and what comes back: the whole answer, or why there is none.
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { NoAnswer, OutboundAnswer, OutboundRequest } from '../../../ports/outbound.ts';
import { type Body, type Reading, readBody } from './body.ts';
import type { Heard } from './breaker.ts';
import type { Connection } from './connections.ts';
import { wholeEvents } from './events.ts';
import { type Head, headOf } from './head.ts';
import { failed, timedOut, tooLarge } from './no-answer.ts';
import type { Wire } from './wire.ts';

const MOST_HEADER_BYTES = 32 * 1024;
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
}

const JUNK = "The target's answer is no HTTP that can be trusted.";
const BROKEN = 'The connection to the target broke before its answer was whole.';

function begin(connection: Connection, { method, target, headers }: Wire): ClientRequest {
  return httpRequest({
    agent: connection.agent,
    method,
    path: target,
    headers,
    // All of them are in place.
    setDefaultHeaders: false,
    maxHeaderSize: MOST_HEADER_BYTES,
    insecureHTTPParser: false,
  });
}

function isJunk(error: unknown): boolean {
  return String((error as { code?: unknown }).code ?? '').startsWith('HPE_');
}

/** What a body amounts to, once it has ended in whatever way. */
function resultOf(head: Head, body: Body, mostBytes: number): OutboundAnswer | NoAnswer {
  const { status, headers } = head;
  const answer = { status, headers, body: body.bytes };
  if (body.ended === 'whole') return answer;
  if (body.ended === 'broken') {
    return failed(head.encodings.length > 0 ? `${BROKEN.slice(0, -1)}, or it cannot be unpacked.` : BROKEN, {
      status,
    });
  }
  if (head.isEvents) return { ...answer, body: wholeEvents(body.bytes), cut: body.ended };
  return tooLarge(mostBytes, { status });
}

class Run {
  readonly done: Promise<Exchanged>;
  readonly #connection: Connection;
  readonly #exchange: Exchange;
  readonly #request: ClientRequest;
  readonly #resolve: (exchanged: Exchanged) => void;
  readonly #timer: NodeJS.Timeout;
  #isOver = false;
  #status: number | undefined;
  #informational = 0;
  #reading: Reading | undefined;

  constructor(connection: Connection, exchange: Exchange) {
    const { promise, resolve } = Promise.withResolvers<Exchanged>();
    this.done = promise;
    this.#resolve = resolve;
    this.#connection = connection;
    this.#exchange = exchange;
    connection.heard = false;
    const request = begin(connection, exchange.wire);
    this.#request = request;
    const left = Math.max(0, exchange.until - performance.now());
    this.#timer = setTimeout(() => this.#end(timedOut(true, this.#soFar())), left);
    // Each of these comes once at most, or does nothing the second time: `once` would take longer.
    request.on('error', (error) => this.#break(isJunk(error) ? JUNK : BROKEN));
    request.on('close', () => this.#break(BROKEN));
    request.on('information', () => this.#inform());
    request.on('upgrade', (_, socket) => {
      socket.destroy();
      this.#end(failed('The target switched protocols, which nobody asked for.', { status: 101 }));
    });
    request.on('response', (answer) => void this.#read(answer));
    request.end(exchange.wire.body);
  }

  #soFar(): { readonly status?: number } {
    return this.#status === undefined ? {} : { status: this.#status };
  }

  #inform(): void {
    this.#informational += 1;
    if (this.#informational > MOST_INFORMATIONAL) this.#end(failed(JUNK));
  }

  /** Where an answer has begun, its body's reader may know better what happened, a little later. */
  #break(detail: string): void {
    if (this.#status === undefined || detail === JUNK) this.#end(failed(detail, this.#soFar()));
  }

  async #read(answer: IncomingMessage): Promise<void> {
    const { asked, began, until, wire, onAnswer } = this.#exchange;
    const head = headOf(answer, wire.method);
    this.#status = head.status;
    onAnswer();
    if (head.problem !== undefined) {
      this.#end(failed(head.problem, { status: head.status }));
      return;
    }
    if (head.keptMilliseconds !== undefined) this.#connection.keptMilliseconds = head.keptMilliseconds;
    if (!head.isEvents && head.length > asked.mostBytes) {
      this.#end(tooLarge(asked.mostBytes, { status: head.status }));
      return;
    }
    // A stream of events that goes on is no failure, whichever time is up first.
    if (head.isEvents) clearTimeout(this.#timer);
    const limits = head.isEvents
      ? {
          mostBytes: Math.min(asked.events.bytes, asked.mostBytes),
          cutAt: Math.min(began + asked.events.milliseconds, until),
        }
      : { mostBytes: asked.mostBytes };
    this.#reading = readBody(answer, head.encodings, limits);
    const body = await this.#reading.ended;
    this.#end(resultOf(head, body, asked.mostBytes), body.ended === 'whole');
  }

  #end(result: OutboundAnswer | NoAnswer, isWhole = false): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#reading?.stop();
    // An answer may be there before the request is all gone: nobody waits for the rest of it.
    if (!isWhole || !this.#request.writableFinished) this.#request.destroy();
    this.#resolve({ result, heard: this.#heardWith(result) });
  }

  #heardWith(result: OutboundAnswer | NoAnswer): Heard {
    if (result.status !== undefined) return 'answered';
    const isSilent = 'problem' in result && result.problem === 'timeout' && !this.#connection.heard;
    return isSilent ? 'silent' : 'unclear';
  }
}

export function exchangeOn(connection: Connection, exchange: Exchange): Promise<Exchanged> {
  return new Run(connection, exchange).done;
}
