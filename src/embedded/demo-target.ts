// The demo target: a small ticket system on loopback that wants a key, and shows the person at the laptop that it came.
import { createHash, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Config, DEMO_SECRET, DEMO_TARGET, type TargetDefinition } from '../config/index.ts';
import type { Secrets } from '../ports/secrets.ts';
import type { Secret } from '../shared/secret.ts';
import { createTickets, type Tickets } from './demo-tickets.ts';
import { isHostAccepted } from './hosts.ts';

export interface DemoTargetOptions {
  /** What it lets in. It should be made for this one start: whoever is on this machine can see it at `/seen`. */
  readonly key: Secret;
  /** Any that is free, where left out. */
  readonly port?: number;
}

export interface DemoTarget {
  /** `http://127.0.0.1:…`, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const MAX_HEADER_BYTES = 32_768;
const MAX_BODY_BYTES = 65_536;
const MOST_SEEN = 20;

/** A request as it came. */
interface Seen {
  readonly at: string;
  readonly request: string;
  readonly headers: readonly string[];
  readonly status: number;
}

interface Answer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

const problem = (status: number, error: string, headers?: Answer['headers']): Answer => ({
  status,
  body: { error },
  ...(headers === undefined ? {} : { headers }),
});

/** Of hashes, so that neither the time it takes nor the length says anything about the key. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** Undefined where there is more than is taken. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  const parts: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
  for await (const chunk of parts) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function textIn(body: string): string | undefined {
  try {
    const said: unknown = JSON.parse(body);
    if (said === null || typeof said !== 'object' || !('text' in said)) return undefined;
    return typeof said.text === 'string' ? said.text : undefined;
  } catch {
    return undefined;
  }
}

async function replied(tickets: Tickets, id: string, request: IncomingMessage): Promise<Answer> {
  const body = await readBody(request);
  if (body === undefined) return problem(413, `A reply has at most ${MAX_BODY_BYTES} bytes.`);
  const text = textIn(body);
  if (text === undefined) return problem(400, 'A reply is JSON: {"text": "…"}.');
  const reply = tickets.reply(id, text);
  return reply === undefined
    ? problem(404, 'There is no such ticket.')
    : { status: 201, body: { ticket: id, reply } };
}

const wrongMethod = (allow: string) => problem(405, `This takes ${allow}.`, { allow });

async function ticketAnswer(tickets: Tickets, path: string, request: IncomingMessage): Promise<Answer> {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  if (path === '/tickets') {
    return reads ? { status: 200, body: { tickets: tickets.list() } } : wrongMethod('GET, HEAD');
  }
  const { id, replies } = /^\/tickets\/(?<id>[0-9]{1,9})(?<replies>\/replies)?$/.exec(path)?.groups ?? {};
  if (id === undefined) return problem(404, 'There is nothing here.');
  if (replies !== undefined) {
    return request.method === 'POST' ? replied(tickets, id, request) : wrongMethod('POST');
  }
  if (!reads) return wrongMethod('GET, HEAD');
  const ticket = tickets.get(id);
  return ticket === undefined ? problem(404, 'There is no such ticket.') : { status: 200, body: ticket };
}

function send(request: IncomingMessage, response: ServerResponse, { status, body, headers }: Answer): void {
  const text = `${JSON.stringify(body)}\n`;
  // What is left of a body that nobody read can't be told from the next request: the connection ends.
  if (!request.complete) response.setHeader('connection', 'close');
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(text);
}

/** `Name: value`, as many as there were, in their order and their own case. */
function headerLines({ rawHeaders }: IncomingMessage): readonly string[] {
  return rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${rawHeaders[i + 1] ?? ''}`] : []));
}

function createDemoServer(key: Secret): Server {
  const tickets = createTickets();
  let seen: readonly Seen[] = [];
  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const { method = '', url = '', socket } = request;
    const [path = ''] = url.split('?');
    // Loopback alone keeps no browser out: a page's own name can be made to lead here. Its Host gives it away.
    if (!isHostAccepted(request.headers.host, `http://${LOOPBACK}:${socket.localPort}`)) {
      return problem(403, 'The Host header must name a loopback address.');
    }
    if (path === '/seen') {
      const reads = method === 'GET' || method === 'HEAD';
      return reads ? { status: 200, body: { requests: seen } } : wrongMethod('GET, HEAD');
    }
    const answer = isSame(request.headers.authorization ?? '', `Bearer ${key.open()}`)
      ? await ticketAnswer(tickets, path, request)
      : problem(401, 'This takes a key.', { 'www-authenticate': 'Bearer realm="tickets"' });
    const { status } = answer;
    const at = new Date().toISOString();
    const latest = { at, request: `${method} ${url}`, headers: headerLines(request), status };
    seen = [latest, ...seen].slice(0, MOST_SEEN);
    return answer;
  };
  const options = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: 30_000, headersTimeout: 10_000 };
  return createServer({ ...options, connectionsCheckingInterval: 1000 }, (request, response) => {
    answerTo(request).then(
      (answer) => send(request, response, answer),
      // The caller has gone in the middle of its own request.
      () => request.socket.destroy(),
    );
  });
}

export async function startDemoTarget({ key, port = 0 }: DemoTargetOptions): Promise<DemoTarget> {
  const server = createDemoServer(key).listen(port, LOOPBACK);
  await once(server, 'listening');
  return {
    url: `http://${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isDemo(target: TargetDefinition): boolean {
  return target.kind === 'http' && target.connection.baseUrl === DEMO_TARGET;
}

export function namesDemoTarget({ targets }: Config): boolean {
  return Object.values(targets).some(isDemo);
}

/** The config with the demo target's own address where it names the demo target. */
export function withDemoTarget(config: Config, { url }: Pick<DemoTarget, 'url'>): Config {
  const put = (target: TargetDefinition): TargetDefinition =>
    target.kind === 'http' && isDemo(target)
      ? { ...target, connection: { ...target.connection, baseUrl: url, private: [`${LOOPBACK}/32`] } }
      : target;
  const targets = Object.entries(config.targets).map(([id, target]) => [id, put(target)] as const);
  return { ...config, targets: Object.fromEntries(targets) };
}

/** The secrets, and the demo target's key among them. */
export function withDemoSecret(secrets: Secrets, key: Secret): Secrets {
  return {
    read: async (name, options) => (name === DEMO_SECRET ? { token: key } : secrets.read(name, options)),
  };
}
