// Where JSON is fetched: from whom, at which address, over what.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createJsonFetch } from '../../../src/adapters/network/json-fetch.ts';
import { selfSigned } from './support/certificate.ts';
import { answering, certificate, fetchHere, HOST, json, names, RAW } from './support/fetching.ts';
import { canary, httpPort, httpsPort } from './support/servers.ts';

describe('a host', () => {
  it('is asked by its own name at the address that was checked, resolved once', async () => {
    const seen: { headers: IncomingHttpHeaders; url?: string; name: unknown }[] = [];
    const port = await httpsPort(certificate, (request, response) => {
      const name: unknown = Reflect.get(request.socket, 'servername');
      seen.push({ headers: request.headers, url: request.url ?? '', name });
      response.end('{"keys":[]}');
    });
    const { asked, resolve } = names(['127.0.0.1'], ['169.254.169.254']);
    const fetchJson = fetchHere({ resolve });
    expect(await fetchJson(`https://${HOST}:${port}/a%20b?c=d#e`)).toEqual({ keys: [] });
    expect(asked).toEqual([HOST]);
    expect(seen).toEqual([
      {
        name: HOST,
        url: '/a%20b?c=d',
        headers: {
          host: `${HOST}:${port}`,
          accept: 'application/json',
          'accept-encoding': 'identity',
          connection: 'close',
        },
      },
    ]);
    await expect(fetchJson(`https://${HOST}:${port}/`)).rejects.toThrow('metadata');
    expect(seen).toHaveLength(1);
  });

  it.each([
    [['127.0.0.1', '10.0.0.1'], 'private'],
    [['169.254.169.254', '127.0.0.1'], 'metadata'],
    [['127.0.0.1', '127.0.0.1', '::ffff:127.0.0.1'], 'IPv4 in IPv6'],
    [['127.0.0.1', 'localhost'], 'not an address'],
    [[], 'no address'],
  ])('with the addresses %j is not dialled at any', async (addresses, problem) => {
    const { port, reached } = await canary();
    const fetchJson = fetchHere({ resolve: async () => addresses });
    await expect(fetchJson(`https://${HOST}:${port}/`)).rejects.toThrow(problem);
    expect(reached()).toBe(0);
  });

  it('is dialled at its next address where one does not answer', async () => {
    const port = await httpsPort(certificate, json({ a: 1 }));
    const fetchJson = fetchHere({ resolve: async () => ['127.0.0.2', '127.0.0.1'] });
    expect(await fetchJson(`https://${HOST}:${port}/`)).toEqual({ a: 1 });
  });

  it('that does not resolve is not fetched', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND'));
    await expect(fetchHere({ resolve })(`https://${HOST}/`)).rejects.toThrow('ENOTFOUND');
  });

  it('may be an address, which nobody resolves', async () => {
    const port = await httpsPort(certificate, json({ a: 1 }));
    const { asked, resolve } = names([]);
    expect(await fetchHere({ resolve })(`https://127.0.0.1:${port}/`)).toEqual({ a: 1 });
    expect(asked).toEqual([]);
  });

  it('may end with a dot, which its certificate does not', async () => {
    const served: unknown[] = [];
    const port = await httpsPort(certificate, (request, response) => {
      served.push(Reflect.get(request.socket, 'servername'));
      response.end('{"a":1}');
    });
    const { asked, resolve } = names(['127.0.0.1']);
    expect(await fetchHere({ resolve })(`https://${HOST}.:${port}/`)).toEqual({ a: 1 });
    expect([asked, served]).toEqual([[`${HOST}.`], [HOST]]);
  });

  it('in a private range is dialled only if that is listed', async () => {
    // An address that may never be dialled stands beside it, so that this test reaches for nobody's network.
    const fetchJson = fetchHere({ resolve: async () => ['10.1.2.3', '169.254.1.1'] });
    await expect(fetchJson(`https://${HOST}/`)).rejects.toThrow('private');
    await expect(fetchJson(`https://${HOST}/`, ['10.1.0.0/16'])).rejects.toThrow('link-local');
  });
});

describe('a function', () => {
  const urls: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(new URL('../../cases/network/urls-not-dialled.json', import.meta.url), 'utf8'),
  );

  it.each(Object.entries(urls))('does not fetch %j: %s', async (url, problem) => {
    const { port, reached } = await canary();
    const fetchJson = fetchHere({ allowLoopback: false });
    await expect(fetchJson(url.replace('CANARY', String(port)))).rejects.toThrow(problem);
    expect(reached()).toBe(0);
  });
});

describe('plain http', () => {
  it.each(['127.0.0.1', '127.1', '0x7f000001', 'localhost', 'LOCALHOST'])('is for %s', async (host) => {
    const port = await httpPort(json({ a: 1 }));
    expect(await fetchHere()(`http://${host}:${port}/`)).toEqual({ a: 1 });
  });

  it.each([
    '10.0.0.1',
    HOST,
    'localhost.',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '[::ffff:7f00:1]',
  ])('is not for %s', async (host) => {
    const { port, reached } = await canary();
    const { asked, resolve } = names(['127.0.0.1']);
    await expect(fetchHere({ resolve })(`http://${host}:${port}/`)).rejects.toThrow('only https');
    expect([asked, reached()]).toEqual([[], 0]);
  });

  it('stays on this machine whatever localhost resolves to', async () => {
    const fetchJson = fetchHere({ resolve: async () => ['127.0.0.1', '8.8.8.8'] });
    await expect(fetchJson('http://localhost:1/')).rejects.toThrow('stays on loopback');
  });
});

describe('a certificate', () => {
  const now = Date.now();
  it.each([
    ['for another name', { names: ['evil.example.com'] }, HOST],
    ['for a subdomain', { names: [`www.${HOST}`] }, HOST],
    ['for another address', { names: [HOST], addresses: ['127.0.0.2'] }, '127.0.0.1'],
    ['for the name alone', { names: ['127.0.0.1'] }, '127.0.0.1'],
    ['that has run out', { names: [HOST], until: new Date(now - 60_000) }, HOST],
    ['that is not valid yet', { names: [HOST], from: new Date(now + 3_600_000) }, HOST],
  ])('%s is refused', async (_, request, host) => {
    const theirs = selfSigned(request);
    let requests = 0;
    const port = await httpsPort(theirs, (_request, response) => {
      requests += 1;
      response.end('{}');
    });
    await expect(fetchHere({ ca: theirs.cert })(`https://${host}:${port}/`)).rejects.toMatchObject({
      code: expect.stringMatching(/^(CERT_|ERR_TLS_CERT_)/),
    });
    expect(requests).toBe(0);
  });

  it('that nobody vouches for is refused', async () => {
    const port = await httpsPort(certificate, json({ a: 1 }));
    const untrusting = createJsonFetch({ allowLoopback: true, resolve: async () => ['127.0.0.1'] });
    await expect(untrusting(`https://${HOST}:${port}/`)).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('is asked for: plain text where TLS should be is no answer', async () => {
    const port = await httpPort(json({ a: 1 }));
    await expect(fetchHere()(`https://${HOST}:${port}/`)).rejects.toThrow();
  });
});

describe('the environment', () => {
  const program = `
    import { createJsonFetch } from ${JSON.stringify(new URL('../../../src/adapters/network/json-fetch.ts', import.meta.url).href)};
    const fetchJson = createJsonFetch({ allowLoopback: true, resolve: async () => ['127.0.0.1'] });
    const told = (url) => fetchJson(url).then(JSON.stringify, (error) => error.code ?? error.message);
    for (const url of process.argv.slice(1)) console.log(await told(url));
  `;
  const run = async (env: Readonly<Record<string, string>>, ...urls: readonly string[]) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, ...urls],
      { env },
    );
    return stdout.trim().split('\n');
  };

  it('names no proxy that is used, switches no check off, and no connection keeps the process alive', async () => {
    const proxy = await canary();
    const at = `http://127.0.0.1:${proxy.port}`;
    const http = await httpPort(json({ a: 1 }));
    const https = await httpsPort(certificate, json({ a: 1 }));
    const folded = await answering(RAW['a folded header']);
    const huge = await answering(RAW['huge headers']);
    const plain = [http, folded, huge].map((port) => `http://127.0.0.1:${port}/`);
    const proxies = {
      HTTP_PROXY: at,
      HTTPS_PROXY: at,
      http_proxy: at,
      https_proxy: at,
      ALL_PROXY: at,
      NO_PROXY: '',
    };
    const answers = await run(
      {
        ...proxies,
        NODE_USE_ENV_PROXY: '1',
        NODE_TLS_REJECT_UNAUTHORIZED: '0',
        NODE_OPTIONS: '--insecure-http-parser --max-http-header-size=100000',
      },
      ...plain,
      `https://${HOST}:${https}/`,
    );
    expect(answers).toEqual([
      '{"a":1}',
      'HPE_INVALID_HEADER_TOKEN',
      'HPE_HEADER_OVERFLOW',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ]);
    expect(proxy.reached()).toBe(0);
  });
});
