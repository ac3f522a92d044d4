// Answers that are none, and connections that break: what is sent twice, and what never is.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { OutboundDependencies } from '../../../src/adapters/network/outbound.ts';
import type { Origin, OutboundRequest } from '../../../src/ports/outbound.ts';
import type { Certificate } from './support/certificate.ts';
import { answering, certificate, HOST, RAW } from './support/fetching.ts';
import { get, outboundHere, plainAt, textOf } from './support/sending.ts';
import { httpPort, tcpPort, tlsPort } from './support/servers.ts';

const head = (...lines: readonly string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

const JUNK: Readonly<Record<string, string | undefined>> = {
  ...RAW,
  'huge headers': head(`a: ${'x'.repeat(33_000)}`, 'content-length: 0'),
  'a huge status line': `HTTP/1.1 200 ${'x'.repeat(33_000)}\r\ncontent-length: 0\r\n\r\n`,
  'a huge chunk extension': `${head('transfer-encoding: chunked')}2;${'x'.repeat(33_000)}\r\n{}\r\n0\r\n\r\n`,
  'thousands of headers': head(...Array.from({ length: 5000 }, () => 'a:'), 'content-length: 0'),
  'more headers than are counted': head(
    ...Array.from({ length: 200 }, (_, at) => `h${at}: 1`),
    'content-length: 0',
  ),
  'chunks and a length': `${head('transfer-encoding: chunked', 'content-length: 2')}2\r\n{}\r\n0\r\n\r\n`,
  'the same length twice': `${head('content-length: 2', 'content-length: 2')}{}`,
  'two lengths in one': `${head('content-length: 2, 2')}{}`,
  'a length with a sign': `${head('content-length: +2')}{}`,
  'a negative length': `${head('content-length: -2')}{}`,
  'a length in hex': `${head('content-length: 0x2')}{}`,
  'a length with more digits than a number has': `${head('content-length: 99999999999999999999999')}{}`,
  'an unknown transfer encoding': `${head('transfer-encoding: cow')}{}`,
  'a packed transfer': `${head('transfer-encoding: gzip, chunked')}2\r\n{}\r\n0\r\n\r\n`,
  'chunked twice': `${head('transfer-encoding: chunked', 'transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n`,
  'chunked, but not at last': `${head('transfer-encoding: chunked, identity')}2\r\n{}\r\n0\r\n\r\n`,
  'a chunk that is longer than it says': `${head('transfer-encoding: chunked')}2\r\n{}{}\r\n0\r\n\r\n`,
  'a chunk size that is no number': `${head('transfer-encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`,
  'no last chunk': `${head('transfer-encoding: chunked')}2\r\n{}\r\n`,
  'a space before a colon': `${head('content-length : 2')}{}`,
  'a header without a name': `${head(': 2', 'content-length: 2')}{}`,
  'a NUL in a header': `${head('a: b\0c', 'content-length: 2')}{}`,
  'a lone carriage return in a header': `${head('a: b\rc', 'content-length: 2')}{}`,
  'another lone line feed': 'HTTP/1.1 200 OK\r\na: b\ncontent-length: 2\r\n\r\n{}',
  'HTTP/2': 'HTTP/2.0 200 OK\r\ncontent-length: 2\r\n\r\n{}',
  'HTTP/0.9': 'HTTP/0.9 200 OK\r\ncontent-length: 2\r\n\r\n{}',
  'a status of two digits': 'HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\n{}',
  'a status of its own': 'HTTP/1.1 777 Jackpot\r\ncontent-length: 2\r\n\r\n{}',
  'an unknown content encoding': `${head('content-encoding: cow', 'content-length: 2')}{}`,
  'a word before it': `SSH ${head('content-length: 2')}{}`,
  'chunks before there were any': 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'a status below all': 'HTTP/1.1 000 OK\r\ncontent-length: 2\r\n\r\n{}',
  'an answer to wait of another version': `HTTP/1.2 100 Continue\r\n\r\n${head('content-length: 2')}{}`,
  'blanks without end': head(`a:${' '.repeat(32_000)}\0`, 'content-length: 2'),
  'a blank after a chunk size': `${head('transfer-encoding: chunked')}2 \r\n{}\r\n0\r\n\r\n`,
  'a sign before a chunk size': `${head('transfer-encoding: chunked')}+2\r\n{}\r\n0\r\n\r\n`,
  'a chunk size in hex, and said so': `${head('transfer-encoding: chunked')}0x2\r\n{}\r\n0\r\n\r\n`,
  'a chunk with more digits than a number has': `${head('transfer-encoding: chunked')}${'0'.repeat(20)}2\r\n{}\r\n0\r\n\r\n`,
  'a line feed after a chunk size': `${head('transfer-encoding: chunked')}2\n{}\r\n0\r\n\r\n`,
  'a quote in a chunk extension that does not end': `${head('transfer-encoding: chunked')}2;a="b\r\n{}\r\n0\r\n\r\n`,
  'many chunk extensions': `${head('transfer-encoding: chunked')}${`1;${'x'.repeat(99)}\r\n \r\n`.repeat(200)}0\r\n\r\n`,
  'many trailers': `${head('transfer-encoding: chunked')}0\r\n${'aaaa: bbbb\r\n'.repeat(2000)}\r\n`,
  'a trailer that is none': `${head('transfer-encoding: chunked')}2\r\n{}\r\n0\r\nno trailer\r\n\r\n`,
  'another answer after its last chunk': `${head('transfer-encoding: chunked')}2\r\n{}\r\n0\r\n\r\n${head('content-length: 0')}`,
  'junk after its body': `${head('content-length: 2')}{}junk`,
  'informational answers without end': 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(100),
};

describe('an answer with', () => {
  it.each(Object.entries(JUNK))('%s is none', async (_, raw = '') => {
    const port = await answering(raw);
    const result = await outboundHere().send(get(plainAt(port)));
    expect(result).toMatchObject({ problem: 'failed', sent: true });
    expect(textOf(result)).not.toMatch(/cow|Jackpot|junk|trailer|127|SSH/);
  });

  it.each([
    ['line feeds for ends', 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'],
    ['the word of another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['a frame of HTTP/2', '\0\0\x12\x04\0\0\0\0\0'],
    ['another version', 'HTTP/2.0 200 OK\r\n'],
    ['a chunk that does not end where it says', `${head('transfer-encoding: chunked')}2\r\n{}more`],
  ])('%s is none, which is known before the connection ends', async (_, raw) => {
    const port = await tcpPort((socket) => socket.write(raw, 'latin1'));
    expect(await outboundHere().send(get(plainAt(port)))).toMatchObject({ problem: 'failed', sent: true });
  });

  it('empty lines before it, left over from the one before, is one', async () => {
    const port = await answering(`\r\n\r\n${head('content-length: 2')}ok`);
    expect(textOf(await outboundHere().send(get(plainAt(port))))).toBe('ok');
  });

  it('as many headers and bytes as may be is one', async () => {
    const port = await answering(
      head(
        'content-length: 0',
        `a: ${'x'.repeat(25_000)}`,
        ...Array.from({ length: 198 }, (_, at) => `h${at}: 1`),
      ),
    );
    expect(await outboundHere().send(get(plainAt(port)))).toMatchObject({ status: 200 });
  });
});

describe('what comes unasked', () => {
  const forged = `${head('content-length: 6')}forged`;

  async function talkative(say: (socket: Socket) => void) {
    let count = 0;
    const port = await tcpPort((socket) => {
      count += 1;
      let asked = 0;
      socket.on('data', (data) => {
        asked += data.toString().split('GET ').length - 1;
        if (asked === 1) say(socket);
        else socket.write(`${head('content-length: 5')}other`);
      });
    });
    return { port, count: () => count };
  }

  it('in one piece with an answer makes it none, and is never the next one’s', async () => {
    const { port, count } = await talkative((socket) => {
      socket.write(`${head('content-length: 2')}ok${forged}`);
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    for (let time = 0; time < 3; time += 1) {
      expect(await outbound.send(get(to))).toMatchObject({ problem: 'failed', sent: true });
    }
    expect(count()).toBe(3);
  });

  it('after an answer, on a connection that is idle, closes it', async () => {
    const closed = Promise.withResolvers<void>();
    const more = Promise.withResolvers<void>();
    const { port, count } = await talkative((socket) => {
      socket.write(`${head('content-length: 2')}ok`);
      if (count() > 1) return;
      void more.promise.then(() => socket.write(forged));
      socket.once('close', () => closed.resolve());
    });
    // Not closed for its idleness, either.
    const outbound = outboundHere({ connections: { idleMilliseconds: 600_000 } });
    const to = plainAt(port);
    expect(textOf(await outbound.send(get(to)))).toBe('ok');
    more.resolve();
    await closed.promise;
    expect(textOf(await outbound.send(get(to)))).toBe('ok');
    expect(count()).toBe(2);
  });

  /** As much as is read at once. */
  const full = (() => {
    const headWith = (many: number) => head('content-length: 65000', `a: ${'x'.repeat(many)}`);
    return `${headWith(65_536 - 65_000 - headWith(0).length)}${'o'.repeat(65_000)}`;
  })();
  const WAYS: readonly (readonly [string, Certificate | undefined, string, readonly string[]])[] = [
    ['in another record', certificate, 'ok', [`${head('content-length: 2')}ok`, forged]],
    ['after as much as is read at once', undefined, 'o'.repeat(65_000), [`${full}${forged}`]],
  ];

  /** Passes on what a server says in as few pieces as that comes to within a moment. */
  const gathered = (port: number) =>
    tcpPort((socket) => {
      const server = connect(port, '127.0.0.1');
      socket.on('data', (data) => server.write(data)).on('close', () => server.destroy());
      let said: Buffer[] = [];
      server
        .on('error', () => undefined)
        .on('data', (data) => {
          said.push(data);
          if (said.length > 1) return;
          setTimeout(() => {
            if (!socket.destroyed) socket.write(Buffer.concat(said));
            said = [];
          }, 10);
        });
    });

  it.each(WAYS)('%s is never the answer to who waits for the connection', async (_, shown, first, parts) => {
    const serve = (socket: Socket) =>
      void socket.setNoDelay().on('data', (data) => {
        if (!data.toString().startsWith('GET /first')) socket.write(`${head('content-length: 4')}real`);
        else for (const part of parts) socket.write(part);
      });
    const port = await (shown === undefined ? tcpPort(serve) : gathered(await tlsPort(shown, serve)));
    const to = { ...plainAt(port), ...(shown === undefined ? {} : { origin: `https://${HOST}:${port}` }) };
    const outbound = outboundHere({ connections: { most: 1 } });
    for (let time = 0; time < 3; time += 1) {
      const asked = ['/warm', '/first', '/second'].map((path) => outbound.send(get(to, { path })));
      const [, before, after] = (await Promise.all(asked)).map(textOf);
      expect([first, expect.stringMatching(/^failed/)]).toContainEqual(before);
      expect(after).toBe('real');
    }
  });

  it.each([0, 2])('as an empty line after %i ms does no harm to either', async (milliseconds) => {
    const port = await tcpPort((socket) => {
      socket.on('data', () => {
        socket.write(`${head('content-length: 2')}ok${milliseconds === 0 ? '\r\n' : ''}`);
        if (milliseconds > 0) setTimeout(() => socket.destroyed || socket.write('\r\n'), milliseconds);
      });
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    for (let time = 0; time < 20; time += 1) expect(textOf(await outbound.send(get(to)))).toBe('ok');
  });

  it.each(['HEAD', 'GET'])('as the body of an answer to %s that has none', async (method) => {
    const status = method === 'HEAD' ? '200 OK' : '204 No Content';
    const port = await tcpPort((socket) => {
      socket.on('data', () =>
        socket.write(`HTTP/1.1 ${status}\r\ncontent-length: ${forged.length}\r\n\r\n${forged}`),
      );
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    for (let time = 0; time < 3; time += 1) {
      expect(textOf(await outbound.send(get(to, { method })))).not.toBe('forged');
    }
  });
});

describe('a connection that breaks', () => {
  /** Serves the first request on its first connection, and breaks with the second in the given way: once, or always. */
  async function breaking(
    onSecond: (socket: Socket) => void,
    how: 'once' | 'always' = 'once',
    options: Partial<OutboundDependencies> = {},
  ) {
    const asked: string[] = [];
    let connections = 0;
    const port = await tcpPort((socket) => {
      connections += 1;
      const isFirst = connections === 1;
      const breaksAt = how === 'always' && !isFirst ? 1 : 2;
      let requests = 0;
      socket.on('data', (data) => {
        asked.push(data.toString().split(' ', 2).join(' '));
        requests += 1;
        if ((isFirst || how === 'always') && requests === breaksAt) onSecond(socket);
        else socket.write(`${head('content-length: 2')}ok`);
      });
    });
    const outbound = outboundHere(options);
    const to = plainAt(port);
    await outbound.send(get(to, { path: '/first' }));
    return {
      asked,
      ask: (more: Partial<OutboundRequest>) => outbound.send(get(to, { path: '/second', ...more })),
    };
  }

  const WAYS: readonly (readonly [string, (socket: Socket) => void])[] = [
    ['is closed', (socket) => socket.end()],
    ['is reset', (socket) => socket.resetAndDestroy()],
  ];

  it.each(WAYS)(
    'and %s before an answer is tried once more where that changes nothing twice',
    async (_, way) => {
      const { asked, ask } = await breaking(way);
      expect(textOf(await ask({ mayRepeat: true }))).toBe('ok');
      expect(asked).toEqual(['GET /first', 'GET /second', 'GET /second']);
    },
  );

  it.each(WAYS)('and %s is not tried again where that might be twice', async (_, way) => {
    const { asked, ask } = await breaking(way);
    const result = await ask({ method: 'POST', body: Buffer.from('pay') });
    expect(result).toMatchObject({ problem: 'failed', sent: true });
    expect(asked).toEqual(['GET /first', 'POST /second']);
  });

  it.each(['H', 'HTTP/1.1 200 OK\r\n', head('content-length: 5'), `${head('content-length: 5')}he`])(
    'after %j of its answer is not tried again',
    async (part) => {
      const { asked, ask } = await breaking((socket) => socket.end(part));
      expect(await ask({ mayRepeat: true })).toMatchObject({ problem: 'failed', sent: true });
      expect(asked).toEqual(['GET /first', 'GET /second']);
    },
  );

  it('is not what an answer that cannot be unpacked is taken for', async () => {
    const bad = gzipSync(randomBytes(300_000));
    bad.writeUInt8((bad.at(-6) ?? 0) ^ 0xff, bad.length - 6);
    const paths: (string | undefined)[] = [];
    const port = await httpPort(({ url }, response) => {
      paths.push(url);
      if (url !== '/packed') response.end('ok');
      else response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': bad.length }).end(bad);
    });
    const outbound = outboundHere({ connections: { most: 1 } });
    const to = plainAt(port);
    await outbound.send(get(to));
    const packed = outbound.send(get(to, { path: '/packed', mayRepeat: true }));
    // Has the connection while the one before is still unpacked.
    const next = outbound.send(get(to, { path: '/next' }));
    expect(await packed).toMatchObject({ problem: 'failed', sent: true, status: 200 });
    expect(textOf(await next)).toBe('ok');
    expect(paths).toEqual(['/', '/packed', '/next']);
  });

  it('though it is a new one is not tried again', async () => {
    let count = 0;
    const port = await tcpPort((socket) => {
      count += 1;
      socket.once('data', () => socket.destroy());
    });
    const result = await outboundHere().send(get(plainAt(port), { mayRepeat: true }));
    expect(result).toMatchObject({ problem: 'failed', sent: true });
    expect(count).toBe(1);
  });

  it('each time is tried twice, and no more', async () => {
    const { asked, ask } = await breaking((socket) => socket.end(), 'always');
    expect(await ask({ mayRepeat: true })).toMatchObject({ problem: 'failed', sent: true });
    expect(asked).toEqual(['GET /first', 'GET /second', 'GET /second']);
  });

  it('and cannot be made again may have been served, though nothing was heard', async () => {
    let isFirst = true;
    const resolve = async () => {
      const addresses = isFirst ? ['127.0.0.1'] : ['169.254.169.254'];
      isFirst = false;
      return addresses;
    };
    const { ask } = await breaking((socket) => socket.end(), 'once', { resolve });
    expect(await ask({ mayRepeat: true })).toMatchObject({
      problem: 'failed',
      sent: true,
      detail: expect.stringContaining('metadata'),
    });
  });
});

describe('time', () => {
  const soon = { timeoutMilliseconds: 100 };

  it.each([
    ['before the first byte', '', undefined],
    ['within the head', 'HTTP/1.1 200 OK\r\na: b', undefined],
    ['before the body', head('content-length: 5'), 200],
    ['within the body', `${head('content-length: 5')}hel`, 200],
    ['within a packed body', `${head('content-encoding: gzip', 'content-length: 50')}\x1f\x8b`, 200],
  ])('that is up %s cancels the request', async (_, raw, status) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const port = await tcpPort((socket) => {
      socket.once('data', () => socket.write(raw, 'latin1'));
      socket.once('close', () => resolve());
    });
    const result = await outboundHere().send(get(plainAt(port), { ...soon, mayRepeat: true }));
    expect(result).toMatchObject({
      problem: 'timeout',
      sent: true,
      ...(status === undefined ? {} : { status }),
    });
    await promise;
  });

  it('that is up while the body is sent says that something was', async () => {
    const port = await tcpPort((socket) => socket.pause());
    const request = { ...soon, method: 'POST', body: Buffer.alloc(16_000_000) };
    expect(await outboundHere().send(get(plainAt(port), request))).toMatchObject({
      problem: 'timeout',
      sent: true,
    });
  });

  it.each<[string, Partial<OutboundDependencies['connections'] & object>, object]>([
    ['a few seconds', { waitMilliseconds: 20 }, {}],
    ['half of its own time', {}, soon],
  ])('to wait for a busy connection is %s, and nothing is sent later', async (_, limits, more) => {
    const held = Promise.withResolvers<void>();
    const began = Promise.withResolvers<void>();
    const paths: (string | undefined)[] = [];
    const port = await httpPort((request, response) => {
      paths.push(request.url);
      began.resolve();
      void held.promise.then(() => response.end('late'));
    });
    const outbound = outboundHere({ connections: { most: 1, ...limits } });
    const to: Origin = plainAt(port);
    const first = outbound.send(get(to, { path: '/first' }));
    await began.promise;
    const second = await outbound.send(get(to, { method: 'POST', path: '/second', ...more }));
    expect(second).toEqual({
      problem: 'unavailable',
      sent: false,
      detail: 'All connections to the target are busy, and none became free in time.',
    });
    held.resolve();
    expect(textOf(await first)).toBe('late');
    expect(textOf(await outbound.send(get(to, { path: '/third' })))).toBe('late');
    expect(paths).toEqual(['/first', '/third']);
  });

  it('for a connection is the target’s to keep, and nothing is sent after it', async () => {
    // Accepts, and never agrees on TLS; or a name that nobody ever answers for.
    const port = await tcpPort(() => undefined);
    const to = { ...plainAt(port), origin: `https://login.example.com:${port}` };
    const outbound = outboundHere({ connectMilliseconds: 50 });
    expect(await outbound.send(get(to))).toMatchObject({
      problem: 'unavailable',
      sent: false,
      detail: 'No connection to the target within 0.05 s.',
    });
    const nameless = outboundHere({ connectMilliseconds: 50, resolve: () => new Promise(() => undefined) });
    expect(await nameless.send(get(plainAt(port)))).toMatchObject({ problem: 'unavailable', sent: false });
    expect(await outboundHere().send(get({ ...to }, soon))).toMatchObject({
      problem: 'unavailable',
      sent: false,
    });
  });
});
