// Connections to targets: kept, shared, counted, closed, and whom they show themselves as.
import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shared/secret.ts';
import { selfSigned } from './support/certificate.ts';
import { certificate, HOST } from './support/fetching.ts';
import { get, originAt, outboundHere, plainAt, textOf } from './support/sending.ts';
import { canary, httpPort, httpsPort, tcpPort } from './support/servers.ts';

describe('connections', () => {
  const portOf = (request: IncomingMessage) => String(request.socket.remotePort);

  it('are kept for the same origin, as an object, and for nobody else', async () => {
    const port = await httpPort((request, response) => {
      response.end(portOf(request));
    });
    const outbound = outboundHere();
    const to = plainAt(port);
    const ask = async (at = to) => textOf(await outbound.send(get(at)));
    const first = await ask();
    expect([await ask(), await ask()]).toEqual([first, first]);
    expect(await ask(plainAt(port))).not.toBe(first);
  });

  it('are no more than may be, and who needs one waits for it', async () => {
    const ports = new Set<string>();
    const port = await httpPort((request, response) => {
      ports.add(portOf(request));
      setImmediate(() => response.end(request.url));
    });
    const outbound = outboundHere({ connections: { most: 3 } });
    const to = plainAt(port);
    const paths = Array.from({ length: 40 }, (_, at) => `/${at}`);
    const answers = await Promise.all(paths.map((path) => outbound.send(get(to, { path }))));
    expect(answers.map(textOf)).toEqual(paths);
    expect(ports.size).toBe(3);
  });

  it('that the target closes are opened again for those who wait', async () => {
    const port = await httpPort((request, response) => {
      response.setHeader('connection', 'close').end(request.url);
    });
    const outbound = outboundHere({ connections: { most: 2 } });
    const to = plainAt(port);
    const paths = Array.from({ length: 20 }, (_, at) => `/${at}`);
    const answers = await Promise.all(paths.map((path) => outbound.send(get(to, { path }))));
    expect(answers.map(textOf)).toEqual(paths);
  });

  it.each([
    ['their age', { ageMilliseconds: 0 }, {}],
    ['their idleness', { idleMilliseconds: 0 }, {}],
    ['the target’s word', {}, { 'keep-alive': 'max=5, timeout=1' }],
    ['their number', { mostIdle: 0 }, {}],
  ])('are not used beyond %s, so that another resolution counts', async (_, connections, headers) => {
    const port = await httpPort((request, response) => {
      response.writeHead(200, headers).end(portOf(request));
    });
    let resolved = 0;
    const resolve = async () => {
      resolved += 1;
      return ['127.0.0.1'];
    };
    const outbound = outboundHere({ connections, resolve });
    const to = plainAt(port);
    const first = textOf(await outbound.send(get(to)));
    expect(textOf(await outbound.send(get(to)))).not.toBe(first);
    expect(resolved).toBe(2);
  });

  it('are closed at the other end once they were idle for long enough', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const port = await tcpPort((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'));
      socket.once('close', () => resolve());
    });
    const outbound = outboundHere({ connections: { idleMilliseconds: 50 } });
    await outbound.send(get(plainAt(port)));
    await promise;
  });
});

describe('a client certificate', () => {
  const mine = selfSigned({ names: ['bailiwick'] });
  const other = selfSigned({ names: ['bailiwick'] });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const rsa = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const shown = (each = mine) => ({ certificate: new Secret(each.cert), key: new Secret(each.key) });

  it('is shown, and what was opened with another is not used', async () => {
    const ports: unknown[] = [];
    const port = await httpsPort(
      { ...certificate, requestCert: true, ca: [mine.cert, other.cert], rejectUnauthorized: false },
      (request, response) => {
        ports.push(request.socket.remotePort);
        const peer = Reflect.apply(Reflect.get(request.socket, 'getPeerX509Certificate'), request.socket, []);
        response.end(String(peer ?? 'nobody'));
      },
    );
    const outbound = outboundHere();
    const to = originAt(`https://${HOST}:${port}`);
    const ask = async (clientCertificate?: ReturnType<typeof shown>) =>
      textOf(await outbound.send(get(to, clientCertificate === undefined ? {} : { clientCertificate })));
    expect(await ask(shown())).toBe(mine.cert);
    expect(await ask(shown())).toBe(mine.cert);
    expect(await ask(shown(other))).toBe(other.cert);
    expect(await ask()).toBe('nobody');
    expect(ports[0]).toBe(ports[1]);
    expect(new Set(ports).size).toBe(3);
  });

  it('that is none is said to be none, and never what stands in it', async () => {
    const { port, reached } = await canary();
    const clientCertificate = { certificate: new Secret('hunter2'), key: new Secret('hunter2') };
    const result = await outboundHere().send(get(originAt(`https://${HOST}:${port}`), { clientCertificate }));
    expect(result).toMatchObject({ problem: 'unavailable', sent: false });
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(reached()).toBe(0);
  });

  it.each([
    ['of another', () => other.key],
    ['of another kind', () => rsa],
  ])('with a key %s is said to be no pair', async (_, keyOf) => {
    const { port, reached } = await canary();
    const clientCertificate = { certificate: new Secret(mine.cert), key: new Secret(keyOf()) };
    expect(
      await outboundHere().send(get(originAt(`https://${HOST}:${port}`), { clientCertificate })),
    ).toEqual({
      problem: 'unavailable',
      sent: false,
      detail: "The target's client certificate and its key do not belong together.",
    });
    expect(reached()).toBe(0);
  });

  it.each([
    ['TLSv1.2', 'No TLS could be agreed on with the target, which may want to see a client certificate.'],
    ['TLSv1.3', 'The target wants to see another client certificate than the broker has shown, or any.'],
  ] as const)('that is missing is said to be by %s, and nothing was done', async (maxVersion, detail) => {
    let requests = 0;
    const port = await httpsPort(
      { ...certificate, requestCert: true, ca: [mine.cert], rejectUnauthorized: true, maxVersion },
      (_request, response) => {
        requests += 1;
        response.end();
      },
    );
    const request = get(originAt(`https://${HOST}:${port}`), { method: 'POST', body: Buffer.from('pay') });
    expect(await outboundHere().send(request)).toEqual({ problem: 'unavailable', sent: false, detail });
    expect(requests).toBe(0);
  });
});
