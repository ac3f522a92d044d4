// Fetches of a machine whose names are on loopback, and what servers say that have no good in mind.
import type { RequestListener } from 'node:http';
import { createJsonFetch, type JsonFetchDependencies } from '../../../../src/adapters/network/json-fetch.ts';
import { selfSigned } from './certificate.ts';
import { tcpPort } from './servers.ts';

export const HOST = 'login.example.com';
export const certificate = selfSigned({ names: [HOST], addresses: ['127.0.0.1'] });

/** Resolves names to what a test says, one answer after the other, and keeps what it was asked. */
export function names(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = async (name: string) => {
    asked.push(name);
    return answers[asked.length - 1] ?? answers.at(-1) ?? [];
  };
  return { asked, resolve };
}

/** A fetch on a machine whose names are on loopback, and that trusts the certificate above. */
export function fetchHere(options: Partial<JsonFetchDependencies> = {}) {
  const { resolve } = names(['127.0.0.1']);
  return createJsonFetch({ allowLoopback: true, ca: certificate.cert, resolve, ...options });
}

export const json =
  (value: unknown): RequestListener =>
  (_, response) => {
    response.end(JSON.stringify(value));
  };

/** What servers say that have no good in mind. */
export const RAW: Readonly<Record<string, string | undefined>> = {
  'no answer at all': '',
  'another protocol': 'SSH-2.0-OpenSSH_9.9\r\n',
  'the wrong version': 'HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}',
  'a switch of protocols': 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n{}',
  'a body that breaks off': 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"a":1}',
  'a chunk that breaks off': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n7\r\n{"a":1}\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 7\r\n\r\n{"a":1}',
  'a length and chunks':
    'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'a folded header': 'HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 2\r\n\r\n{}',
  'a line feed for an end': 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}',
  'huge headers': `HTTP/1.1 200 OK\r\na: ${'x'.repeat(17_000)}\r\ncontent-length: 2\r\n\r\n{}`,
  'many headers': `HTTP/1.1 200 OK\r\n${'aaaa: bbbb\r\n'.repeat(4000)}content-length: 2\r\n\r\n{}`,
  'a huge status line': `HTTP/1.1 200 ${'x'.repeat(17_000)}\r\ncontent-length: 2\r\n\r\n{}`,
  'a huge chunk extension': `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;${'x'.repeat(17_000)}\r\n{}\r\n0\r\n\r\n`,
};

export const answering = (raw = '') =>
  tcpPort((socket) => {
    socket.once('data', () => socket.end(raw));
  });
