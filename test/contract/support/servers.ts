// Loopback servers: one that never answers, a port where nobody listens, and a frame for small fakes.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';

export interface Listening {
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export async function listen(server: TcpServer): Promise<Listening> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) (server as Server).closeAllConnections();
    });
  return { endpoint: `http://127.0.0.1:${port}`, close };
}

/** Accepts connections and says nothing. */
export async function silentServer(): Promise<Listening> {
  const sockets = new Set<{ destroy(): unknown }>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const { endpoint, close } = await listen(server);
  return {
    endpoint,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await close();
    },
  };
}

/** An address that refuses connections. */
export async function closedPort(): Promise<Listening> {
  const { endpoint, close } = await listen(createTcpServer());
  await close();
  return { endpoint, close: async () => undefined };
}

export type Handler = (request: IncomingMessage, body: Buffer, response: ServerResponse) => void;

export async function fakeServer(handler: Handler): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    handler(request, Buffer.concat(chunks), response);
  });
  return listen(server);
}
