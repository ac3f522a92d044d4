// An issuer behind TLS on loopback, whose answers can be changed, and its keys as the broker gets them.
import type { ServerResponse } from 'node:http';
import { expect } from 'vitest';
import { createKeySets, type KeySetsDependencies } from '../../../../src/adapters/network/key-sets.ts';
import type { KeySets, KeySource } from '../../../../src/ports/key-sets.ts';
import { Unavailable } from '../../../../src/shared/errors.ts';
import { selfSigned } from './certificate.ts';
import { heldClock } from './held-clock.ts';
import { httpsPort } from './servers.ts';

export const HOST = 'login.example.com';
const certificate = selfSigned({ names: [HOST, 'keys.example.com'] });
export const DISCOVERY = '/.well-known/openid-configuration';
export const MINUTE = 60_000;

export const key = (kid: string) => ({ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid });
export const rsa = (kid: string) => ({ kty: 'RSA', n: 'n', e: 'AQAB', kid });

export interface Answer {
  readonly body: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export function give(response: ServerResponse, { body, status = 200, headers = {} }: Answer): void {
  response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** An issuer on a real connection, whose answers can be changed. */
export async function realIssuer(options: Partial<KeySetsDependencies> = {}) {
  const clock = heldClock();
  const asked: string[] = [];
  const answers = new Map<string, Answer>();
  const port = await httpsPort(certificate, (request, response) => {
    asked.push(`${request.headers.host?.split(':')[0]}${request.url}`);
    give(response, answers.get(request.url ?? '') ?? { body: 'no', status: 404 });
  });
  const issuer = `https://${HOST}:${port}`;
  const jwksUri = `${issuer}/keys`;
  answers.set(DISCOVERY, { body: { issuer, jwks_uri: jwksUri } });
  answers.set('/keys', { body: { keys: [key('one')] } });
  const keySets = createKeySets({
    clock,
    allowLoopback: true,
    ca: certificate.cert,
    resolve: async () => ['127.0.0.1'],
    ...options,
  });
  const source: KeySource = { issuer };
  const kids = async (kid?: string, from = source, serves?: Parameters<KeySets['keys']>[2]) =>
    (await keySets.keys(from, kid, serves)).map((each) => each.kid);
  const publish = (...keys: readonly unknown[]) => answers.set('/keys', { body: { keys } });
  const fetches = () => asked.filter((each) => each.endsWith('/keys')).length;
  return { clock, asked, answers, port, issuer, jwksUri, keySets, source, kids, publish, fetches };
}

/** What kept the keys from being fetched. */
export const causeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'nothing',
    (error: unknown) => {
      expect(error).toBeInstanceOf(Unavailable);
      return String((error as Unavailable).cause);
    },
  );
