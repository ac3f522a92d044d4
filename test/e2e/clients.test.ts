// Client libraries as people use them, with another base URL and the task token where their key was: nothing else is changed.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Octokit } from '@octokit/rest';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { brokerUrl } from './support/broker.ts';
import { basePath, describeCalls, newMark, openFor, secret, seen, seenOnce } from './support/calls.ts';
import type { Opened } from './support/contract.ts';
import { ISSUES } from './support/target/look-alikes.ts';
import { headerOf } from './support/target/seen.ts';
import { CUSTOMER } from './support/target/tickets.ts';

const run = promisify(execFile);

const PUBLIC = 'https://bailiwick.example.com';

/** What the name in publicUrl leads to is the broker under test. */
const resolving: typeof fetch = (input, init) => {
  const url = String(input instanceof Request ? input.url : input);
  return fetch(url.startsWith(PUBLIC) ? `${brokerUrl()}${url.slice(PUBLIC.length)}` : url, init);
};

const urlOf = (opened: Opened, target: string) => `${brokerUrl()}${basePath(opened, target)}`;

describeCalls('curl', () => {
  const curl = async (...args: string[]) => {
    const { stdout } = await run('curl', ['--silent', '--show-error', '--max-time', '25', ...args], {
      env: { ...process.env, CURL_CA_BUNDLE: process.env['NODE_EXTRA_CA_CERTS'] },
    });
    return stdout;
  };

  test('reads, with a token as a bearer or as a password', async () => {
    const opened = await openFor(['tickets:read']);
    const url = `${urlOf(opened, 'tickets')}/tickets/42`;
    for (const proof of [
      ['--header', `Authorization: Bearer ${opened.token}`],
      ['--oauth2-bearer', opened.token],
      ['--user', `x:${opened.token}`],
    ]) {
      expect(JSON.parse(await curl(...proof, url))).toMatchObject({
        id: '42',
        customer: { email: '[EMAIL]' },
      });
    }
  });

  test('writes, asks for headers, for a part, and says what it was answered', async () => {
    const opened = await openFor(['tickets:reply', 'lab:read']);
    const proof = ['--header', `Authorization: Bearer ${opened.token}`];
    const reply = await curl(
      ...[...proof, '--json', '{"text":"Done."}', '--write-out', '\n%{http_code}'],
      `${urlOf(opened, 'tickets')}/tickets/42/replies`,
    );
    expect(reply).toBe('{"ticket":"42","reply":{"text":"Done."}}\n201');
    expect(await curl(...proof, '--head', `${urlOf(opened, 'lab')}/etag`)).toMatch(/^etag: "of-this"\r$/im);
    expect(await curl(...proof, '--range', '0-2', `${urlOf(opened, 'lab')}/etag`)).toBe('ten');
    expect(await curl(...proof, '--compressed', `${urlOf(opened, 'lab')}/packed/gzip`)).toBe(
      '{"note":"Ask [EMAIL] about it."}',
    );
  });

  test('with a file sends it as it is', async () => {
    const opened = await openFor(['lab:write']);
    const mark = newMark();
    const url = `${urlOf(opened, 'lab')}/status/200`;
    await curl('--user', `x:${opened.token}`, '--form', `note=${mark}`, '--form', 'file=@package.json', url);
    const one = await seenOnce(mark);
    expect(headerOf(one, 'content-type')).toMatch(/^multipart\/form-data; boundary=/);
    expect(Buffer.from(one.body, 'base64').toString()).toContain('"name": "bailiwick"');
  });
});

describeCalls('fetch', () => {
  test('reads and writes', async () => {
    const opened = await openFor(['tickets:read', 'tickets:reply']);
    const headers = { authorization: `Bearer ${opened.token}`, 'content-type': 'application/json' };
    const read = await fetch(`${urlOf(opened, 'tickets')}/tickets`, { headers });
    expect(await read.json()).toMatchObject({ tickets: [{ id: '41' }, { id: '42' }] });
    const body = JSON.stringify({ text: 'Done.' });
    const url = `${urlOf(opened, 'tickets')}/tickets/42/replies`;
    const written = await fetch(url, { method: 'POST', headers, body });
    expect([written.status, await written.json()]).toEqual([201, { ticket: '42', reply: { text: 'Done.' } }]);
  });
});

describeCalls('Octokit', () => {
  const repository = { owner: 'acme', repo: 'site' };

  async function octokitFor(...capabilities: readonly string[]) {
    const opened = await openFor(
      capabilities.map((capability) =>
        capability === 'hub:whoami' ? capability : { capability, parameters: repository },
      ),
    );
    const mark = newMark();
    const octokit = new Octokit({
      auth: opened.token,
      baseUrl: urlOf(opened, 'hub'),
      userAgent: mark,
      request: { fetch: resolving },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    });
    return { opened, octokit, mark };
  }

  test('knows who it is, by a key that it does not have', async () => {
    const { opened, octokit, mark } = await octokitFor('hub:whoami');
    const { data } = await octokit.rest.users.getAuthenticated();
    expect(data).toMatchObject({ login: 'broker-bot', email: '[EMAIL]' });
    const one = await seenOnce(mark);
    expect(headerOf(one, 'authorization')).toBe(`token ${secret('e2e/hub', 'token')}`);
    expect(JSON.stringify(one)).not.toContain(opened.token);
  });

  test('reads all pages, by links that stay with the broker', async () => {
    const { octokit, mark } = await octokitFor('hub:read');
    const issues = await octokit.paginate(octokit.rest.issues.listForRepo, { ...repository, per_page: 2 });
    expect(issues.map(({ number }) => number)).toEqual(
      Array.from({ length: ISSUES }, (_, place) => place + 1),
    );
    expect(issues.map(({ body }) => body)).toEqual(Array.from({ length: ISSUES }, () => 'From [EMAIL]'));
    expect(JSON.stringify(issues)).not.toContain(CUSTOMER.email);
    expect((await seen(mark)).map(({ query }) => new Map(query).get('page') ?? '1')).toEqual(['1', '2', '3']);
  });

  test('writes', async () => {
    const { octokit, mark } = await octokitFor('hub:open-issue');
    const { status, data } = await octokit.rest.issues.create({ ...repository, title: 'Broken' });
    expect([status, data.title]).toEqual([201, 'Broken']);
    await seenOnce(mark);
  });

  test('is told what it may not, in words', async () => {
    const { octokit, mark } = await octokitFor('hub:read');
    const problem = await octokit.rest.repos.get({ owner: 'acme', repo: 'other' }).catch((error) => error);
    expect(problem).toMatchObject({ status: 403 });
    // It reads no JSON but `application/json`, and hands on the bytes of the rest.
    expect(Buffer.from(problem.response.data).toString()).toContain('"outside_task"');
    await expect(octokit.rest.issues.create({ ...repository, title: 'x' })).rejects.toMatchObject({
      status: 403,
    });
    expect(await seen(mark)).toEqual([]);
  });
});

describeCalls('OpenAI’s own', () => {
  const messages = [{ role: 'user' as const, content: 'What is there to see?' }];

  async function client() {
    const opened = await openFor(['models:complete']);
    return new OpenAI({ apiKey: opened.token, baseURL: urlOf(opened, 'models'), maxRetries: 0 });
  }

  test('completes', async () => {
    const openai = await client();
    const completion = await openai.chat.completions.create({ model: 'small', messages });
    expect(completion.choices[0]?.message.content).toBe('Nothing to see here.');
  });

  test('streams', async () => {
    const openai = await client();
    const parts: string[] = [];
    const stream = await openai.chat.completions.create({ model: 'small', messages, stream: true });
    for await (const { choices } of stream) parts.push(choices[0]?.delta.content ?? '');
    expect(parts.join('')).toBe('Nothing to see here.');
  });
});
