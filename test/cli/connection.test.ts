// Which broker is asked and with whose token, and that a token goes to nobody whom the operator did not mean.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectionFor } from '../../src/cli/remote/connection.ts';
import { WrongUse } from '../../src/cli/remote/trouble.ts';

const TOKEN = 'a-token-that-is-nowhere-shown';

function dataOf(lastRun: unknown): string {
  const data = mkdtempSync(join(tmpdir(), 'bailiwick-connection-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  if (lastRun !== undefined) writeFileSync(join(data, 'broker.json'), JSON.stringify(lastRun));
  return data;
}

/** The sentence, which must not tell the token or the address. */
async function refusal(asked: Parameters<typeof connectionFor>[0], environment: NodeJS.ProcessEnv) {
  const error = await connectionFor(asked, environment).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(WrongUse);
  const { message } = error as WrongUse;
  expect(message).not.toContain(TOKEN);
  expect(message).toMatch(/^[A-Z-][^\n]*\.$/);
  return message;
}

describe('the address', () => {
  const data = () => dataOf({ config: '/x', url: 'http://127.0.0.1:8787' });

  test('is --url, else BAILIWICK_URL, else where the last broker was', async () => {
    const environment = { BAILIWICK_URL: 'https://said.example.com/prod', BAILIWICK_TOKEN: TOKEN };
    const asked = { url: 'https://asked.example.com', data: data() };
    const of = async (...given: Parameters<typeof connectionFor>) => (await connectionFor(...given)).url.href;
    expect(await of(asked, environment)).toBe('https://asked.example.com/');
    expect(await of({ data: asked.data }, environment)).toBe('https://said.example.com/prod');
    expect(await of({ data: asked.data }, { ...environment, BAILIWICK_URL: '' })).toBe(
      'http://127.0.0.1:8787/',
    );
  });

  test.for([
    'https://bailiwick.example.com',
    'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/',
    'http://127.0.0.1:8787',
    'http://127.9.9.9',
    'http://localhost:8787',
    'http://[::1]:8787/',
  ])('may be %s', async (url) => {
    expect((await connectionFor({ url, token: TOKEN }, {})).url.href).toBe(new URL(url).href);
  });

  test.for([
    ['that others could read on the way', 'http://bailiwick.example.com'],
    ['of the network', 'http://192.168.0.1:8787'],
    ['that only looks like loopback', 'http://127.0.0.1.example.com'],
    ['that only looks like this machine', 'http://localhost.example.com'],
    ['with a password', `https://me:${TOKEN}@bailiwick.example.com`],
    ['with a query', `https://bailiwick.example.com/?token=${TOKEN}`],
    ['with a fragment', `https://bailiwick.example.com/#${TOKEN}`],
    ['of another kind', 'ftp://bailiwick.example.com'],
    ['that is a path', '/v1'],
    ['that is a host', 'bailiwick.example.com'],
    ['that is nothing', ''],
  ] as const)('may be none %s', async ([, url]) => {
    expect(await refusal({ url, token: TOKEN }, {})).toMatch(/^--url must /);
    if (url === '') return;
    expect(await refusal({}, { BAILIWICK_URL: url, BAILIWICK_TOKEN: TOKEN })).toMatch(/^BAILIWICK_URL must /);
  });

  test.for([
    ['was none', undefined],
    ['is not on this machine', { config: '/x', url: 'https://elsewhere.example.com' }],
    ['is said to be elsewhere', { config: '/x', url: 'http://10.0.0.1:8787' }],
    ['is of another version', { where: 'http://127.0.0.1:8787' }],
  ] as const)('is not that of a last broker which %s', async ([, lastRun]) => {
    const where = dataOf(lastRun);
    const message = await refusal({ data: where, token: TOKEN }, {});
    expect(message).toContain(`the data directory ${where}`);
    expect(message).not.toContain('http');
  });
});

describe('the token', () => {
  const url = 'http://127.0.0.1:8787';

  test('is --token, else BAILIWICK_TOKEN, without the blanks of the file that it came from', async () => {
    const environment = { BAILIWICK_TOKEN: 'of-the-environment' };
    expect((await connectionFor({ url, token: `${TOKEN}\n` }, environment)).token).toBe(TOKEN);
    expect((await connectionFor({ url }, environment)).token).toBe('of-the-environment');
  });

  test.for([{}, { BAILIWICK_TOKEN: '' }, { BAILIWICK_TOKEN: ' \n' }])(
    'is not there in %j',
    async (environment) => {
      const message = await refusal({ url }, environment);
      expect(message).toContain('`bailiwick demo token --human ID --groups operators`');
      expect(message).toContain('`humans`');
      expect(await refusal({ url, data: 'mine' }, environment)).toContain('--groups operators --data mine`');
    },
  );

  test.for([`${TOKEN} x`, `${TOKEN}\r\nx-more: 1`, `Bearer ${TOKEN}`, `${TOKEN}é`])(
    'is not %j',
    async (token) => {
      expect(await refusal({ url, token }, {})).toMatch(/^The token holds /);
    },
  );
});
