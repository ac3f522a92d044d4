// One request over HTTP and the whole of its answer, within bounds: no redirect is followed, nothing is sent twice.
import { Agent, type IncomingMessage, request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';

export interface Question {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** For all of it, to the last byte of the answer. */
  readonly milliseconds: number;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** More than the broker ever says at once. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Plain HTTP is for loopback, so it must not go by way of a proxy, whatever the environment says. */
const DIRECT = new Agent();

export class ExchangeFailed extends Error {
  override readonly name = 'ExchangeFailed';
  readonly why: string;
  /** The question went out, so that it may have had its effect. */
  readonly sent: boolean;

  constructor(why: string, sent: boolean) {
    super(why);
    this.why = why;
    this.sent = sent;
  }
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('an answer without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A code where there is one: messages of TLS and DNS are long, and say the address again. */
function reason(error: unknown, timedOut: boolean): string {
  if (timedOut) return 'it took too long';
  if (error instanceof Error && 'code' in error) return String(error.code);
  return error instanceof Error ? error.message : 'unknown error';
}

export async function exchange({ url, method, headers, body, milliseconds }: Question): Promise<Reply> {
  const signal = AbortSignal.timeout(milliseconds);
  // An environment variable can switch the check of certificates off; a token is worth more than that.
  const request =
    url.protocol === 'https:'
      ? requestByHttps(url, { method, headers, signal, rejectUnauthorized: true })
      : requestByHttp(url, { method, headers, signal, agent: DIRECT });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', reject);
      request.end(body);
    });
    return { status: response.statusCode ?? 0, body: await bodyOf(response) };
  } catch (error) {
    throw new ExchangeFailed(reason(error, signal.aborted), request.writableFinished);
  }
}
