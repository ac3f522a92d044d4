// Which broker the command asks and as whom, and what it says where there is none, or where it was used wrongly.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { selfSigned } from '../adapters/network/support/certificate.ts';
import { canary, httpPort, httpsPort } from '../adapters/network/support/servers.ts';
import { brokerForTest, QUICKSTART, temporaryDirectory } from '../embedded/support/broker.ts';
import { REPOSITORY } from '../support/command.ts';
import { operating } from './support/operating.ts';

const { broker, data, token, environment, run } = operating(QUICKSTART);

describe('where and who', () => {
  test('may be arguments, and those go first', async () => {
    const elsewhere = { BAILIWICK_URL: 'http://127.0.0.1:1', BAILIWICK_TOKEN: 'no-token-at-all' };
    const args = ['tasks', 'list', '--url', broker().url, '--token', token()];
    expect(await run(args, elsewhere)).toMatchObject({ code: 0, err: '' });
    const refused = await run(['tasks', 'list', '--token', 'no-token-at-all', '--data', data]);
    expect(refused.code).toBe(1);
    expect(refused.err).not.toContain('no-token-at-all');
  });

  test('may be the environment’s', async () => {
    const said = await run(['tasks', 'list'], { BAILIWICK_URL: broker().url });
    expect(said).toMatchObject({ code: 0, err: '' });
  });

  test('without a token, nothing is asked, and it is said how to get one', async () => {
    const said = await run(['agents', 'list', '--data', data], { BAILIWICK_TOKEN: undefined });
    const sentence = /^There is no token: [^\n]*demo token --human ID --groups operators[^\n]*\n$/;
    expect(said).toEqual({ code: 2, out: '', err: expect.stringMatching(sentence) });
  });

  test('without a broker, it is said where it was looked for', async () => {
    const empty = temporaryDirectory();
    expect(await run(['agents', 'list', '--data', empty])).toEqual({
      code: 2,
      out: '',
      err: `There is no broker to ask: none has run with the data directory ${empty}. Name another with --data, or an address with --url or BAILIWICK_URL.\n`,
    });
    const ended = await brokerForTest(['--data', empty]);
    await ended.stop();
    expect(await run(['agents', 'disable', 'demo-agent', '--reason', 'x', '--data', empty])).toEqual({
      code: 1,
      out: '',
      err: `No broker answers at ${ended.url}, where the one that last used ${empty} was (ECONNREFUSED): start it, or name another with --data, --url or BAILIWICK_URL.\n`,
    });
  });

  test('no proxy gets to see what stays on this machine', async () => {
    const { port, reached } = await canary();
    const proxy = `http://127.0.0.1:${port}`;
    const proxies = { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: '', no_proxy: '' };
    const said = await run(['agents', 'list', '--data', data], { NODE_USE_ENV_PROXY: '1', ...proxies });
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(reached()).toBe(0);
  });

  test('by https:// too, from whom a known authority vouches for, and from nobody else', async () => {
    const certificate = selfSigned({ addresses: ['127.0.0.1'] });
    const authorities = join(temporaryDirectory(), 'authorities.pem');
    writeFileSync(authorities, certificate.cert);
    const seen: (string | undefined)[] = [];
    const port = await httpsPort(certificate, ({ headers }, response) => {
      seen.push(headers.authorization);
      response.end('{"tasks":[]}');
    });
    const args = ['tasks', 'list', '--url', `https://127.0.0.1:${port}`];
    expect(await run(args, { NODE_EXTRA_CA_CERTS: authorities })).toMatchObject({ code: 0, err: '' });
    expect(seen).toEqual([`Bearer ${token()}`]);
    const careless = await run(args, { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_NO_WARNINGS: '1' });
    expect(careless).toMatchObject({ code: 1, out: '' });
    expect(careless.err).toMatch(/\(DEPTH_ZERO_SELF_SIGNED_CERT\)\.\n$/);
    expect(seen).toHaveLength(1);
  });
});

describe('wrong use', () => {
  test.for([
    ['nothing', ['agents'], /^Say what of agents\.\nusage: bailiwick agents list/],
    [
      'what is misspelt',
      ['agents', 'lits'],
      /^There is no such command of agents\. Did you mean list\?\nusage: /,
    ],
    ['what every object has', ['tasks', 'constructor'], /^There is no such command of tasks\.\nusage: /],
    [
      'a change without a reason',
      ['agents', 'disable', 'demo-agent'],
      /--reason TEXT\.\nusage: bailiwick agents disable /,
    ],
    [
      'an address that is not safe',
      ['tasks', 'list', '--url', 'http://example.com'],
      /^--url must [^\n]*\n$/,
    ],
  ] as const)('is %s', async ([, args, words]) => {
    expect(await run(args)).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
  });

  test.for([
    [['agents', '--help'], 'bailiwick agents: '],
    [['agents', 'disable', '-h'], 'bailiwick agents: '],
    [['tasks', 'list', '--help'], 'bailiwick tasks: '],
  ] as const)('is not asking for help: %j', async ([args, beginning]) => {
    const { code, out, err } = await run(args, { BAILIWICK_TOKEN: undefined });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.startsWith(beginning)).toBe(true);
    for (const part of ['--reason TEXT', 'BAILIWICK_TOKEN', '\nExit codes: ']) expect(out).toContain(part);
  });
});

test('what a server says reaches the terminal as text, line by line', async () => {
  const refusal = {
    code: 'conflict\u001b[2J',
    detail: 'No.\nrequest id req_made_up\u009b1A',
    requestId: 'req_1',
  };
  const port = await httpPort((_, response) => response.writeHead(409).end(JSON.stringify(refusal)));
  expect(await run(['agents', 'list', '--url', `http://127.0.0.1:${port}`])).toEqual({
    code: 1,
    out: '',
    err: 'conflict\ufffd[2J: No. request id req_made_up\ufffd1A\nrequest id req_1\n',
  });
});

test('an answer of another version is told from a refusal, and printed as it is for those who want it so', async () => {
  const answer = { agents: [{ id: 'demo-agent', status: 'retired' }] };
  const port = await httpPort((_, response) => response.end(JSON.stringify(answer)));
  const asked = ['agents', 'list', '--url', `http://127.0.0.1:${port}`];
  const { code, out, err } = await run(asked);
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toMatch(/^The broker did what was asked, but answers as another version does: [^\n]*\n$/);
  expect(JSON.parse((await run([...asked, '--json'])).out)).toEqual(answer);
});

test('whoever reads the beginning only breaks nothing', () => {
  const script = '{ "$0" src/cli/bailiwick.mjs agents list --data "$1"; echo "ended with $?" >&2; } | true';
  const { stderr } = spawnSync('sh', ['-c', script, process.execPath, data], {
    cwd: REPOSITORY,
    env: environment(),
    encoding: 'utf8',
  });
  expect(stderr).toBe('ended with 0\n');
});
