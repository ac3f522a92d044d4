// Where a request goes, and where it never does: addresses, plain http, certificates, the environment.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSigned } from './support/certificate.ts';
import { certificate, HOST, names } from './support/fetching.ts';
import { get, originAt, outboundHere, plainAt, textOf } from './support/sending.ts';
import { canary, httpPort, httpsPort, tcpPort } from './support/servers.ts';

describe('a name', () => {
  it('is resolved once for a connection, which goes to that very address', async () => {
    const served: unknown[] = [];
    const port = await httpsPort(certificate, (request, response) => {
      served.push([request.headers.host, Reflect.get(request.socket, 'servername')]);
      response.end('ok');
    });
    const { asked, resolve } = names(['127.0.0.1'], ['127.0.0.2']);
    const outbound = outboundHere({ resolve });
    const to = originAt(`https://${HOST}:${port}`);
    expect(textOf(await outbound.send(get(to)))).toBe('ok');
    expect(textOf(await outbound.send(get(to)))).toBe('ok');
    expect([asked, served]).toEqual([
      [HOST],
      [
        [`${HOST}:${port}`, HOST],
        [`${HOST}:${port}`, HOST],
      ],
    ]);
  });

  it.each([
    [['127.0.0.1', '169.254.169.254'], 'metadata'],
    [['8.8.8.8', '127.0.0.1', '10.0.0.1'], 'private'],
    [['127.0.0.1', '::ffff:127.0.0.1'], 'IPv4 in IPv6'],
    [['127.0.0.1', '64:ff9b::a9fe:a9fe'], 'NAT64'],
    [['127.0.0.1', '0.0.0.0'], 'unspecified'],
    [['127.0.0.1', 'fe80::1'], 'link-local'],
    [['127.0.0.1', 'localhost'], 'not an address'],
    [[], 'not found'],
  ])('with the addresses %j is not dialled at any', async (addresses, problem) => {
    const { port, reached } = await canary();
    const result = await outboundHere({ resolve: async () => addresses }).send(
      get(originAt(`https://${HOST}:${port}`)),
    );
    expect(result).toMatchObject({
      problem: 'unavailable',
      sent: false,
      detail: expect.stringContaining(problem),
    });
    expect(reached()).toBe(0);
  });

  it('that moves to an address which is not listed is not followed there', async () => {
    const port = await httpPort((_, response) => {
      response.setHeader('connection', 'close').end('ok');
    });
    const { resolve } = names(['127.0.0.1'], ['127.0.1.1']);
    const outbound = outboundHere({ resolve });
    const to = originAt(`http://${HOST}:${port}`, { private: ['127.0.0.0/24'] });
    expect(textOf(await outbound.send(get(to)))).toBe('ok');
    expect(await outbound.send(get(to))).toMatchObject({
      problem: 'unavailable',
      sent: false,
      detail: 'The target has an address that is not dialled (loopback).',
    });
  });

  it('that nobody answers for is not found, in words of the broker', async () => {
    const resolve = () => Promise.reject(new Error('getaddrinfo ENOTFOUND 10.1.2.3'));
    expect(await outboundHere({ resolve }).send(get(originAt(`https://${HOST}`)))).toEqual({
      problem: 'unavailable',
      sent: false,
      detail: "The target's name was not found.",
    });
  });

  it('may be an address, which nobody resolves', async () => {
    const port = await httpsPort(certificate, (_, response) => {
      response.end('ok');
    });
    const { asked, resolve } = names([]);
    expect(textOf(await outboundHere({ resolve }).send(get(originAt(`https://127.0.0.1:${port}`))))).toBe(
      'ok',
    );
    expect(asked).toEqual([]);
  });
});

describe('an origin in any notation', () => {
  const urls: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(new URL('../../cases/network/urls-not-dialled.json', import.meta.url), 'utf8'),
  );
  const origins = Object.keys(urls)
    .filter((url) => /^https?:\/\/[^@#\\]*\/$/.test(url) && !/https?:\/\/\/|login\.example/.test(url))
    .filter((url) => URL.canParse(url.replace('CANARY', '1')));

  it('is tried here in dozens', () => {
    expect(origins.length).toBeGreaterThan(40);
  });

  it.each(origins.flatMap((url) => [url, url.replace(/^https/, 'http')]))(
    '%j is not dialled',
    async (url) => {
      const { port, reached } = await canary();
      const origin = url.replace('CANARY', String(port));
      // In a function, where its own loopback is nobody's to list.
      const outbound = outboundHere({ loopback: 'refused', resolve: async () => ['127.0.0.1'] });
      expect(await outbound.send(get(originAt(origin)))).toMatchObject({
        problem: 'unavailable',
        sent: false,
      });
      // Embedded, where the operator's file has not listed it.
      const embedded = outboundHere({ resolve: async () => ['127.0.0.1'] });
      expect(await embedded.send(get(originAt(origin, { private: [] })))).toMatchObject({
        problem: 'unavailable',
      });
      expect(reached()).toBe(0);
    },
  );
});

describe('plain http', () => {
  it.each([
    ['an address that is listed in part only', ['127.0.0.1', '8.8.8.8'], ['127.0.0.0/8']],
    ['a public address', ['8.8.8.8'], ['127.0.0.0/8']],
    ['loopback that is open, but not listed', ['127.0.0.1'], []],
  ])('is not spoken to %s', async (_, addresses, ranges) => {
    const { port, reached } = await canary();
    const outbound = outboundHere({ loopback: 'allowed', resolve: async () => addresses });
    expect(await outbound.send(get(originAt(`http://${HOST}:${port}`, { private: ranges })))).toMatchObject({
      problem: 'unavailable',
      sent: false,
      detail: 'Plain http goes only to addresses that are listed under `private` for the target.',
    });
    expect(reached()).toBe(0);
  });
});

describe('a certificate', () => {
  const now = Date.now();
  it.each([
    ['for another name', { names: ['evil.example.com'] }, 'is for another name'],
    ['for a subdomain', { names: [`www.${HOST}`] }, 'is for another name'],
    ['that has run out', { names: [HOST], until: new Date(now - 60_000) }, 'has expired'],
    ['that is not valid yet', { names: [HOST], from: new Date(now + 3_600_000) }, 'is not valid yet'],
  ])('%s is refused, and nothing is sent', async (_, request, fault) => {
    const theirs = selfSigned(request);
    let requests = 0;
    const port = await httpsPort(theirs, (_request, response) => {
      requests += 1;
      response.end();
    });
    const to = originAt(`https://${HOST}:${port}`, { ca: theirs.cert });
    expect(await outboundHere().send(get(to))).toEqual({
      problem: 'unavailable',
      sent: false,
      detail: `The target's certificate ${fault}.`,
    });
    expect(requests).toBe(0);
  });

  it('that nobody vouches for is refused, with Node’s own list as with another’s', async () => {
    const port = await httpsPort(certificate, (_, response) => {
      response.end();
    });
    const origin = `https://${HOST}:${port}`;
    const detail = "The target's certificate is not trusted.";
    const own = { target: 'tickets', origin, private: ['127.0.0.1'] };
    expect(await outboundHere().send(get(own))).toMatchObject({ problem: 'unavailable', detail });
    const other = originAt(origin, { ca: selfSigned({ names: [HOST] }).cert });
    expect(await outboundHere().send(get(other))).toMatchObject({ problem: 'unavailable', detail });
  });

  it('is asked for: neither plain text nor an old TLS is taken', async () => {
    const plain = await httpPort((_, response) => {
      response.end();
    });
    const old = await httpsPort(
      { ...certificate, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' },
      (_, response) => {
        response.end();
      },
    );
    for (const port of [plain, old]) {
      expect(await outboundHere().send(get(originAt(`https://${HOST}:${port}`)))).toEqual({
        problem: 'unavailable',
        sent: false,
        detail: 'No TLS could be agreed on with the target.',
      });
    }
  });
});

describe('a target that is not there', () => {
  it('refuses the connection, and nothing was sent', async () => {
    const port = await tcpPort(() => undefined);
    // Nobody listens at this other address of the same machine.
    const outbound = outboundHere({ resolve: async () => ['127.0.0.2'] });
    expect(await outbound.send(get(plainAt(port)))).toEqual({
      problem: 'unavailable',
      sent: false,
      detail: 'The target refused the connection.',
    });
  });

  it('is looked for at its next address', async () => {
    const port = await httpPort((_, response) => {
      response.end('ok');
    });
    const outbound = outboundHere({ resolve: async () => ['127.0.0.2', '127.0.0.1'] });
    expect(textOf(await outbound.send(get(plainAt(port))))).toBe('ok');
  });
});

describe('the environment', () => {
  const program = `
    import { createOutbound } from ${JSON.stringify(new URL('../../../src/adapters/network/outbound.ts', import.meta.url).href)};
    const clock = { now: () => new Date(), sleep: async () => {} };
    const outbound = createOutbound({ clock, loopback: 'listed', resolve: async () => ['127.0.0.1'] });
    for (const origin of process.argv.slice(1)) {
      const to = { target: origin, origin, private: ['127.0.0.1'], ...JSON.parse(process.env.TRUSTS ?? '{}') };
      const events = { milliseconds: 1000, bytes: 1000 };
      const sent = await outbound.send({ to, method: 'GET', path: '/', query: [], headers: [], body: undefined,
        timeoutMilliseconds: 20000, mostBytes: 1000, events, mayRepeat: false });
      console.log(sent.detail ?? Buffer.from(sent.body).toString());
    }
  `;

  it('names no proxy that is used, switches no check off, and no connection keeps the process alive', async () => {
    const proxy = await canary();
    const at = `http://127.0.0.1:${proxy.port}`;
    const http = await httpPort((_, response) => {
      response.end('ok');
    });
    const https = await httpsPort(certificate, (_, response) => {
      response.end('no');
    });
    const folded = await tcpPort((socket) => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\na: b\r\n c\r\ncontent-length: 2\r\n\r\nno'));
    });
    const origins = [`http://127.0.0.1:${http}`, `http://127.0.0.1:${folded}`, `https://${HOST}:${https}`];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, ...origins],
      {
        env: {
          HTTP_PROXY: at,
          HTTPS_PROXY: at,
          http_proxy: at,
          https_proxy: at,
          ALL_PROXY: at,
          NO_PROXY: '',
          NODE_USE_ENV_PROXY: '1',
          NODE_TLS_REJECT_UNAUTHORIZED: '0',
          NODE_OPTIONS: '--insecure-http-parser',
        },
      },
    );
    expect(stdout.trim().split('\n')).toEqual([
      'ok',
      "The target's answer is no HTTP that can be trusted.",
      "The target's certificate is not trusted.",
    ]);
    expect(proxy.reached()).toBe(0);
  });

  it.each<[string, object, readonly ('ok' | 'untrusted')[]]>([
    ['nobody', {}, ['ok', 'untrusted']],
    ['another in its place', { ca: true }, ['untrusted', 'ok']],
    ['another beside it', { ca: true, caBeside: true }, ['ok', 'ok']],
  ])('trusts the public authorities where the target names %s', async (_, given, expected) => {
    const folder = mkdtempSync(join(tmpdir(), 'bailiwick-authorities-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [known, own] = [
      selfSigned({ names: [HOST], subject: 'known' }),
      selfSigned({ names: [HOST], subject: 'own' }),
    ];
    const file = join(folder, 'known.pem');
    writeFileSync(file, known.cert);
    const ports = await Promise.all(
      [known, own].map((each) => httpsPort(each, (_request, response) => void response.end('ok'))),
    );
    const trusts = 'ca' in given ? { ...given, ca: own.cert } : given;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, ...ports.map((port) => `https://${HOST}:${port}`)],
      { env: { NODE_EXTRA_CA_CERTS: file, TRUSTS: JSON.stringify(trusts) } },
    );
    const said = { ok: 'ok', untrusted: "The target's certificate is not trusted." };
    expect(stdout.trim().split('\n')).toEqual(expected.map((each) => said[each]));
  });
});
