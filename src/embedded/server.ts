// The embedded door: Node's HTTP server on loopback, in front of the same endpoints as the functions.
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeader,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { LINKED_PATH } from '../adapters/embedded/object-links.ts';
import {
  type ApiRequest,
  type ApiResponse,
  answer,
  dressed,
  type Endpoint,
  MAX_BODY_BYTES,
  type Matched,
  matchRoute,
  mostBodyBytes,
  problem,
} from '../api/index.ts';
import type { Log } from '../ports/log.ts';
import { Refusal } from '../shared/errors.ts';
import { isHostAccepted } from './hosts.ts';
import type { InStep } from './in-step.ts';
import type { LinkedObjects } from './linked-objects.ts';
import { isUtf8, pairsOf } from './query.ts';

export interface DoorOptions {
  readonly endpoints: readonly Endpoint[];
  readonly log: Log;
  readonly publicUrl: () => string;
  readonly requestId: () => string;
  /** The page at `/`. */
  readonly page: () => ApiResponse;
  /** What lies under `/objects/`. */
  readonly linked: LinkedObjects;
  readonly inStep: InStep;
}

/** Room for the largest token that is accepted, and for the other headers. */
const MAX_HEADER_BYTES = 32_768;

/** Bodies up to here are read to their end and thrown away, so that the caller gets to see the refusal. */
const MAX_DISCARDED_BYTES = 32 * MAX_BODY_BYTES;

/** By listeners: for a small body, iterating over it costs more than all else. */
function readSent(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined>();
  let chunks: Buffer[] = [];
  let size = 0;
  const take = (chunk: Buffer) => {
    size += chunk.length;
    if (size > most) chunks = [];
    else chunks.push(chunk);
    if (size <= MAX_DISCARDED_BYTES) return;
    // Left early, the request must not be destroyed: the refusal would not get out, and the connection would stay.
    request.off('data', take).pause();
    resolve(undefined);
  };
  request.on('data', take);
  request.once('end', () => resolve(size > most ? undefined : Buffer.concat(chunks)));
  request.once('error', reject);
  request.once('close', () => {
    if (!request.readableEnded) reject(new Error('the caller has gone'));
  });
  return promise;
}

async function readBody(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return new Uint8Array();
  return Number(length ?? 0) > MAX_DISCARDED_BYTES ? undefined : readSent(request, most);
}

function headersOf({ headers }: IncomingMessage): ApiRequest['headers'] {
  const { 'set-cookie': cookies } = headers;
  // All others are joined by Node.
  if (cookies === undefined) return headers as ApiRequest['headers'];
  return { ...(headers as ApiRequest['headers']), 'set-cookie': cookies.join(', ') };
}

function headerLinesOf({ rawHeaders }: IncomingMessage): ApiRequest['headerLines'] {
  const lines: [string, string][] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    lines.push([rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']);
  }
  return lines;
}

interface Handled {
  readonly route: string;
  readonly response: ApiResponse;
}

/** What is wrong with it before anybody looks what it asks for. */
function refusalOfHead(
  { httpVersionMajor, headers, url = '' }: IncomingMessage,
  headerLines: ApiRequest['headerLines'],
  publicUrl: string,
): Refusal | undefined {
  if (headerLines.filter(([name]) => name.toLowerCase() === 'host').length > 1)
    return new Refusal('malformed_request', 'There must be one Host header.');
  if (!isHostAccepted(headers.host, publicUrl))
    return new Refusal('not_permitted', 'The Host header must name a loopback address or the publicUrl.');
  // What has no version is HTTP/0.9 to the parser: whoever meant that meant a line break in a path to pass for one.
  if (httpVersionMajor !== 1) return new Refusal('malformed_request', 'This is not an HTTP/1.1 request.');
  return url.startsWith('/')
    ? undefined
    : new Refusal('malformed_request', 'The request target must be a path.');
}

/** Of what goes on to a target: what can't be read would arrive there as something else than was sent. */
const QUERY_NOT_UTF8 = new Refusal(
  'malformed_request',
  'The query has escapes that are no UTF-8, which servers read in different ways: send it in UTF-8.',
);

function matchedRoute(method: string, path: string, query: string): Matched | Refusal {
  if (path === '/') return new Refusal('method_not_allowed', 'This path takes GET.', { allow: ['GET'] });
  const matched = matchRoute(method, path);
  if (matched instanceof Refusal) return matched;
  // Of any method are the routes to targets alone.
  return matched.route.method === 'ANY' && !isUtf8(query) ? QUERY_NOT_UTF8 : matched;
}

async function handle(options: DoorOptions, request: IncomingMessage, requestId: string): Promise<Handled> {
  const { endpoints, log, publicUrl, page, linked, inStep } = options;
  const { method = '', url = '' } = request;
  const refuse = (refusal: Refusal): Handled => ({
    route: '-',
    response: problem(refusal, requestId, publicUrl()),
  });
  const headerLines = headerLinesOf(request);
  const refusal = refusalOfHead(request, headerLines, publicUrl());
  if (refusal !== undefined) return refuse(refusal);
  const border = url.indexOf('?');
  const [path, raw] = border < 0 ? [url, ''] : [url.slice(0, border), url.slice(border + 1)];
  const query = pairsOf(raw);
  if (path === '/' && method === 'GET') return { route: '/', response: page() };
  if (path.startsWith(LINKED_PATH)) {
    const { range, 'if-range': ifRange } = request.headers;
    const asked = { method, path, query, range, ifRange: ifRange?.toString(), requestId };
    return { route: LINKED_PATH, response: await linked(asked) };
  }
  const matched = matchedRoute(method, path, raw);
  if (matched instanceof Refusal) return refuse(matched);
  const endpoint = endpoints.find(({ route }) => route.name === matched.route.name);
  if (endpoint === undefined) return refuse(new Refusal('not_found', 'There is no such route.'));
  const apiRequest = {
    method,
    path,
    parameters: matched.parameters,
    query,
    headers: headersOf(request),
    headerLines,
    sourceAddress: request.socket.remoteAddress,
    body: await readBody(request, mostBodyBytes(matched.route)),
    requestId,
  };
  await inStep.together();
  return { route: matched.route.path, response: await answer(endpoint, apiRequest, log, publicUrl()) };
}

/** As a text, which in Latin-1 has a character for each byte, a body goes out in one piece with its head. */
const MOST_WITH_HEAD_BYTES = 8 * 1024;

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: ApiResponse,
  draining: boolean,
) {
  // What is left of a body that nobody read can't be told from the next request: the connection ends.
  if (draining || !request.complete) response.setHeader('connection', 'close');
  const isBare = request.method === 'HEAD' || status === 204 || status === 304;
  // Names and values in turn. What a target sent with several values goes out in as many lines.
  const lines: OutgoingHttpHeader[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (isBare || name !== 'content-length') lines.push(name, value as OutgoingHttpHeader);
  }
  if (!isBare) lines.push('content-length', Buffer.byteLength(body));
  response.writeHead(status, lines);
  if (isBare) response.end();
  else if (typeof body === 'string' || body.length > MOST_WITH_HEAD_BYTES) response.end(body);
  else response.end(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1'), 'latin1');
}

/** For an answer to be read in. */
const TAKE_MILLISECONDS = 2000;

/** What Node's parser refuses never becomes a request; it is answered all the same. */
function answerBroken(error: NodeJS.ErrnoException, socket: Duplex, requestId: string): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const refusal =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? new Refusal('request_too_large', `The headers may have at most ${MAX_HEADER_BYTES} bytes.`)
      : new Refusal('malformed_request', 'This is not an HTTP request that the broker understands.');
  const { status, headers, body } = dressed(problem(refusal, requestId), requestId);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  // Whoever does not take it, nor ends on its side, would keep the connection for as long as it likes.
  setTimeout(() => socket.destroy(), TAKE_MILLISECONDS).unref();
  socket.end(
    [
      `HTTP/1.1 ${status} Refused`,
      ...lines,
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}

/** When it drains, a request that has begun may arrive so long. */
const ARRIVE_MILLISECONDS = 5000;

export interface Door {
  readonly server: Server;
  /** Takes no new connection, lets the calls in flight end, and resolves when they have. */
  drain(): Promise<void>;
}

export function createDoor(options: DoorOptions): Door {
  const { inStep } = options;
  let draining = false;
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const requestId = options.requestId();
    const began = performance.now();
    const { route, response: answered } = await handle(options, request, requestId);
    await inStep.together();
    send(request, response, dressed(answered, requestId), draining);
    options.log.info('request handled', {
      method: request.method ?? '-',
      route,
      status: answered.status,
      milliseconds: Math.round(performance.now() - began),
    });
  };
  const server = createServer({
    maxHeaderSize: MAX_HEADER_BYTES,
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 1000,
    // A missing Host is refused like a foreign one, with a problem document.
    requireHostHeader: false,
  });
  const closeWhenDrained = () => {
    // What is still open asks for nothing: a browser's spare connection, a request whose headers are not all there.
    if (draining && inStep.underWay() === 0) server.closeAllConnections();
  };
  const busy = new Map<Duplex, IncomingMessage>();
  server.on('request', (request, response) => {
    const { socket } = request;
    inStep.begin();
    busy.set(socket, request);
    response.once('close', () => {
      inStep.end();
      busy.delete(socket);
      closeWhenDrained();
    });
    serve(request, response).catch((error: unknown) => {
      // The caller has gone in the middle of its own request.
      options.log.warn('request failed', { error: error instanceof Error ? error.name : 'unknown' });
      socket.destroy();
    });
  });
  server.on('clientError', (error, socket) => {
    // What follows a whole request that is under way must not be answered in its place.
    if (busy.get(socket)?.complete === true) socket.destroy();
    else answerBroken(error, socket, options.requestId());
  });
  return {
    server,
    drain: () =>
      new Promise((resolve) => {
        draining = true;
        // What is only on its way here is nobody's call yet, and Node's own limits end with the server.
        const late = setInterval(() => {
          for (const [socket, { complete }] of busy) if (!complete) socket.destroy();
        }, ARRIVE_MILLISECONDS);
        server.close(() => {
          clearInterval(late);
          resolve();
        });
        closeWhenDrained();
      }),
  };
}
