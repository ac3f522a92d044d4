// Bodies: unpacked, measured as they come, and streams of events that are cut.
import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import {
  brotliCompressSync,
  constants,
  createGzip,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wholeEvents } from '../../../src/adapters/network/outbound/events.ts';
import { answering } from './support/fetching.ts';
import { answered, get, outboundHere, plainAt, textOf } from './support/sending.ts';
import { httpPort } from './support/servers.ts';

const TEXT = 'The printer is on fire. '.repeat(2000);
const PACKED: readonly (readonly [string, Uint8Array])[] = [
  ['gzip', gzipSync(TEXT)],
  ['x-gzip', gzipSync(TEXT)],
  ['GZip', gzipSync(TEXT)],
  ['gzip', Buffer.concat([gzipSync(TEXT.slice(0, 99)), gzipSync(TEXT.slice(99))])],
  ['deflate', deflateSync(TEXT)],
  ['deflate', deflateRawSync(TEXT)],
  ['br', brotliCompressSync(TEXT)],
  ['identity', Buffer.from(TEXT)],
  ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
  ['br, deflate', deflateRawSync(brotliCompressSync(TEXT))],
  ['', Buffer.from(TEXT)],
];

describe('a packed body', () => {
  it.each(PACKED)('in %j is unpacked', async (encoding, body) => {
    expect(textOf(await answered({ 'content-encoding': encoding }, body))).toBe(TEXT);
  });

  it.each(PACKED.slice(0, 7))('in %j comes in any pieces', async (encoding, body) => {
    const sendBytewise = (response: ServerResponse) => {
      for (const byte of body.subarray(0, 30)) response.write(Buffer.of(byte));
      response.end(body.subarray(30));
    };
    expect(textOf(await answered({ 'content-encoding': encoding }, sendBytewise))).toBe(TEXT);
  });

  it('that is empty is empty', async () => {
    expect(await answered({ 'content-encoding': 'gzip' }, Buffer.alloc(0))).toMatchObject({
      body: Buffer.alloc(0),
    });
  });

  it.each([
    ['gzip', gzipSync(TEXT).subarray(0, -20)],
    ['gzip', Buffer.from(TEXT)],
    ['br', brotliCompressSync(TEXT).subarray(0, -5)],
    ['deflate', Buffer.from('x')],
    ['zstd', zstdCompressSync(TEXT)],
    ['gzip, gzip', gzipSync(TEXT)],
    ['compress', Buffer.from('x')],
    ['constructor', Buffer.from('x')],
    ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(TEXT)))],
  ])('that is no %s is no answer', async (encoding, body) => {
    const result = await answered({ 'content-encoding': encoding }, body);
    expect(result).toMatchObject({ problem: 'failed', sent: true, status: 200 });
  });

  it('leaves its connection to the next request', async () => {
    const ports = new Set<unknown>();
    const port = await httpPort((request, response) => {
      ports.add(request.socket.remotePort);
      response.setHeader('content-encoding', 'gzip').end(gzipSync(TEXT));
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    for (let time = 0; time < 3; time += 1) expect(textOf(await outbound.send(get(to)))).toBe(TEXT);
    expect(ports.size).toBe(1);
  });
});

describe('a body that is too large', () => {
  const mostBytes = 10_000;

  it('by a byte is not taken, and one of just that size is', async () => {
    expect(await answered({}, randomBytes(mostBytes), { mostBytes })).toMatchObject({ status: 200 });
    expect(await answered({}, randomBytes(mostBytes + 1), { mostBytes })).toMatchObject({
      problem: 'too_large',
      sent: true,
      status: 200,
    });
  });

  it('and has no end is left as soon as it is', async () => {
    const closed = Promise.withResolvers<void>();
    const endless = (response: ServerResponse) => {
      const write = () => {
        while (response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', write).on('close', () => closed.resolve());
      write();
    };
    expect(await answered({}, endless, { mostBytes })).toMatchObject({ problem: 'too_large', status: 200 });
    await closed.promise;
  });

  it.each([
    ['gzip', gzipSync(Buffer.alloc(50_000_000))],
    ['deflate', deflateRawSync(Buffer.alloc(50_000_000))],
    ['br', brotliCompressSync(Buffer.alloc(50_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(50_000_000)))],
    ['gzip', gzipSync(randomBytes(mostBytes + 1))],
  ])('once unpacked from %s, or before, is not', async (encoding, body) => {
    const result = await answered({ 'content-encoding': encoding }, body, { mostBytes });
    expect(result).toMatchObject({ problem: 'too_large', sent: true, status: 200 });
  });

  it('is counted by the byte, however small its pieces are', async () => {
    const inPieces = async (many: number) => {
      const chunks = '1\r\nx\r\n'.repeat(many);
      const raw = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
      return outboundHere().send(get(plainAt(await answering(raw)), { mostBytes }));
    };
    expect(textOf(await inPieces(mostBytes))).toBe('x'.repeat(mostBytes));
    expect(await inPieces(mostBytes + 1)).toMatchObject({ problem: 'too_large', status: 200 });
  });

  it('unpacked takes no more memory than the limit and what is on its way', async () => {
    // As text, so that all of it is one bomb of 2 GB behind 2 MB.
    const once = gzipSync(Buffer.alloc(100_000_000));
    const bomb = Buffer.concat(Array.from({ length: 20 }, () => once));
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 1);
    const before = process.memoryUsage().rss;
    const result = await answered({ 'content-encoding': 'gzip' }, bomb, { mostBytes: 8_000_000 });
    clearInterval(watch);
    expect(result).toMatchObject({ problem: 'too_large' });
    expect(most - before).toBeLessThan(200_000_000);
  });
});

describe('a stream of events', () => {
  const type = { 'content-type': 'Text/Event-Stream; charset=utf-8' };
  const events = { milliseconds: 20_000, bytes: 100 };

  it('that ends is whole', async () => {
    const result = await answered(type, Buffer.from('data: 1\n\ndata: 2\n\ndata: 3'), { events });
    expect(textOf(result)).toBe('data: 1\n\ndata: 2\n\ndata: 3');
    expect(result).not.toHaveProperty('cut');
  });

  it.each([
    ['by its bytes', {}, Buffer.from('data: 1234\n\n'.repeat(20))],
    ['by its bytes once unpacked', { 'content-encoding': 'gzip' }, gzipSync('data: 1234\n\n'.repeat(20))],
  ])('is cut %s, after its last whole event', async (_, headers, body) => {
    const result = await answered({ ...type, ...headers }, body, { events });
    expect(result).toMatchObject({ status: 200, cut: 'bytes' });
    expect(textOf(result)).toBe('data: 1234\n\n'.repeat(8));
  });

  it.each([
    ['is too long', {}, Buffer.from(`data: ${'x'.repeat(200)}\n\n`)],
    [
      'is too long once unpacked',
      { 'content-encoding': 'br' },
      brotliCompressSync(`data: ${'x'.repeat(200)}\n\n`),
    ],
  ])('with one event that %s is cut before it', async (_, headers, body) => {
    const result = await answered({ ...type, ...headers }, body, { events });
    expect(result).toMatchObject({ status: 200, cut: 'bytes' });
    expect(textOf(result)).toBe('');
  });

  it('that goes on within its first event is cut before it', async () => {
    const begin = (response: ServerResponse) => void response.write('data: hunt');
    const result = await answered(type, begin, { events: { milliseconds: 100, bytes: 1000 } });
    expect(result).toMatchObject({ status: 200, cut: 'time', body: Buffer.alloc(0) });
  });

  const goingOn = (response: ServerResponse) => {
    response.write('data: 1\n\ndata: 2\r\n\r\ndata: ');
  };
  it.each([
    ['its own time', { events: { milliseconds: 100, bytes: 1000 } }],
    ['the time for all', { timeoutMilliseconds: 100 }],
  ])('that goes on is cut after %s, which is no failure', async (_, more) => {
    const closed = Promise.withResolvers<void>();
    const result = await answered(
      type,
      (response) => {
        response.on('close', () => closed.resolve());
        goingOn(response);
      },
      more,
    );
    expect(result).toMatchObject({ status: 200, cut: 'time' });
    expect(textOf(result)).toBe('data: 1\n\ndata: 2\r\n\r\n');
    await closed.promise;
  });

  it('that is packed and goes on gives what was flushed', async () => {
    const result = await answered(
      { ...type, 'content-encoding': 'gzip' },
      (response) => {
        const gzip = createGzip();
        gzip.pipe(response);
        gzip.write('data: 1\n\ndata: 2');
        gzip.flush();
      },
      { events: { milliseconds: 300, bytes: 1000 } },
    );
    expect(result).toMatchObject({ cut: 'time' });
    expect(textOf(result)).toBe('data: 1\n\n');
  });

  it('is never more than is taken of any body', async () => {
    const result = await answered(type, Buffer.from('data: 1\n\ndata: 2\n\n'), { mostBytes: 12 });
    expect(result).toMatchObject({ cut: 'bytes' });
    expect(textOf(result)).toBe('data: 1\n\n');
  });

  it.each([
    ['a\n\nb', 'a\n\n'],
    ['a\r\n\r\nb', 'a\r\n\r\n'],
    ['a\r\rb', 'a\r\r'],
    ['a\n\r\nb', 'a\n\r\n'],
    ['a\r\n\nb', 'a\r\n\n'],
    ['a\nb\n', ''],
    ['a\r\nb', ''],
    ['a', ''],
    ['a\n\nb\n\nc\n', 'a\n\nb\n\n'],
    ['', ''],
  ])('%j ends, whole, with %j', (text, whole) => {
    expect(wholeEvents(Buffer.from(text)).toString()).toBe(whole);
  });

  it('is cut to the same text as its lines say', () => {
    const pieces = fc.array(fc.constantFrom('a', 'é', '\n', '\r', '\r\n'), { maxLength: 12 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join('');
        const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
        const last = lines.findLastIndex((line) => /^[\r\n]+$/.test(line));
        const whole = lines.slice(0, last + 1).join('');
        expect(wholeEvents(Buffer.from(text)).toString()).toBe(whole);
      }),
    );
  });
});
