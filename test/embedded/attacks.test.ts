// HTTP that no client sends: each gets an answer or an end, and the broker lives on.
import { afterEach, describe, expect, test } from 'vitest';
import { agentToken } from '../e2e/support/tokens.ts';
import { until } from '../support/poll.ts';
import { brokerForFile, E2E_CONFIG } from './support/broker.ts';
import { answersIn, exchange, head, open } from './support/raw.ts';

const { broker } = brokerForFile(E2E_CONFIG);

const HOST = 'Host: 127.0.0.1';
const CLOSE = 'Connection: close';
const AUTHORIZED = `Authorization: Bearer ${agentToken('report-builder')}`;

// Whatever happened, the next one is served.
afterEach(async () => {
  const response = await fetch(`${broker().url}/healthz`);
  expect(await response.json()).toEqual({ status: 'ok' });
  expect(broker().child.exitCode).toBeNull();
});

async function codes(sent: string | Uint8Array): Promise<readonly unknown[]> {
  const answers = await exchange(broker().port, sent);
  return answers.map(({ headers, body, status }) => {
    if (status < 400) return status;
    expect(headers['content-type']).toBe('application/problem+json');
    expect(headers['cache-control']).toBe('no-store');
    const problem = JSON.parse(body) as { code: string; status: number; requestId: string };
    expect([problem.status, problem.requestId]).toEqual([status, headers['bailiwick-request-id']]);
    return problem.code;
  });
}

const chunked = (...body: string[]) =>
  head('POST /v1/tasks HTTP/1.1', HOST, AUTHORIZED, 'Transfer-Encoding: chunked') + body.join('\r\n');

test('what follows a request that is under way is not answered in its place', async () => {
  const whole = head('GET /healthz HTTP/1.1', HOST);
  expect(await codes(`${whole}no HTTP at all\r\n\r\n`)).not.toContain('malformed_request');
});

describe('broken', () => {
  const cases: Readonly<Record<string, string | Uint8Array>> = {
    'not HTTP at all': 'hello\r\n\r\n',
    'a TLS hello': new Uint8Array([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]),
    'a version that is none': head('GET /healthz HTTP/9.9', HOST),
    'a method that is none': head('G\x00T /healthz HTTP/1.1', HOST),
    'a header without a name': head('GET /healthz HTTP/1.1', HOST, ': x'),
    'a header name with a blank': head('GET /healthz HTTP/1.1', HOST, 'X : y'),
    'a NUL in a header': head('GET /healthz HTTP/1.1', HOST, 'X: a\x00b'),
    'a bare line feed in a header': `GET /healthz HTTP/1.1\r\n${HOST}\r\nX: a\nY: b\n\n`,
    'a path with a control character': head('GET /heal\x01thz HTTP/1.1', HOST),
    'lengths that differ': head('POST /v1/tasks HTTP/1.1', HOST, 'Content-Length: 2', 'Content-Length: 3'),
    'a length below nothing': head('POST /v1/tasks HTTP/1.1', HOST, 'Content-Length: -1'),
    'a length that is none': head('POST /v1/tasks HTTP/1.1', HOST, 'Content-Length: 1x'),
    'a length and chunks': head(
      'POST /v1/tasks HTTP/1.1',
      HOST,
      'Content-Length: 3',
      'Transfer-Encoding: chunked',
    ),
    'chunks of no size': chunked('zz', 'x', ''),
    'chunks beyond measure': chunked('fffffffffffffffff', ''),
    'chunks twice encoded': head(
      'POST /v1/tasks HTTP/1.1',
      HOST,
      'Transfer-Encoding: chunked, identity',
      CLOSE,
    ),
  };

  test.for(Object.keys(cases))('%s: malformed', async (name) => {
    for (const code of await codes(cases[name] ?? '')) expect(code).toBe('malformed_request');
  });
});

describe('large', () => {
  test('a header beyond measure', async () => {
    const sent = head('GET /healthz HTTP/1.1', HOST, `X: ${'a'.repeat(100_000)}`);
    expect(await codes(sent)).toEqual(['request_too_large']);
  });

  test('ten thousand headers', async () => {
    const headers = Array.from({ length: 10_000 }, (_, place) => `X-${place}: y`);
    expect(await codes(head('GET /healthz HTTP/1.1', HOST, ...headers))).toEqual(['request_too_large']);
  });

  test('a path beyond measure', async () => {
    expect(await codes(head(`GET /${'a'.repeat(100_000)} HTTP/1.1`, HOST))).toEqual(['request_too_large']);
  });

  test('a token larger than any is', async () => {
    const token = `Authorization: Bearer ${'a'.repeat(20_000)}`;
    const body = '{"purpose":"x","capabilities":[{"capability":"reports:list"}]}';
    const lines = ['POST /v1/tasks HTTP/1.1', HOST, token, 'Content-Type: application/json', CLOSE];
    const sent = head(...lines, `Content-Length: ${body.length}`) + body;
    expect(await codes(sent)).toEqual(['unauthenticated']);
  });

  test('a length of a terabyte', async () => {
    const lines = ['POST /v1/tasks HTTP/1.1', HOST, AUTHORIZED, `Content-Length: ${2 ** 40}`];
    expect(await codes(head(...lines))).toEqual(['request_too_large']);
  });

  test('chunks without end: an answer or an end', async () => {
    const { socket, closed } = await open(broker().port);
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    socket.write(`${chunked('').trimEnd()}\r\n\r\n`);
    const more = () => {
      while (socket.writable && socket.write(chunk)) {
        // As fast as it takes them.
      }
    };
    socket.on('drain', more);
    more();
    for (const { status } of answersIn(await closed)) expect(status).toBe(413);
  });
});

describe('one after the other on one connection', () => {
  test('a hundred at once are answered in their order', async () => {
    const targets = Array.from({ length: 100 }, (_, place) => (place % 2 === 0 ? '/healthz' : `/n${place}`));
    const sent = targets.map((target) => head(`GET ${target} HTTP/1.1`, HOST)).join('');
    const last = head('GET /healthz HTTP/1.1', HOST, CLOSE);
    const said = await codes(sent + last);
    expect(said).toEqual([...targets.map((_, place) => (place % 2 === 0 ? 200 : 'not_found')), 200]);
  });

  test('what follows a body that was too large is not taken for a request', async () => {
    const inner = head('GET /healthz HTTP/1.1', HOST);
    const length = `Content-Length: ${40 * 2 ** 20}`;
    const sent = head('POST /v1/tasks HTTP/1.1', HOST, AUTHORIZED, length) + inner;
    expect(await codes(sent)).toEqual(['request_too_large']);
  });

  test('a second request inside the body of the first is none', async () => {
    const inner = head('GET /healthz HTTP/1.1', HOST);
    const lines = ['GET /healthz HTTP/1.1', HOST, CLOSE, `Content-Length: ${inner.length}`];
    expect(await codes(head(...lines) + inner)).toEqual([200]);
  });
});

describe('unusual, and answered', () => {
  test.for([
    ['an upgrade', ['GET /healthz HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade, close'], [200]],
    ['an upgrade to HTTP/2', ['GET /healthz HTTP/1.1', 'Upgrade: h2c', 'Connection: Upgrade, close'], [200]],
    ['TRACE', ['TRACE /healthz HTTP/1.1', CLOSE, 'X-Secret: s'], ['method_not_allowed']],
    ['PROPFIND', ['PROPFIND /healthz HTTP/1.1', CLOSE], ['method_not_allowed']],
    ['a path that is no percent-encoding', ['GET /v1/tasks/%ff HTTP/1.1', CLOSE], ['malformed_request']],
    ['a path with a NUL', ['GET /v1/tasks/%00 HTTP/1.1', CLOSE], ['unauthenticated']],
    ['a path with an encoded slash', ['GET /v1/tasks/a%2fb HTTP/1.1', CLOSE], ['unauthenticated']],
  ] as const)('%s', async ([, [first, ...lines], expected]) => {
    expect(await codes(head(first, HOST, ...lines))).toEqual(expected);
  });

  test('TRACE tells nothing back', async () => {
    const [answer] = await exchange(broker().port, head('TRACE / HTTP/1.1', HOST, CLOSE, 'X-Secret: s3cret'));
    expect(answer?.body).not.toContain('s3cret');
  });

  test('CONNECT ends', async () => {
    expect(await exchange(broker().port, head('CONNECT example.com:443 HTTP/1.1', HOST))).toEqual([]);
  });

  test('an expectation that nobody knows', async () => {
    const sent = head('GET /healthz HTTP/1.1', HOST, CLOSE, 'Expect: the-unexpected');
    const [answer] = await exchange(broker().port, sent);
    expect(answer?.status).toBeLessThan(500);
  });

  test('a body is waited for where the client asks first', async () => {
    const { socket, closed, received } = await open(broker().port);
    const lines = ['POST /v1/tasks HTTP/1.1', HOST, AUTHORIZED, 'Expect: 100-continue', CLOSE];
    socket.write(head(...lines, 'Content-Type: application/json', 'Content-Length: 2'));
    await until('leave to go on', () => (received().includes('100 Continue') ? true : undefined));
    socket.write('{}');
    const [, answer = ''] = (await closed).split(/(?=HTTP\/1\.1 4)/);
    expect(answersIn(answer)[0]?.status).toBe(400);
  });
});

describe('callers that go away or dawdle', () => {
  test('in the middle of their request', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const { socket, closed } = await open(broker().port);
      socket.write(head('POST /v1/tasks HTTP/1.1', HOST, AUTHORIZED, 'Content-Length: 100'));
      socket.write('{"purpose"', () => socket.resetAndDestroy());
      await closed;
    }
  });

  test('before their answer', async () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const { socket, closed } = await open(broker().port);
      socket.write(head('GET /openapi.json HTTP/1.1', HOST), () => socket.resetAndDestroy());
      await closed;
    }
  });

  test('two hundred that say nothing do not keep others out', async () => {
    const silent = await Promise.all(Array.from({ length: 200 }, () => open(broker().port)));
    expect(await codes(head('GET /healthz HTTP/1.1', HOST, CLOSE))).toEqual([200]);
    for (const { socket } of silent) socket.destroy();
  });

  test('headers that never end are given up on', { timeout: 60_000 }, async () => {
    const { socket, closed } = await open(broker().port);
    socket.write(`GET /healthz HTTP/1.1\r\n${HOST}\r\n`);
    const drip = setInterval(() => socket.write('X: y\r\n'), 250);
    const text = await closed;
    clearInterval(drip);
    for (const { status } of answersIn(text)) expect(status).toBe(400);
  });
});
