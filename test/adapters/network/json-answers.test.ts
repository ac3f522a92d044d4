// What is not taken from whoever answers: anything but a small JSON object, in time.
import type { RequestListener } from 'node:http';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { JsonFetchDependencies } from '../../../src/adapters/network/json-fetch.ts';
import { answering, fetchHere, HOST, RAW } from './support/fetching.ts';
import { canary, httpPort, tcpPort } from './support/servers.ts';

describe('an answer', () => {
  const from = async (listener: RequestListener, timeoutMilliseconds = 3000) =>
    fetchHere({ timeoutMilliseconds })(`http://127.0.0.1:${await httpPort(listener)}/`);
  const saying = (body: string | Uint8Array, headers = {}, status = 200) =>
    from((_, response) => response.writeHead(status, headers).end(body));

  it.each([301, 302, 303, 307, 308])('of status %i leads nowhere else', async (status) => {
    const elsewhere = await canary();
    const location = `http://127.0.0.1:${elsewhere.port}/latest/meta-data/`;
    await expect(saying('{}', { location, refresh: `0; url=${location}` }, status)).rejects.toThrow(
      String(status),
    );
    expect(elsewhere.reached()).toBe(0);
  });

  it.each([201, 203, 204, 206, 300, 304, 400, 404, 500, 503])('of status %i is none', async (status) => {
    await expect(saying(status === 204 || status === 304 ? '' : '{"a":1}', {}, status)).rejects.toThrow(
      `status ${status}`,
    );
  });

  it.each([
    ['status 500', 500, {}],
    ['status 302', 302, { location: '/elsewhere' }],
    ['compressed', 200, { 'content-encoding': 'gzip' }],
  ])('that is none is not waited for: %s', async (problem, status, headers) => {
    const endless: RequestListener = (_, response) => {
      response.writeHead(status, headers).write('{');
    };
    await expect(from(endless, 20_000)).rejects.toThrow(problem);
  });

  it.each([
    ['', 'JSON'],
    ['null', 'no JSON object'],
    ['[]', 'no JSON object'],
    ['"{}"', 'no JSON object'],
    ['1', 'no JSON object'],
    ['<html>', 'JSON'],
    ['{"a":1', 'JSON'],
    ['{"a":1}{', 'JSON'],
    ["{'a':1}", 'JSON'],
    [Buffer.from('{"a":"\xff"}', 'latin1'), 'encoded data'],
    [Buffer.from('{"a":1}', 'utf16le'), 'JSON'],
  ])('that is no JSON object is refused: %j', async (body, problem) => {
    await expect(saying(body)).rejects.toThrow(problem);
  });

  it('may begin with a byte order mark, and hold any member', async () => {
    expect(await saying('\ufeff{"a":"é"}')).toEqual({ a: 'é' });
    const odd = await saying('{"__proto__":{"a":1}}');
    expect(Object.hasOwn(odd, '__proto__')).toBe(true);
    expect(odd['a']).toBeUndefined();
  });

  it('is read up to 512 KiB', async () => {
    const of = (length: number) => JSON.stringify({ pad: 'x'.repeat(length - '{"pad":""}'.length) });
    expect(Object.keys(await saying(of(512 * 1024)))).toEqual(['pad']);
    await expect(saying(of(512 * 1024 + 1))).rejects.toThrow('larger');
  });

  it('without an end is cut off at that size', async () => {
    const endless: RequestListener = (_, response) => {
      const more = () => {
        while (response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      more();
    };
    await expect(from(endless, 20_000)).rejects.toThrow('larger');
  });

  it.each(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'GZIP', 'gzip, gzip', 'identity', 'unknown'])(
    'is not unpacked: %s',
    async (encoding) => {
      const bomb = gzipSync(`{"a":"${'0'.repeat(5_000_000)}"}`);
      await expect(saying(bomb, { 'content-encoding': encoding })).rejects.toThrow('compressed');
    },
  );

  it('that says nothing of being packed is not unpacked either', async () => {
    await expect(saying(gzipSync('{"a":1}'), { 'transfer-encoding': 'gzip, chunked' })).rejects.toThrow();
    await expect(saying(gzipSync('{"a":1}'))).rejects.toThrow();
  });

  it.each(Object.entries(RAW))('on the wire is refused: %s', async (_, raw) => {
    const answer = fetchHere()(`http://127.0.0.1:${await answering(raw)}/`);
    // At once, not because time is up.
    await expect(answer).rejects.toMatchObject({ name: 'Error' });
  });

  it('on the wire is taken where nothing is wrong with it', async () => {
    const port = await answering('HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{"a":1}');
    expect(await fetchHere()(`http://127.0.0.1:${port}/`)).toEqual({ a: 1 });
  });
});

describe('time is up', () => {
  /** Never to be heard of again. */
  const drip = (text: string, more: string) =>
    tcpPort((socket) => {
      socket.once('data', () => {
        socket.write(text);
        const timer = setInterval(() => socket.write(more), 5);
        socket.once('close', () => clearInterval(timer));
      });
    });
  const impatient = (options: Partial<JsonFetchDependencies> = {}) =>
    fetchHere({ timeoutMilliseconds: 150, ...options });
  const timeout = { name: 'TimeoutError' };

  it('for a name that never resolves', async () => {
    const fetchJson = impatient({ resolve: () => new Promise(() => undefined) });
    await expect(fetchJson(`https://${HOST}/`)).rejects.toMatchObject(timeout);
  });

  it.each(['http', 'https'])('for silence on %s', async (scheme) => {
    const port = await tcpPort(() => undefined);
    await expect(impatient()(`${scheme}://127.0.0.1:${port}/`)).rejects.toMatchObject(timeout);
  });

  it('for a host that drips in TLS', async () => {
    const port = await drip('\x16\x03\x03\x40\x00', '\x02');
    await expect(impatient()(`https://${HOST}:${port}/`)).rejects.toMatchObject(timeout);
  });

  it.each([
    ['in the status', 'HTTP/1.1 200 ', 'x'],
    ['in the headers', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n'],
    ['in answers that come before the answer', '', 'HTTP/1.1 103 Early Hints\r\n\r\n'],
    ['in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 500000\r\n\r\n{"a":"', 'x'],
    ['in the chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', '1\r\n \r\n'],
    ['in a body without a length', 'HTTP/1.1 200 OK\r\n\r\n{"a":1}', ' '],
  ])('for one that drips %s', async (_, text, more) => {
    const port = await drip(text, more);
    await expect(impatient()(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(timeout);
  });

  it('and the connection is closed', async () => {
    const closed = Promise.withResolvers<void>();
    const port = await tcpPort((socket) => {
      socket.resume();
      socket.once('close', () => closed.resolve());
    });
    await expect(impatient()(`http://127.0.0.1:${port}/`)).rejects.toMatchObject(timeout);
    await closed.promise;
  });
});
