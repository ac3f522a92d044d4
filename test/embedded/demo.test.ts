// The demo issuer: its tokens for agents and people, and that it exists only where the config names it.
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bailiwick } from '../support/command.ts';
import {
  ask,
  brokerForFile,
  brokerForTest,
  E2E_CONFIG,
  QUICKSTART,
  temporaryDirectory,
} from './support/broker.ts';

const { broker, data } = brokerForFile(QUICKSTART);

const WANTED = {
  purpose: 'Try it',
  capabilities: [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }],
};

const token = (...args: string[]) => bailiwick(['demo', 'token', ...args]);

function claimsOf(text: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(text.trim().split('.')[1] ?? '', 'base64url').toString());
}

async function openedTask(): Promise<string> {
  const { out } = await token('demo-agent', '--data', data);
  const { status, body } = await ask(`${broker().url}/v1/tasks`, 'POST', out.trim(), WANTED);
  expect(status).toBe(201);
  return (body['task'] as { id: string }).id;
}

describe('a token', () => {
  test('of an agent proves it', async () => {
    const said = await token('demo-agent', '--data', data);
    expect(said).toEqual({ code: 0, out: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/), err: '' });
    expect(claimsOf(said.out)).toMatchObject({ iss: 'demo', aud: 'bailiwick', sub: 'demo-agent' });
    await openedTask();
  });

  test('of a person proves them, with the groups that were asked for', async () => {
    const task = await openedTask();
    const events = async (...args: string[]) => {
      const { out } = await token('--human', 'kim@example.com', ...args, '--data', data);
      return (await ask(`${broker().url}/v1/tasks/${task}/events`, 'GET', out.trim())).status;
    };
    expect(await events('--groups', 'security')).toBe(200);
    expect(await events('--groups', 'operators, security')).toBe(200);
    expect(await events('--groups', 'operators')).toBe(403);
    expect(await events()).toBe(403);
  });

  test('of a person whom the config knows has the groups that stand there', async () => {
    const { out } = await token('--human', 'lee@example.com', '--data', data);
    expect(claimsOf(out)).toMatchObject({ email: 'lee@example.com', groups: ['demo-owners'] });
  });

  test('of a person opens no task, and an agent’s reads no audit', async () => {
    const task = await openedTask();
    const person = await token('--human', 'kim@example.com', '--groups', 'security', '--data', data);
    expect((await ask(`${broker().url}/v1/tasks`, 'POST', person.out.trim(), WANTED)).status).toBe(401);
    const agent = await token('demo-agent', '--data', data);
    const events = await ask(`${broker().url}/v1/tasks/${task}/events`, 'GET', agent.out.trim());
    expect(events.status).toBe(401);
  });

  test('of another data directory proves nothing here', async () => {
    const other = temporaryDirectory();
    const { out } = await token('demo-agent', '--data', other, '--config', QUICKSTART);
    expect((await ask(`${broker().url}/v1/tasks`, 'POST', out.trim(), WANTED)).status).toBe(401);
  });

  test('can be had before the first start, by the key that the broker then uses', async () => {
    const later = join(temporaryDirectory(), 'data');
    const said = await token('demo-agent', '--data', later);
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(statSync(later).mode & 0o777).toBe(0o700);
    expect(statSync(join(later, 'demo-issuer.json')).mode & 0o777).toBe(0o600);
    const started = await brokerForTest(['--data', later]);
    expect((await ask(`${started.url}/v1/tasks`, 'POST', said.out.trim(), WANTED)).status).toBe(201);
  });

  test('three first tokens at once are of one key', async () => {
    const fresh = join(temporaryDirectory(), 'data');
    const all = await Promise.all(Array.from({ length: 3 }, () => token('demo-agent', '--data', fresh)));
    const started = await brokerForTest(['--data', fresh]);
    for (const { out } of all) {
      expect((await ask(`${started.url}/v1/tasks`, 'POST', out.trim(), WANTED)).status).toBe(201);
    }
  });
});

describe('no token', () => {
  test.for([
    ['for an agent that there is not', ['nobody'], /there is no agent nobody; there are: demo-agent/],
    ['for nobody', [], /usage/],
    ['for an agent and a person', ['demo-agent', '--human', 'kim@example.com'], /usage/],
    ['for an agent in groups', ['demo-agent', '--groups', 'security'], /usage/],
  ] as const)('%s', async ([, args, words]) => {
    const said = await token(...args, '--data', data);
    expect(said).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
    expect(said.err).not.toMatch(/\n\s+at /);
  });

  test('where the data directory can’t be written', async () => {
    const file = join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    const said = await token('demo-agent', '--data', join(file, 'data'));
    expect(said).toEqual({ code: 2, out: '', err: expect.stringMatching(/^[^\n]+\n$/) });
  });

  test('by any other demo command', async () => {
    expect(await bailiwick(['demo'])).toMatchObject({ code: 2, out: '' });
    expect(await bailiwick(['demo', 'key'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('where the config does not name it', () => {
  test('there is no key, no token, and no walk', async () => {
    const directory = temporaryDirectory();
    const started = await brokerForTest(['--config', E2E_CONFIG, '--data', directory]);
    for (const args of [['report-builder'], ['--human', 'dana@example.com']]) {
      const said = await token(...args, '--data', directory);
      expect(said).toEqual({ code: 2, out: '', err: expect.stringContaining('demo issuer') });
    }
    expect(readdirSync(directory)).not.toContain('demo-issuer.json');
    expect(await started.stop()).toBe(0);
    expect(started.out()).toBe(`bailiwick ready ${started.url}\n`);
  });

  test('a key that is left from before proves nothing', async () => {
    const directory = temporaryDirectory();
    const { out } = await token('demo-agent', '--data', directory, '--config', QUICKSTART);
    expect(existsSync(join(directory, 'demo-issuer.json'))).toBe(true);
    const started = await brokerForTest(['--config', E2E_CONFIG, '--data', directory]);
    expect((await ask(`${started.url}/v1/tasks`, 'POST', out.trim(), WANTED)).status).toBe(401);
    rmSync(join(directory, 'demo-issuer.json'));
  });
});

test('no route mints a token', async () => {
  const { body } = await ask(`${broker().url}/openapi.json`, 'GET');
  // A token exchange gives task tokens for tokens; the other counts those that were refused.
  const known = ['/v1/token', '/v1/refused-tokens'];
  const paths = Object.keys(body['paths'] as object).filter((path) => /demo|token|jwks/.test(path));
  expect(paths.filter((path) => !known.includes(path))).toEqual([]);
  for (const path of ['/demo/token', '/v1/demo/token', '/token', '/.well-known/openid-configuration']) {
    expect((await ask(`${broker().url}${path}`, 'POST')).status).toBe(404);
  }
});
