// The servers that the broker calls in black-box tests, one that nobody may reach, and the way for tests to ask what they saw.
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type Asked, json, type Pages } from './answers.ts';
import { bodies } from './bodies.ts';
import { startLogin } from './login.ts';
import { lookAlikes } from './look-alikes.ts';
import { misbehaving } from './misbehaving.ts';
import type { Place } from './place.ts';
import { newProofs, type Proofs, proving } from './proving.ts';
import { reflecting } from './reflect.ts';
import { type Seen, says, seenIn } from './seen.ts';
import { tickets } from './tickets.ts';

export interface Running {
  /** Where tests ask. */
  readonly control: string;
  stop(): Promise<void>;
}

const MOST_BYTES = 64 * 2 ** 20;

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= MOST_BYTES) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

interface State {
  readonly place: Place;
  readonly pages: Pages;
  readonly proofs: Proofs;
  readonly seen: Seen[];
  /** The connections as they are below TLS, by their ports on the other side. */
  readonly sockets: Map<number, Socket>;
  canary: number;
}

function answering(state: State, server: string) {
  const { place, pages, seen } = state;
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const bytes = await bodyOf(request);
    const one = seenIn(server, request, bytes);
    seen.push(one);
    const found = pages.find(([path]) => path.test(one.path));
    if (found === undefined) return json(response, { error: 'no such page' }, 404);
    const [pattern, page] = found;
    const [, ...parts] = pattern.exec(one.path) ?? [];
    const option = (name: string) => one.query.find(([known]) => known === name)?.[1];
    const { remotePort } = request.socket;
    const reset = () => void state.sockets.get(remotePort ?? 0)?.resetAndDestroy();
    const asked: Asked = {
      ...one,
      reset,
      request,
      bytes,
      parts: parts.map((part) => part ?? ''),
      option,
      place,
    };
    await page(asked, response);
  };
  return (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    answer(request, response).catch((error: unknown) => {
      if (!response.headersSent) json(response, { error: String(error) }, 500);
      else response.destroy();
    });
  };
}

/** Answers tests: what was seen that says a text, who reached the canary, and what they change of keys and tokens. */
function controlling(state: State) {
  const { seen, proofs } = state;
  return async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://control');
    const text = searchParams.get('says') ?? '';
    if (pathname === '/seen')
      return json(
        response,
        seen.filter((one) => says(one, text)),
      );
    if (pathname === '/canary') return json(response, state.canary);
    if (pathname === '/key') proofs.key = body.toString();
    if (pathname === '/tokens' && request.method === 'DELETE') proofs.tokens.clear();
    json(response, { issued: proofs.issued });
  };
}

interface Listening {
  readonly server: Server;
  readonly close: () => Promise<void>;
}

async function listening(
  server: Server,
  port: number,
  { host = '127.0.0.1', sockets = new Map<number, Socket>() } = {},
): Promise<Listening> {
  server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(port));
  });
  // A handshake that fails is the caller's to tell of.
  server.on('tlsClientError', () => undefined);
  server.listen(port, host);
  await once(server, 'listening');
  return {
    server,
    close: async () => {
      for (const socket of sockets.values()) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

/** On every loopback address that there is: whichever way somebody writes one, it is known here. */
async function canary(state: State): Promise<Listening[]> {
  const heard: Listening[] = [];
  for (const host of ['127.0.0.1', '127.0.0.3', '::1']) {
    const server = createTcpServer((socket) => {
      state.canary += 1;
      socket.destroy();
    });
    // Not every machine has them all.
    const one = await listening(server, state.place.ports.canary, { host }).catch(() => undefined);
    if (one !== undefined) heard.push(one);
  }
  return heard;
}

export async function startServers(place: Place): Promise<Running> {
  const proofs = newProofs(place.secrets['e2e/rotating']?.['key'] ?? '');
  const sockets = new Map<number, Socket>();
  const pages = [...tickets, ...reflecting, ...misbehaving, ...bodies, ...proving(proofs), ...lookAlikes];
  const state: State = { place, pages, proofs, seen: [], sockets, canary: 0 };
  const { server: tls, elsewhere, client, ports, host } = place;
  const own = { host };
  const mutual = { ca: client.cert, requestCert: true, rejectUnauthorized: true };
  const control = await listening(createHttpServer(controlling(state)), 0);
  const all = [
    control,
    await listening(createHttpsServer(tls, answering(state, 'https')), ports.https, { ...own, sockets }),
    await listening(createHttpServer(answering(state, 'http')), ports.http, own),
    await listening(createHttpsServer(elsewhere, answering(state, 'elsewhere')), ports.elsewhere, own),
    await listening(createHttpsServer({ ...tls, ...mutual }, answering(state, 'mutual')), ports.mutual, own),
    ...(await canary(state)),
  ];
  const login = await startLogin(place);
  const { port } = control.server.address() as AddressInfo;
  return {
    control: `http://127.0.0.1:${port}`,
    stop: async () => {
      await Promise.all([login.close(), ...all.map(({ close }) => close())]);
    },
  };
}
