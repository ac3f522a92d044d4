// The container-credentials endpoint under attack: who is answered, who is not, and what is said.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Issued } from '../../src/cli/credentials/ask.ts';
import { createEndpoint, endpointUrl, isOwnHost } from '../../src/cli/credentials/endpoint.ts';
import type { Trouble } from '../../src/cli/credentials/trouble.ts';
import { Secret } from '../../src/shared/secret.ts';
import { exchange, head, type RawAnswer } from '../embedded/support/raw.ts';

const TOKEN = 'the-token-of-this-start';
const ISSUED: Issued = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: new Secret('canary-secret'),
  sessionToken: new Secret('canary-session'),
  expiration: new Date('2030-01-01T00:00:00.000Z'),
};

async function endpoint(get: () => Promise<Issued | Trouble> = async () => ISSUED): Promise<number> {
  const server = createEndpoint({ token: new Secret(TOKEN), get });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

interface Request {
  readonly line?: string;
  readonly host?: string;
  readonly headers?: readonly string[];
}

async function send(port: number, request: Request = {}): Promise<RawAnswer> {
  const { line = 'GET /credentials HTTP/1.1', host = `127.0.0.1:${port}`, headers } = request;
  const lines = [line, `Host: ${host}`, ...(headers ?? [`Authorization: ${TOKEN}`]), 'Connection: close'];
  const [answer] = await exchange(port, head(...lines));
  if (answer === undefined) throw new Error('no answer');
  expect(JSON.stringify(answer).includes('canary')).toBe(answer.status === 200);
  return answer;
}

test('hands out what SDKs expect, and nothing that stays anywhere', async () => {
  const answer = await send(await endpoint());
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  });
  expect(JSON.parse(answer.body)).toEqual({
    AccessKeyId: 'ASIAEXAMPLE',
    SecretAccessKey: 'canary-secret',
    Token: 'canary-session',
    Expiration: '2030-01-01T00:00:00.000Z',
  });
});

describe('refuses', () => {
  const cases: readonly (readonly [string, Request, number, string])[] = [
    ['no token', { headers: [] }, 401, 'unauthenticated'],
    ['an empty token', { headers: ['Authorization: '] }, 401, 'unauthenticated'],
    ['another token', { headers: ['Authorization: the-token-of-last-start'] }, 401, 'unauthenticated'],
    [
      'a beginning of the token',
      { headers: [`Authorization: ${TOKEN.slice(0, -1)}`] },
      401,
      'unauthenticated',
    ],
    ['more than the token', { headers: [`Authorization: ${TOKEN}x`] }, 401, 'unauthenticated'],
    [
      'the token in other letters',
      { headers: [`Authorization: ${TOKEN.toUpperCase()}`] },
      401,
      'unauthenticated',
    ],
    [
      'the token with a word before it',
      { headers: [`Authorization: Bearer ${TOKEN}`] },
      401,
      'unauthenticated',
    ],
    [
      'a guess beside the token',
      { headers: ['Authorization: x', `Authorization: ${TOKEN}`] },
      401,
      'unauthenticated',
    ],
    [
      'the token in another header',
      { headers: [`X-aws-ec2-metadata-token: ${TOKEN}`] },
      401,
      'unauthenticated',
    ],
    [
      'the token in the query',
      { line: `GET /credentials?Authorization=${TOKEN} HTTP/1.1`, headers: [] },
      401,
      'unauthenticated',
    ],
    ['another name for this machine', { host: 'localhost:80' }, 403, 'not_permitted'],
    ['a name that was made to lead here', { host: 'evil.example.com' }, 403, 'not_permitted'],
    ['its own address without the port', { host: '127.0.0.1' }, 403, 'not_permitted'],
    ['its own address with another port', { host: '127.0.0.1:1' }, 403, 'not_permitted'],
    ['another path', { line: 'GET / HTTP/1.1' }, 404, 'not_found'],
    ['a path below', { line: 'GET /credentials/ HTTP/1.1' }, 404, 'not_found'],
    ['a path that turns back', { line: 'GET /x/../credentials HTTP/1.1' }, 404, 'not_found'],
    ['a query', { line: 'GET /credentials?x HTTP/1.1' }, 404, 'not_found'],
    ['a whole address', { line: 'GET http://evil.example.com/credentials HTTP/1.1' }, 404, 'not_found'],
    ...['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].map(
      (method) => [method, { line: `${method} /credentials HTTP/1.1` }, 405, 'method_not_allowed'] as const,
    ),
  ];

  test.for(cases)('%s', async ([, request, status, code]) => {
    const answer = await send(await endpoint(), request);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toMatchObject({
      ...{ code, message: expect.any(String), Code: code, Message: expect.any(String) },
    });
    expect(answer.headers['allow']).toBe(status === 405 ? 'GET' : undefined);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('HEAD, without a word', async () => {
    const port = await endpoint();
    const sent = head(
      ...[
        'HEAD /credentials HTTP/1.1',
        `Host: 127.0.0.1:${port}`,
        `Authorization: ${TOKEN}`,
        'Connection: close',
      ],
    );
    const [answer] = await exchange(port, sent);
    expect(answer?.status).toBe(405);
  });

  test('strangers before anything is asked of the broker', async () => {
    let asked = 0;
    const port = await endpoint(async () => {
      asked += 1;
      return ISSUED;
    });
    for (const [, request] of cases) await send(port, request);
    expect(asked).toBe(0);
  });

  test('two hosts', async () => {
    const port = await endpoint();
    const hosts = [`Host: 127.0.0.1:${port}`, 'Host: evil.example.com'];
    const sent = head('GET /credentials HTTP/1.1', ...hosts, `Authorization: ${TOKEN}`, 'Connection: close');
    const [answer] = await exchange(port, sent);
    expect(answer?.status).toBeGreaterThanOrEqual(400);
    expect(answer?.body ?? '').not.toContain('canary');
  });
});

test.for([
  ['127.0.0.1', 80, true],
  ['127.0.0.1:80', 80, true],
  ['127.0.0.1', 8080, false],
  ['127.0.0.1:80', 8080, false],
  ['127.0.0.1:8080', 80, false],
  ['localhost', 80, false],
  [undefined, 80, false],
] as const)('%s on port %d: its own host is %s', ([host, port, isOwn]) => {
  expect(isOwnHost(host, port)).toBe(isOwn);
});

test.for([
  [403, 'denied_by_policy', 'Policy does not allow it.'],
  [503, 'broker_unavailable', 'No broker answers.\u001b[2J\nexport AWS_PROFILE=admin'],
] as const)('says %d %s as SDKs read it, in one line', async ([status, code, message]) => {
  const answer = await send(await endpoint(async () => ({ kind: 'away', status, code, message })));
  expect(answer.status).toBe(status);
  const said = JSON.parse(answer.body) as Record<string, string>;
  expect(said).toMatchObject({ code, Code: code, message: said['Message'] });
  expect(said['message']).toMatch(/^\P{C}+$/u);
});

test('a hundred at once', async () => {
  const port = await endpoint();
  const headers = { authorization: TOKEN };
  const answers = await Promise.all(
    Array.from({ length: 100 }, async (_, place) => {
      const isStranger = place % 2 === 1;
      const answer = await fetch(endpointUrl(port), isStranger ? {} : { headers });
      return [isStranger, answer.status, (await answer.text()).includes('canary')];
    }),
  );
  for (const [isStranger, ...answer] of answers)
    expect(answer).toEqual(isStranger ? [401, false] : [200, true]);
});
