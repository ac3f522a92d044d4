// Of an answer that begins and can't be used: whether its end was seen, which says what is known of a write.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OutboundRequest } from '../../../src/ports/outbound.ts';
import { get, outboundHere, plainAt } from './support/sending.ts';
import { tcpPort } from './support/servers.ts';

const head = (...lines: readonly string[]) => ['HTTP/1.1 201 Created', ...lines, '', ''].join('\r\n');
const chunked = head('transfer-encoding: chunked');
const inGzip = (length: number) => head('content-encoding: gzip', `content-length: ${length}`);

type Case = [what: string, raw: string, problem: string, more?: Partial<OutboundRequest>];
const SOON = { timeoutMilliseconds: 200 };

/** Closes the connection after it, but where time is to be up. */
async function answeredWith(raw: string, more: Partial<OutboundRequest> = {}) {
  const port = await tcpPort((socket) => {
    socket.once('data', () => {
      if (more.timeoutMilliseconds === undefined) socket.end(raw, 'latin1');
      else socket.write(raw, 'latin1');
    });
  });
  return outboundHere().send(get(plainAt(port), more));
}

describe('an answer that begins', () => {
  const packed = gzipSync('x'.repeat(999)).toString('latin1');
  const CUT: readonly Case[] = [
    ['breaks off within its body', `${head('content-length: 5')}hel`, 'failed'],
    ['breaks off within its chunks', `${chunked}5\r\nhel`, 'failed'],
    ['has no last chunk', `${chunked}2\r\nok\r\n`, 'failed'],
    ['breaks off within its packed body', `${inGzip(packed.length)}${packed.slice(0, -9)}`, 'failed'],
    [
      'is packed, and its end is the connection’s',
      `${head('content-encoding: gzip')}${packed.slice(0, -9)}`,
      'failed',
    ],
    ['goes on with what is no chunk', `${chunked}2\r\nok\r\nFatal error`, 'failed'],
    ['is late within its body', `${head('content-length: 5')}hel`, 'timeout', SOON],
    ['is late within its packed body', `${inGzip(50)}\x1f\x8b`, 'timeout', SOON],
  ];
  it.each<Case>(CUT)('and %s is cut short', async (_, raw, problem, more) => {
    expect(await answeredWith(raw, more)).toMatchObject({ problem, sent: true, status: 201, cutShort: true });
  });

  it('by switching protocols never says what it would have said', async () => {
    const raw = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n';
    expect(await answeredWith(raw)).toMatchObject({ problem: 'failed', status: 101, cutShort: true });
  });

  const WHOLE: readonly Case[] = [
    ['can’t be unpacked', `${inGzip(9)}not gzip!`, 'failed'],
    ['ends too soon within what is packed', `${inGzip(packed.length - 9)}${packed.slice(0, -9)}`, 'failed'],
    [
      'has an encoding that is not known',
      `${head('content-encoding: zstd', 'content-length: 2')}ok`,
      'failed',
    ],
    ['has two lengths', `${head('content-length: 2', 'content-length: 3')}ok`, 'failed'],
    ['has more behind it', `${head('content-length: 2')}ok and more`, 'failed'],
    ['is too large', `${head('content-length: 9')}too large`, 'too_large', { mostBytes: 8 }],
    ['is too large in chunks', `${chunked}9\r\ntoo large\r\n0\r\n\r\n`, 'too_large', { mostBytes: 8 }],
  ];
  it.each<Case>(WHOLE)('and %s is not', async (_, raw, problem, more) => {
    const result = await answeredWith(raw, more);
    expect(result).toMatchObject({ problem, sent: true, status: 201 });
    expect(result).not.toHaveProperty('cutShort');
  });

  it.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 201 Created\r\ncontent'],
    ['junk', 'SSH-2.0-OpenSSH_9.9\r\n'],
  ])('with %s has no status either', async (_, raw) => {
    const result = await answeredWith(raw);
    expect(result).toMatchObject({ problem: 'failed', sent: true });
    for (const name of ['status', 'cutShort']) expect(result).not.toHaveProperty(name);
  });
});
