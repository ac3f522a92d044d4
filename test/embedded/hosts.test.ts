// Which Host a request may name: loopback and publicUrl, so that no page of another site reaches the broker by a name of its own.
import { describe, expect, test } from 'vitest';
import { brokerForFile, E2E_CONFIG } from './support/broker.ts';
import { exchange, head, type RawAnswer } from './support/raw.ts';

// Its publicUrl is https://bailiwick.example.com.
const { broker } = brokerForFile(E2E_CONFIG);

async function health(target: string, ...hosts: readonly string[]): Promise<RawAnswer> {
  const lines = [`GET ${target} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), 'Connection: close'];
  const [answer] = await exchange(broker().port, head(...lines));
  if (answer === undefined) throw new Error('no answer');
  return answer;
}

function codeOf({ headers, body }: RawAnswer): unknown {
  expect(headers['content-type']).toBe('application/problem+json');
  const problem = JSON.parse(body) as { code: string; requestId: string };
  expect(problem.requestId).toBe(headers['bailiwick-request-id']);
  return problem.code;
}

describe('accepted', () => {
  test.for([
    '127.0.0.1',
    '127.0.0.1:8787',
    '127.0.0.1:1',
    'localhost',
    'localhost:8787',
    'LOCALHOST',
    'bailiwick.localhost',
    'a.b.localhost:80',
    '[::1]',
    '[::1]:8787',
    'bailiwick.example.com',
    'bailiwick.example.com:443',
    'Bailiwick.Example.COM',
  ])('%s', async (host) => {
    expect((await health('/healthz', host)).status).toBe(200);
  });
});

describe('refused', () => {
  test.for([
    'evil.example.com',
    'example.com',
    'www.bailiwick.example.com',
    'bailiwick.example.com.evil.example',
    'notbailiwick.example.com',
    'localhost.evil.example',
    'evil-localhost',
    'localhost.',
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    '127.0.0.2',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0.0.0.0',
    '10.0.0.1',
    '169.254.169.254',
    '[::]',
    '[::ffff:127.0.0.1]',
    '::1',
    'localhost:8787:80',
    'localhost:',
    'localhost:x',
    'localhost:123456',
    'user@localhost',
    'localhost/evil',
    'localhost, evil.example.com',
    'evil.example.com#localhost',
    'http://localhost',
    ' ',
  ])('%s', async (host) => {
    const answer = await health('/healthz', host);
    expect([answer.status, codeOf(answer)]).toEqual([403, 'not_permitted']);
  });

  test('on every route, before anything is read', async () => {
    for (const target of ['/', '/openapi.json', '/v1/tasks', '/nothing', '/%']) {
      expect((await health(target, 'evil.example.com')).status).toBe(403);
    }
  });

  test('no Host at all', async () => {
    const answer = await health('/healthz');
    expect([403, 400]).toContain(answer.status);
    codeOf(answer);
  });

  test('no Host at all, as HTTP/1.0 may', async () => {
    const [answer] = await exchange(broker().port, head('GET /healthz HTTP/1.0'));
    expect(answer?.status).toBe(403);
  });

  test.for([
    ['127.0.0.1', 'evil.example.com'],
    ['evil.example.com', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('two: %s and %s', async ([first, second]) => {
    const answer = await health('/healthz', first ?? '', second ?? '');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed_request']);
  });

  test('other headers do not speak for it', async () => {
    const lines = ['GET /healthz HTTP/1.1', 'Host: evil.example.com', 'X-Forwarded-Host: localhost'];
    const [answer] = await exchange(
      broker().port,
      head(...lines, 'Forwarded: host=localhost', 'X-Original-Host: localhost', 'Connection: close'),
    );
    expect(answer?.status).toBe(403);
  });
});

describe('a target that is no path', () => {
  test.for([
    'http://127.0.0.1/healthz',
    'http://evil.example.com/healthz',
    'https://bailiwick.example.com/healthz',
    '*',
    'healthz',
    'localhost:80',
  ])('%s is malformed', async (target) => {
    const answer = await health(target, '127.0.0.1');
    expect([answer.status, codeOf(answer)]).toEqual([400, 'malformed_request']);
  });

  test.for([
    '//evil.example.com/healthz',
    '/healthz/',
    '/./healthz',
    '/x/../healthz',
    '/%68ealthz',
    '/healthz;x',
  ])('%s is nothing, as it is sent', async (target) => {
    expect(codeOf(await health(target, '127.0.0.1'))).toBe('not_found');
  });
});
