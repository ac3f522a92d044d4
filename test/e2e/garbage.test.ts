// Requests that nobody foresaw: whatever is sent, the answer is the caller's mistake and never the broker's fault.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { credentials, LIST, openTask, READ, type Sending, send, taskBody } from './support/broker.ts';
import type { Opened } from './support/contract.ts';
import { agentToken, auditorToken } from './support/tokens.ts';

/** The same requests in every run: what fails once fails again. */
const SEED = 20_260_729;
const RUNS = 300;

const methods = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

function paths(task: string): fc.Arbitrary<string> {
  const known = fc.constantFrom(
    ...['/v1/tasks', `/v1/tasks/${task}`, `/v1/tasks/${task}/finish`, `/v1/tasks/${task}/credentials`],
    ...[`/v1/tasks/${task}/events`, '/healthz', '/openapi.json', '/'],
  );
  const segment = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
    fc.constantFrom('v1', 'tasks', 'events', 'credentials', '%00', '%2f', '%252e', '{task}', ';', '@'),
  );
  const invented = fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .map((segments) => `/${segments.join('/')}`);
  const query = fc.oneof(
    fc.constant(''),
    fc.webQueryParameters().map((text) => `?${text}`),
    fc.constantFrom('?', '?limit=1', '?limit=x', '?cursor=x', '?%', '?limit=1&limit=1', '?__proto__=1'),
  );
  // Of `/` alone the answer embedded is a page, which is no part of the API.
  return fc
    .tuple(fc.oneof(known, invented), query)
    .map(([path, more]) => `${path === '/' ? '//x' : path}${more}`);
}

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom(
    '',
    '\0',
    '\ud800',
    '__proto__',
    'constructor',
    'toString',
    'reports:list',
    'bwt_',
    '../..',
  ),
);

/** Bodies that are almost right, and bodies that are anything. */
const bodies = fc.oneof(
  fc.jsonValue({ depthSize: 'medium' }),
  fc.record(
    {
      purpose: fc.oneof(words, fc.jsonValue()),
      requester: fc.oneof(words, fc.jsonValue()),
      requesterToken: words,
      capabilities: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              capability: fc.oneof(words, fc.constantFrom('reports:list', 'reports:read', 'nothing:here')),
              parameters: fc.oneof(fc.dictionary(words, words), fc.jsonValue()),
            },
            { requiredKeys: [] },
          ),
          { maxLength: 4 },
        ),
      ),
      capability: fc.oneof(words, fc.constant('reports:list')),
      parameters: fc.dictionary(words, words),
      ttlSeconds: fc.oneof(fc.integer(), fc.double(), fc.maxSafeInteger(), words),
    },
    { requiredKeys: [] },
  ),
);

const headerText = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 60,
});
const headers = fc.record(
  {
    'content-type': fc.oneof(fc.constant('application/json'), headerText),
    'idempotency-key': headerText,
    'bailiwick-reason': headerText,
    traceparent: headerText,
    accept: headerText,
    'x-forwarded-for': headerText,
    'x-forwarded-host': headerText,
    'x-original-url': headerText,
    'accept-encoding': headerText,
    origin: headerText,
  },
  { requiredKeys: [] },
);

interface Garbage {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly raw: Uint8Array | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly who: 'nobody' | 'agent' | 'task' | 'person' | 'anything';
  readonly anything: string;
}

const garbage = (task: string): fc.Arbitrary<Garbage> =>
  fc.record({
    method: methods,
    path: paths(task),
    body: bodies,
    raw: fc.option(fc.uint8Array({ maxLength: 200 }), { nil: undefined, freq: 5 }),
    headers,
    who: fc.constantFrom('nobody', 'agent', 'agent', 'task', 'task', 'person', 'anything'),
    anything: headerText,
  });

function sendingOf({ method, body, raw, headers, who, anything }: Garbage, opened: Opened): Sending {
  const tokens = {
    nobody: undefined,
    agent: agentToken('report-builder'),
    task: opened.token,
    person: auditorToken(),
    anything: anything.trim() === '' ? 'x' : anything.trim(),
  };
  const payload = raw === undefined ? new TextEncoder().encode(JSON.stringify(body)) : new Uint8Array(raw);
  return {
    token: tokens[who],
    headers: { 'content-type': 'application/json', ...headers },
    // `fetch` itself refuses to send a body with GET.
    ...(method === 'GET' ? {} : { raw: payload }),
  };
}

describe('garbage', () => {
  test(`${RUNS} random requests never are the broker's fault`, async () => {
    const opened = await openTask('report-builder', [LIST, READ]);
    const requests = fc.sample(garbage(opened.task.id), { seed: SEED, numRuns: RUNS });
    const shown: string[] = [];
    const statuses = new Set<number>();
    // As many at once as browsers do; one after the other would say less of what they do to each other.
    await Promise.all(
      Array.from({ length: 6 }, async (_, lane) => {
        for (const request of requests.filter((__, place) => place % 6 === lane)) {
          const { status, text } = await send(request.method, request.path, sendingOf(request, opened));
          statuses.add(status);
          if (status >= 500) shown.push(`${JSON.stringify(request)}\n${text}`);
        }
      }),
    );
    expect(shown).toEqual([]);
    // They were not all refused at the first door.
    for (const status of [400, 401, 404, 405]) expect([...statuses]).toContain(status);
  });

  test('random bodies by those who may ask never are the broker’s fault', async () => {
    const token = agentToken('report-builder');
    const opened = await openTask('report-builder', [LIST, READ]);
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const answers = await Promise.all([
          send('POST', '/v1/tasks', { token, body }),
          send('POST', `/v1/tasks/${opened.task.id}/credentials`, { token: opened.token, body }),
        ]);
        for (const { status } of answers) expect(status).toBeLessThan(500);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  test('after all of it, the broker works as before', async () => {
    const opened = await openTask('report-builder');
    await credentials(opened, LIST);
    const answer = await send('POST', '/v1/tasks', {
      token: agentToken('report-builder'),
      body: taskBody([LIST]),
    });
    expect(answer.status).toBe(201);
  });
});
