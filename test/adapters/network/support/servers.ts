// Servers on loopback that an issuer's could be, or somebody else's who would like to be taken for it.
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { onTestFinished } from 'vitest';
import { listen } from '../../../contract/support/servers.ts';
import type { Certificate } from './certificate.ts';

async function portOf(server: ReturnType<typeof createTcpServer>): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  const { endpoint, close } = await listen(server);
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await close();
  });
  return Number(new URL(endpoint).port);
}

export const httpPort = (listener: RequestListener) => portOf(createHttpServer(listener));

export const httpsPort = (certificate: Certificate & ServerOptions, listener: RequestListener) =>
  portOf(createHttpsServer(certificate, listener));

/** A server that does with the bare connection what it likes. */
export const tcpPort = (onConnection: (socket: Socket) => void) => portOf(createTcpServer(onConnection));

/** The same within TLS. */
export const tlsPort = ({ key, cert }: Certificate, onConnection: (socket: Socket) => void) =>
  portOf(createTlsServer({ key, cert }, onConnection));

/** A server that nobody may reach, and that counts who does. */
export async function canary(): Promise<{ readonly port: number; readonly reached: () => number }> {
  let count = 0;
  const port = await tcpPort((socket) => {
    count += 1;
    socket.destroy();
  });
  return { port, reached: () => count };
}
