// The demo target: it wants its key, is a small ticket system, and shows what it was sent to who sits at the machine.
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import {
  type DemoTarget,
  namesDemoTarget,
  startDemoTarget,
  withDemoSecret,
  withDemoTarget,
} from '../../src/embedded/demo-target.ts';
import { Secret } from '../../src/shared/secret.ts';
import { awsTarget, configOf } from '../support/config.ts';
import { exchange, head } from './support/raw.ts';

const KEY = 'a-key-of-this-test';
const AUTHORIZATION = `Bearer ${KEY}`;

interface Seen {
  readonly request: string;
  readonly headers: readonly string[];
  readonly status: number;
}

let target: DemoTarget;

async function started(): Promise<DemoTarget> {
  const one = await startDemoTarget({ key: new Secret(KEY) });
  onTestFinished(() => one.close());
  return one;
}

beforeEach(async () => {
  target = await started();
});

const portOf = ({ url }: DemoTarget) => Number(new URL(url).port);

async function ask(path: string, init: RequestInit = {}) {
  const headers = { authorization: AUTHORIZATION, ...init.headers };
  return fetch(`${target.url}${path}`, { ...init, headers });
}

async function seen(): Promise<readonly Seen[]> {
  const response = await fetch(`${target.url}/seen`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { requests: readonly Seen[] }).requests;
}

const reply = (text: unknown, id = '42') =>
  ask(`/tickets/${id}/replies`, { method: 'POST', body: JSON.stringify({ text }) });

describe('its key', () => {
  test.each([
    ['no key', {}],
    ['another', { authorization: 'Bearer another' }],
    ['the key without its scheme', { authorization: KEY }],
    ['more than the key', { authorization: `${AUTHORIZATION}x` }],
    ['the key in another header', { 'x-api-key': KEY }],
  ])('is wanted: %s opens nothing', async (_, headers) => {
    for (const [method, path] of [
      ['GET', '/tickets'],
      ['GET', '/tickets/42'],
      ['POST', '/tickets/42/replies'],
      ['GET', '/nothing'],
    ] as const) {
      const response = await fetch(`${target.url}${path}`, { method, headers });
      expect([path, response.status]).toEqual([path, 401]);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer /);
      expect(await response.text()).not.toContain('@');
    }
  });

  test('is never in an answer but that of /seen', async () => {
    for (const path of ['/tickets', '/tickets/42', '/nothing']) {
      const response = await ask(path);
      expect(JSON.stringify([...response.headers]) + (await response.text())).not.toContain(KEY);
    }
  });
});

describe('tickets', () => {
  test('are listed without what only each of them shows', async () => {
    const { tickets } = (await (await ask('/tickets')).json()) as { tickets: readonly { id: string }[] };
    expect(tickets).toContainEqual({ id: '42', subject: 'Charged twice', status: 'open' });
    for (const { id } of tickets) expect((await ask(`/tickets/${id}`)).status).toBe(200);
  });

  test('have an address, a number and a card, so that there is something to mask', async () => {
    expect(await (await ask('/tickets/42')).json()).toMatchObject({
      id: '42',
      customer: {
        email: expect.stringMatching(/@example\.com$/),
        phone: expect.stringContaining('555-01'),
      },
      card: expect.stringMatching(/^(?:\d{4} ){3}\d{4}$/),
    });
  });

  test('are replied to, and show their latest replies', async () => {
    const response = await reply('On it.');
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({ ticket: '42', reply: { id: '1', text: 'On it.' } });
    for (let i = 2; i <= 25; i += 1) await reply(`Still on it: ${i}.`);
    const { replies } = (await (await ask('/tickets/42')).json()) as { replies: readonly { id: string }[] };
    expect(replies.map(({ id }) => Number(id))).toEqual(Array.from({ length: 20 }, (_, i) => i + 6));
    expect(await (await ask('/tickets/43')).json()).toMatchObject({ replies: [] });
  });

  test('are forgotten with the target', async () => {
    await reply('On it.');
    target = await started();
    expect(await (await ask('/tickets/42')).json()).toMatchObject({ replies: [] });
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/tickets/7', 404],
    ['GET', '/tickets/', 404],
    ['GET', '/tickets/42/', 404],
    ['GET', '/tickets/42/replies', 405],
    ['DELETE', '/tickets/42', 405],
    ['POST', '/tickets', 405],
    ['POST', '/seen', 405],
    ['HEAD', '/tickets/42', 200],
    ['GET', '/tickets?status=open', 200],
  ])('%s %s: %d', async (method, path, status) => {
    const response = await ask(path, { method });
    expect(response.status).toBe(status);
    expect(response.headers.has('allow')).toBe(status === 405);
  });

  test.each([
    ['no JSON', 'hello', '42', 400],
    ['no object', '"hello"', '42', 400],
    ['no text', '{"words":"hello"}', '42', 400],
    ['a text that is none', '{"text":1}', '42', 400],
    ['no such ticket', '{"text":"hello"}', '7', 404],
    ['too much', `{"text":"${'x'.repeat(70_000)}"}`, '42', 413],
  ])('take no reply where there is %s', async (_, body, id, status) => {
    const response = await ask(`/tickets/${id}/replies`, { method: 'POST', body });
    expect(response.status).toBe(status);
    expect(await (await ask('/tickets/42')).json()).toMatchObject({ replies: [] });
  });
});

describe('/seen', () => {
  test('shows the last requests as they came, the key among them, the latest first', async () => {
    const sent = head(
      'GET /tickets/42?a=%2F HTTP/1.1',
      `Host: 127.0.0.1:${portOf(target)}`,
      `aUthorization: ${AUTHORIZATION}`,
      'X-Twice: 1',
      'X-Twice: 2',
      'Connection: close',
    );
    await exchange(portOf(target), sent);
    await fetch(`${target.url}/tickets`);
    expect(await seen()).toEqual([
      expect.objectContaining({ request: 'GET /tickets', status: 401 }),
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        request: 'GET /tickets/42?a=%2F',
        headers: [
          `Host: 127.0.0.1:${portOf(target)}`,
          `aUthorization: ${AUTHORIZATION}`,
          'X-Twice: 1',
          'X-Twice: 2',
          'Connection: close',
        ],
        status: 200,
      },
    ]);
  });

  test('shows no more than twenty, and not itself', async () => {
    for (let i = 1; i <= 23; i += 1) await ask(`/tickets/${i}`);
    await seen();
    expect((await seen()).map(({ request }) => request)).toEqual(
      Array.from({ length: 20 }, (_, i) => `GET /tickets/${23 - i}`),
    );
  });

  test('shows nothing to a page that has another name lead here', async () => {
    const sent = head('GET /seen HTTP/1.1', 'Host: attacker.example', 'Connection: close');
    expect(await exchange(portOf(target), sent)).toMatchObject([{ status: 403 }]);
  });
});

test('connections are kept, and closed with it', async () => {
  const one = await started();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const reused: boolean[] = [];
  for (let i = 0; i < 3; i += 1) {
    const asked = httpRequest(`${one.url}/tickets`, { agent, headers: { authorization: AUTHORIZATION } });
    const [response] = await once(asked.end(), 'response');
    reused.push(asked.reusedSocket);
    await once(response.resume(), 'end');
  }
  expect(reused).toEqual([false, true, true]);
  await one.close();
  await expect(fetch(one.url)).rejects.toThrow();
});

test('headers beyond its limit are refused', async () => {
  const sent = head(
    'GET /tickets HTTP/1.1',
    `Host: 127.0.0.1:${portOf(target)}`,
    `X-Much: ${'x'.repeat(40_000)}`,
  );
  expect(await exchange(portOf(target), sent)).toMatchObject([{ status: 431 }]);
});

describe('in a config', () => {
  const elsewhere = { ...demoDefinition('elsewhere'), connection: connection('https://tickets.example.com') };
  const named = configOf({ targets: [awsTarget('reports'), demoDefinition('tickets-api'), elsewhere] });

  function connection(baseUrl: string) {
    return { baseUrl, private: [], timeoutSeconds: 25 };
  }

  function demoDefinition(id: string) {
    const { kind: _, connection: __, capabilities: ___, ...common } = awsTarget(id);
    const more = { secret: 'demo', inject: [], cookies: 'keep', capabilities: {} } as const;
    return { ...common, ...more, kind: 'http', connection: connection('demo') } as const;
  }

  test('is told from others', () => {
    expect(namesDemoTarget(named)).toBe(true);
    expect(namesDemoTarget(configOf({ targets: [awsTarget('reports'), elsewhere] }))).toBe(false);
  });

  test('gets its address, and may be at it; all else stays', () => {
    const put = withDemoTarget(named, { url: 'http://127.0.0.1:1234' });
    const demo = { baseUrl: 'http://127.0.0.1:1234', private: ['127.0.0.1/32'], timeoutSeconds: 25 };
    expect(put.targets['tickets-api']).toEqual({ ...named.targets['tickets-api'], connection: demo });
    expect({ ...put, targets: { ...put.targets, 'tickets-api': named.targets['tickets-api'] } }).toEqual(
      named,
    );
  });
});

test('its key is one of the secrets, whatever the file says', async () => {
  const other = { token: new Secret('of the file') };
  const secrets = withDemoSecret({ read: async () => other }, new Secret(KEY));
  expect((await secrets.read('demo'))?.['token']?.open()).toBe(KEY);
  expect(await secrets.read('prod/tickets')).toBe(other);
});
