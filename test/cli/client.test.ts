// The client against servers that are no broker, or none that behaves.
import type { RequestListener } from 'node:http';
import { describe, expect, test } from 'vitest';
import { ROUTES } from '../../src/api/routes.ts';
import { type Client, createClient } from '../../src/cli/remote/client.ts';
import { connectionFor } from '../../src/cli/remote/connection.ts';
import { CallRefused, NoAnswer, refusalLines } from '../../src/cli/remote/trouble.ts';
import { selfSigned } from '../adapters/network/support/certificate.ts';
import { canary, httpPort, httpsPort, tcpPort } from '../adapters/network/support/servers.ts';

const TOKEN = 'a-token-that-is-nowhere-shown';
const QUARANTINE = { parameters: { agent: 'demo-agent' }, body: { reason: 'x' } };

async function clientOf(url: string, milliseconds?: number): Promise<Client> {
  return createClient(await connectionFor({ url, token: TOKEN }, {}), milliseconds);
}

async function clientFor(listener: RequestListener, milliseconds?: number): Promise<Client> {
  return clientOf(`http://127.0.0.1:${await httpPort(listener)}`, milliseconds);
}

const answering =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, headers).end(body);

/** Why there was no answer, in a sentence without the token. */
async function sentenceOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => new Error('it was answered'),
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(NoAnswer);
  const { message } = error as NoAnswer;
  expect(message).not.toContain(TOKEN);
  expect(message).toMatch(/^[^\n]*\.$/);
  return message;
}

describe('a request', () => {
  test('goes to its route, below the path of the address, with the token', async () => {
    const seen: unknown[] = [];
    const port = await httpPort((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        const { method, url, headers } = request;
        seen.push([method, url, headers.authorization, headers['content-type'], body]);
        response.end('{}');
      });
    });
    const client = await clientOf(`http://127.0.0.1:${port}/prod/`);
    await client.call(ROUTES.listTasks, { query: { task: 'a b&c', agent: undefined } });
    await client.call(ROUTES.quarantineAgent, QUARANTINE);
    expect(seen).toEqual([
      ['GET', '/prod/v1/tasks?task=a+b%26c', `Bearer ${TOKEN}`, undefined, ''],
      [
        'POST',
        '/prod/v1/agents/demo-agent/quarantine',
        `Bearer ${TOKEN}`,
        'application/json',
        '{"reason":"x"}',
      ],
    ]);
  });

  test.for(['..', 'a/b', '', 'a?b', '%2e%2e'])('for %j, which is no id, is not made', async (agent) => {
    const { port, reached } = await canary();
    const client = await clientOf(`http://127.0.0.1:${port}`);
    await expect(client.call(ROUTES.readAgent, { parameters: { agent } })).rejects.toThrow(TypeError);
    expect(reached()).toBe(0);
  });
});

describe('a list', () => {
  test('is all its pages, short and empty ones too', async () => {
    const pages: Readonly<Record<string, object>> = {
      '': { tasks: [1, 2], cursor: 'a b' },
      'a b': { tasks: [], cursor: 'c' },
      c: { tasks: [3] },
    };
    const client = await clientFor((request, response) => {
      const { searchParams } = new URL(request.url ?? '', 'http://x');
      expect([searchParams.get('limit'), searchParams.get('agent')]).toEqual(['100', 'demo-agent']);
      response.end(JSON.stringify(pages[searchParams.get('cursor') ?? '']));
    });
    expect(await client.list(ROUTES.listTasks, 'tasks', { agent: 'demo-agent' })).toEqual({
      tasks: [1, 2, 3],
    });
  });

  test('that never ends does, and says so by its cursor', async () => {
    let asked = 0;
    const client = await clientFor((_, response) => {
      asked += 1;
      response.end(JSON.stringify({ tasks: [asked], cursor: 'again' }));
    });
    const { tasks, cursor } = await client.list(ROUTES.listTasks, 'tasks');
    expect([(tasks as unknown[]).length, cursor]).toEqual([asked, 'again']);
  });

  test('of something else is no answer', async () => {
    const client = await clientFor(answering(200, '{"tasks":[]}'));
    expect(await sentenceOf(client.list(ROUTES.listAgents, 'agents'))).toMatch(
      /answered no list of agents\.$/,
    );
  });
});

describe('a refusal', () => {
  const decision = { outcome: 'denied', policies: ['b-policy', 'default.cedar:9'], configDigest: 'x' };
  const refused = {
    type: 'about:blank',
    code: 'not_permitted',
    detail: 'It needs `contain`.',
    requestId: 'req_1',
  };

  test.for([
    [
      'by policy',
      { ...refused, decision },
      ['not_permitted: It needs `contain`.', 'decided by b-policy, default.cedar:9', 'request id req_1'],
    ],
    [
      'by no policy',
      { ...refused, decision: { ...decision, policies: [] } },
      ['not_permitted: It needs `contain`.', 'no policy permits it', 'request id req_1'],
    ],
    [
      'with a code of a later version',
      { ...refused, code: 'too_late' },
      ['too_late: It needs `contain`.', 'request id req_1'],
    ],
    [
      'of fields',
      {
        code: 'invalid_request',
        detail: 'No.',
        errors: [
          { path: 'reason', problem: 'must be text' },
          { path: '', problem: 'must be JSON' },
        ],
      },
      ['invalid_request: No.', '  reason must be text', '  the request must be JSON'],
    ],
    [
      'of a token',
      { code: 'unauthenticated', detail: 'No.' },
      [
        'unauthenticated: No.',
        "This takes a person's own token that is still valid, not an agent's or a task's.",
      ],
    ],
  ] as const)('%s', async ([, problem, lines]) => {
    const client = await clientFor(answering(403, JSON.stringify(problem)));
    const error = await client.call(ROUTES.listAgents).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CallRefused);
    expect(refusalLines((error as CallRefused).problem)).toEqual(lines);
  });
});

describe('no answer', () => {
  test.for([
    ['HTML', 200, '<html>', /answered 200, but not as a broker does\.$/],
    ['a list', 200, '[]', /answered 200, but not as a broker does\.$/],
    ['null', 200, 'null', /answered 200, but not as a broker does\.$/],
    ['nothing', 204, '', /answered 204, but not as a broker does\.$/],
    [
      'the refusal of something before it',
      403,
      '{"message":"Forbidden"}',
      /answered 403, but not as a broker does\.$/,
    ],
    ['a refusal that is none', 500, '{"code":1,"detail":{}}', /answered 500, but not as a broker does\.$/],
  ] as const)('is %s', async ([, status, body, sentence]) => {
    const client = await clientFor(answering(status, body));
    expect(await sentenceOf(client.call(ROUTES.listAgents))).toMatch(sentence);
  });

  test.for([301, 302, 303, 307, 308])('is a redirect (%d), which gets no token', async (status) => {
    const { port, reached } = await canary();
    const client = await clientFor(answering(status, '{}', { location: `http://127.0.0.1:${port}/` }));
    expect(await sentenceOf(client.call(ROUTES.listAgents))).toMatch(
      /a redirect \(\d+\), which is not followed\.$/,
    );
    expect(reached()).toBe(0);
  });

  test('is a certificate that nobody vouches for, which gets no token', async () => {
    let asked = 0;
    const port = await httpsPort(selfSigned({ addresses: ['127.0.0.1'] }), (_, response) => {
      asked += 1;
      response.end('{"agents":[]}');
    });
    const client = await clientOf(`https://127.0.0.1:${port}`);
    const sentence = await sentenceOf(client.call(ROUTES.quarantineAgent, QUARANTINE));
    expect(sentence).toBe(
      `No broker answers at https://127.0.0.1:${port}, which --url names (DEPTH_ZERO_SELF_SIGNED_CERT).`,
    );
    expect(asked).toBe(0);
  });

  test('is a server without TLS', async () => {
    const port = await httpPort(answering(200, '{}'));
    const client = await clientOf(`https://127.0.0.1:${port}`);
    expect(await sentenceOf(client.call(ROUTES.listAgents))).toMatch(/^No broker answers at .*\(\w+\)\.$/);
  });

  test('is nobody there', async () => {
    const client = await clientOf('http://127.0.0.1:1');
    expect(await sentenceOf(client.call(ROUTES.quarantineAgent, QUARANTINE))).toBe(
      'No broker answers at http://127.0.0.1:1, which --url names (ECONNREFUSED).',
    );
  });

  test.for([
    ['is none at all', () => undefined],
    ['begins and does not end', (response: { write(text: string): void }) => response.write('{"agents":')],
  ] as const)('that %s ends when its time is up', async ([, begin]) => {
    const client = await clientFor((_, response) => void begin(response), 200);
    expect(await sentenceOf(client.call(ROUTES.listAgents))).toMatch(/\(it took too long\)\.$/);
    // The request went out: whoever sent it must know that it may have been done.
    expect(await sentenceOf(client.call(ROUTES.quarantineAgent, QUARANTINE))).toMatch(
      /\(it took too long\)\. It may have been done all the same\.$/,
    );
  });

  test('is a connection that breaks', async () => {
    const port = await tcpPort((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const client = await clientOf(`http://127.0.0.1:${port}`);
    expect(await sentenceOf(client.call(ROUTES.quarantineAgent, QUARANTINE))).toMatch(
      /\(ECONNRESET\)\. It may have been done all the same\.$/,
    );
  });

  test('is one without end', async () => {
    const client = await clientFor((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(' '.repeat(1024 * 1024)));
      };
      response.on('drain', more);
      more();
    });
    expect(await sentenceOf(client.call(ROUTES.listAgents))).toMatch(/\(an answer without end\)\.$/);
  });
});
