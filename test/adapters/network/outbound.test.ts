// One request as the target sees it, and its answer as it comes back.
import { describe, expect, it } from 'vitest';
import type { OutboundHeader } from '../../../src/ports/outbound.ts';
import { Secret } from '../../../src/shared/secret.ts';
import { HOST } from './support/fetching.ts';
import { get, originAt, outboundHere, plainAt, textOf } from './support/sending.ts';
import { canary, httpPort, tcpPort } from './support/servers.ts';

/** A target that keeps what it was sent, to the byte, and says ok. */
async function recorder() {
  const seen: string[] = [];
  const port = await tcpPort((socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
      const end = text.indexOf('\r\n\r\n');
      if (end < 0 || text.length < end + 4 + length) return;
      seen.push(text);
      text = '';
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  return { port, seen };
}

describe('a request', () => {
  it('is written with one host, one length and no word but the caller’s', async () => {
    const { port, seen } = await recorder();
    const result = await outboundHere().send(
      get(plainAt(port), {
        method: 'POST',
        path: '/api/tickets/42',
        query: [
          ['q', "a b&c=d/é?#+%!'()*~"],
          ['empty', ''],
          ['q', new Secret('key one')],
          ['', '☃'],
        ],
        headers: [
          ['X-Api-Key', new Secret('s3cret')],
          ['x-twice', 'one'],
          ['X-Twice', 'two é'],
          ['accept', '*/*'],
        ],
        body: Buffer.from('hello'),
      }),
    );
    expect(textOf(result)).toBe('ok');
    expect(seen).toEqual([
      [
        `POST /api/tickets/42?q=a%20b%26c%3Dd%2F%C3%A9%3F%23%2B%25%21%27%28%29%2A~&empty=&q=key%20one&=%E2%98%83 HTTP/1.1`,
        `host: ${HOST}:${port}`,
        'X-Api-Key: s3cret',
        'x-twice: one',
        'X-Twice: two é',
        'accept: */*',
        'accept-encoding: gzip, deflate, br',
        'content-length: 5',
        'connection: keep-alive',
        '',
        'hello',
      ].join('\r\n'),
    ]);
  });

  it.each([
    ['GET', undefined, undefined],
    ['HEAD', undefined, undefined],
    ['DELETE', undefined, undefined],
    ['OPTIONS', undefined, undefined],
    ['PROPFIND', undefined, undefined],
    ['POST', undefined, '0'],
    ['PUT', undefined, '0'],
    ['PATCH', undefined, '0'],
    ['GET', 'body', '4'],
    ['DELETE', 'body', '4'],
    ['PROPFIND', '', '0'],
  ])('%s with the body %j has the length %j', async (method, body, length) => {
    const seen: [string | undefined, string | undefined][] = [];
    const port = await httpPort((request, response) => {
      seen.push([request.headers['content-length'], request.headers['transfer-encoding']]);
      response.end();
    });
    const outbound = outboundHere();
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const request = get(plainAt(port), { method, body: bytes });
    for (let time = 0; time < 2; time += 1) {
      expect(await outbound.send(request)).toMatchObject({ status: 200 });
    }
    expect(seen).toEqual([
      [length, undefined],
      [length, undefined],
    ]);
  });

  const HEADERS: readonly (readonly [string, OutboundHeader])[] = [
    ['a line feed', ['x-a', 'b\nx-c: d']],
    ['a carriage return', ['x-a', 'b\r']],
    ['a header more', ['x-a', new Secret('b\r\nx-c: d')]],
    ['a NUL', ['x-a', 'b\0c']],
    ['a control character', ['x-a', 'b\x07']],
    ['DEL', ['x-a', '\x7f']],
    ['a character of more than a byte', ['x-a', '\u010a']],
    ['a name with a space', ['x a', 'b']],
    ['a name with a colon', ['x:a', 'b']],
    ['a name with a line', ['x-a\r\nhost', 'b']],
    ['no name', ['', 'b']],
    ...[
      'Host',
      'content-length',
      'Connection',
      'Transfer-Encoding',
      'expect',
      'TE',
      'upgrade',
      'Accept-Encoding',
    ].map((name): readonly [string, OutboundHeader] => [name, [name, '1']]),
  ];
  it.each(HEADERS)('with %s in a header is not sent', async (_, header) => {
    const { port, reached } = await canary();
    const result = await outboundHere().send(get(plainAt(port), { headers: [header] }));
    expect(result).toMatchObject({ problem: 'failed', sent: false });
    expect(JSON.stringify(result)).not.toContain('x-c');
    expect(reached()).toBe(0);
  });

  it.each([
    [{ path: 'tickets' }],
    [{ path: '' }],
    [{ path: '*' }],
    [{ path: '/a b' }],
    [{ path: '/a\r\nhost: b' }],
    [{ path: '/a HTTP/1.1\r\n\r\n' }],
    [{ path: '/a?b=c' }],
    [{ path: '/a#b' }],
    [{ path: '/a\\b' }],
    [{ path: '/é' }],
    [{ path: 'http://evil.example/' }],
    [{ method: 'GET / HTTP/1.1\r\nx:' }],
    [{ method: 'get' }],
    [{ method: '' }],
    [{ method: 'CONNECT' }],
    [{ method: 'TRACE' }],
    [{ query: [['a', '\ud800']] as const }],
  ])('with %j is not sent', async (more) => {
    const { port, reached } = await canary();
    const result = await outboundHere().send(get(plainAt(port), more));
    expect(result).toMatchObject({ problem: 'failed', sent: false });
    expect(reached()).toBe(0);
  });

  it.each([
    'https://a.example/b',
    'https://u:p@a.example',
    'https://a.example?',
    'ftp://a.example',
    'a.example',
  ])('to %j is a fault: that is no origin', async (origin) => {
    await expect(outboundHere().send(get(originAt(origin)))).rejects.toThrow(TypeError);
  });
});

describe('an answer', () => {
  it('keeps its headers in order and case, several of a name too, and is not followed', async () => {
    const { port: other, reached } = await canary();
    const port = await httpPort((_, response) => {
      response.writeHead(302, [
        ['Location', `http://127.0.0.1:${other}/`],
        ['Set-Cookie', 'a=1'],
        ['X-Name', 'a'],
        ['set-cookie', 'b=2'],
        ['Content-Length', '2'],
      ]);
      response.end('ok');
    });
    const result = await outboundHere().send(get(plainAt(port)));
    expect(result).toMatchObject({ status: 302 });
    const headers = 'headers' in result ? result.headers : [];
    expect(headers.filter(([name]) => !/^(date|connection|keep-alive)$/i.test(name))).toEqual([
      ['Location', `http://127.0.0.1:${other}/`],
      ['Set-Cookie', 'a=1'],
      ['X-Name', 'a'],
      ['set-cookie', 'b=2'],
      ['Content-Length', '2'],
    ]);
    expect(reached()).toBe(0);
  });

  it.each<[string, number, Readonly<Record<string, string>>, number]>([
    ['HEAD', 200, {}, 3],
    ['HEAD', 200, { 'content-length': '10' }, 3],
    ['GET', 204, {}, 1],
    ['GET', 204, { 'content-length': '0' }, 1],
    ['GET', 204, { 'content-length': '10' }, 3],
    ['GET', 204, { 'transfer-encoding': 'chunked' }, 3],
    ['GET', 304, {}, 1],
    ['GET', 304, { 'content-length': '10' }, 3],
  ])(
    'to %s with %i and %j has no body, and three take %i connections',
    async (method, status, more, many) => {
      let connections = 0;
      const lines = Object.entries({ 'content-encoding': 'gzip', ...more }).map(
        ([name, value]) => `${name}: ${value}`,
      );
      const port = await tcpPort((socket) => {
        connections += 1;
        socket.on('data', () => socket.write([`HTTP/1.1 ${status} Ok`, ...lines, '', ''].join('\r\n')));
      });
      const outbound = outboundHere();
      const to = plainAt(port);
      for (let time = 0; time < 3; time += 1) {
        const result = await outbound.send(get(to, { method, mostBytes: 5 }));
        expect(result).toMatchObject({ status, body: Buffer.alloc(0) });
      }
      expect(connections).toBe(many);
    },
  );

  it('comes after those that only say to wait', async () => {
    const port = await httpPort((_, response) => {
      response.writeContinue();
      response.writeProcessing();
      response.writeEarlyHints({ link: '</a>' });
      response.end('at last');
    });
    expect(textOf(await outboundHere().send(get(plainAt(port))))).toBe('at last');
  });

  it('that ends with its connection is whole', async () => {
    const port = await tcpPort((socket) => {
      socket.once('data', () => socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'));
    });
    expect(textOf(await outboundHere().send(get(plainAt(port))))).toBe('all of it');
  });

  it('may come before the request is all sent: then nobody waits for the rest', async () => {
    let closed = 0;
    const port = await tcpPort((socket) => {
      socket.once('data', () => {
        socket.pause();
        socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nno!');
      });
      socket.once('close', () => {
        closed += 1;
      });
    });
    const outbound = outboundHere({ connections: { most: 1 } });
    const to = plainAt(port);
    const body = Buffer.alloc(16_000_000);
    for (let time = 0; time < 2; time += 1) {
      const result = await outbound.send(get(to, { method: 'POST', body }));
      expect(result).toMatchObject({ status: 413 });
    }
    expect(closed).toBeLessThanOrEqual(2);
  });

  it('of any bytes comes back as it is', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7919) & 0xff));
    const port = await httpPort((request, response) => {
      request.pipe(response);
    });
    const result = await outboundHere().send(get(plainAt(port), { method: 'PUT', body: bytes }));
    expect('body' in result && Buffer.compare(Buffer.from(result.body), bytes)).toBe(0);
  });
});
