// What an HTTP target's file comes to be: one spelling for what may be written in several, the same after packing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { type HttpTarget, packConfig, unpackConfig } from '../../src/config/index.ts';
import { parseBaseUrl } from '../../src/config/loading/base-url.ts';
import { loadConfig } from '../../src/config/loading/index.ts';
import { BASE, CASES, directoryOf, filesOf } from './support.ts';

const FILE = 'targets/api.yaml';
const { files: GOOD } = parse(filesOf(`${CASES}good`)['http-everything.yaml'] ?? '') as {
  readonly files: Readonly<Record<string, string>>;
};

async function targetOf(text: string): Promise<HttpTarget> {
  const loaded = await loadConfig(directoryOf({ ...BASE, [FILE]: text }), { mode: 'embedded' });
  if ('faults' in loaded) throw new Error(JSON.stringify(loaded.faults));
  const { config } = loaded;
  expect(unpackConfig(packConfig(config))).toStrictEqual(config);
  const target = config.targets['api'];
  if (target?.kind !== 'http') throw new Error('it should be there');
  expect(Object.isFrozen(target.connection)).toBe(true);
  return target;
}

const is = (...values: readonly unknown[]) => ({ rule: { is: values }, required: false });

test('everything that a file can say arrives', async () => {
  const { connection, secret, inject, cookies, capabilities } = await targetOf(GOOD[FILE] ?? '');
  expect(connection).toMatchObject({
    baseUrl: 'https://api.example.com:8443/v1',
    private: ['10.0.0.0/8', 'fd00::/8'],
    clientCertificate: { certificate: '${secret.certificate}', key: '${secret.key}' },
    timeoutSeconds: 10,
  });
  expect(connection.ca?.match(/BEGIN CERTIFICATE/gu)).toHaveLength(2);
  expect({ secret, cookies }).toEqual({ secret: 'prod/api+eu@2=x', cookies: 'keep' });
  expect(inject).toEqual([
    { header: 'X-Api-Key', value: '${secret.id}:${secret.key}' },
    { query: 'account', value: '${secret.account}' },
    { basic: { username: '${secret.token}', password: '' } },
    { header: 'Cookie', value: 'session=${secret.session}' },
  ]);
  expect(capabilities['read']).toMatchObject({
    effect: 'read',
    impacts: ['export'],
    exportAbove: { bytes: 1_000_000 },
    parameters: { limit: { pattern: '[0-9]+' } },
  });
  expect(capabilities['read']?.routes).toEqual([
    { route: 'GET /', otherFields: false },
    { route: 'GET /things/{owner}', otherFields: false },
    { route: 'GET /things/{owner}/{id}', otherFields: false },
    { route: 'HEAD /files/{path...}', otherFields: false },
    {
      route: 'GET /search',
      query: {
        q: { rule: { pattern: '.{1,80}' }, required: true },
        limit: { rule: { parameter: 'limit' }, required: false },
        page: { rule: { atMost: 10, atLeast: 1 }, required: false },
        sort: is('created', 'updated'),
        archived: is(false),
      },
      otherFields: false,
    },
  ]);
  expect(capabilities['edit']?.routes[1]).toEqual({
    route: 'POST /things',
    body: {
      visibility: is('internal'),
      'assignee.team': { rule: { is: ['support', 7, true, null] }, required: true },
      'labels[]': is('bug', 'question'),
      'lines[].amount': { rule: { atMost: 99.5 }, required: false },
      parent: is(null),
    },
    otherFields: true,
  });
});

const LEAST = `id: api
kind: http
environment: production
sensitivity: internal
owner: { team: Api, email: api@example.com }
connection: { baseUrl: BASE_URL }
capabilities: { read: { effect: read, routes: [GET /] } }
`;

test('what is left out has its default', async () => {
  const { secret, ...target } = await targetOf(LEAST.replace('BASE_URL', 'https://api.example.com'));
  expect(secret).toBeUndefined();
  expect(target).toMatchObject({
    connection: { baseUrl: 'https://api.example.com', private: [], timeoutSeconds: 25 },
    inject: [],
    cookies: 'keep',
    capabilities: { read: { impacts: [], parameters: {} } },
  });
});

test.each([
  ['https://API.example.com:443/', 'https://api.example.com'],
  ['HTTPS://api.example.com/V1/', 'https://api.example.com/V1'],
  ['https://api.example.com/a%62c/d%20e', 'https://api.example.com/abc/d%20e'],
  ['https://b\u00fccher.example', 'https://xn--bcher-kva.example'],
  ['https://[2001:DB8::1]:8443/x', 'https://[2001:db8::1]:8443/x'],
  ['demo', 'demo'],
])('the base URL %s is %s', async (written, read) => {
  expect((await targetOf(LEAST.replace('BASE_URL', JSON.stringify(written)))).connection.baseUrl).toBe(read);
});

test('a base URL in its one spelling is that of every reader, and stays as it is', () => {
  const path = fc.array(fc.constantFrom('a', 'B', '%41', '%2e', '..', '.', '', ';', '%20', 'é', '\\', '%'));
  const host = fc.constantFrom('api.example.com', '0x7f.1', '127.1', 'EXAMPLE.com.', '[::1]', 'a@b', 'x:1');
  fc.assert(
    fc.property(host, path, (authority, segments) => {
      const parsed = parseBaseUrl(`https://${authority}/${segments.join('/')}`);
      if ('problem' in parsed) return;
      expect(parseBaseUrl(parsed.url)).toEqual(parsed);
      const { origin, pathname, username, search, hash } = new URL(parsed.url);
      expect([`${origin}${pathname}`.replace(/\/$/u, ''), username, search, hash]).toEqual([
        parsed.url,
        ...['', '', ''],
      ]);
    }),
    { numRuns: 2000 },
  );
});

/** Wherever somebody may write a credential by mistake, whatever else is wrong there. */
const MISTAKES: readonly ((value: string) => string)[] = [
  (value) => `inject: ${value}`,
  (value) => `inject: [${value}]`,
  (value) => `inject: { bearer: ${value} }`,
  (value) => `inject: { header: X-Key, value: ${value} }`,
  (value) => `inject: { header: X-Key, value: [${value}] }`,
  (value) => `inject: { query: key, value: ${value} }`,
  (value) => `inject: { basic: { username: ${value}, password: ${value} } }`,
  (value) => `inject: { basic: ${value} }`,
  (value) =>
    `inject: { oauth2: { tokenUrl: "https://login.example.com", clientId: x, clientSecret: ${value} } }`,
  (value) => `secret: { token: ${value} }`,
];

test('a credential that is written into the file is refused, and not repeated', async () => {
  const value = fc.oneof(
    fc.stringMatching(/^sk_[A-Za-z0-9]{20}$/u),
    fc.stringMatching(/^[1-9][0-9]{9}$/u),
    fc.stringMatching(/^"Bearer [A-Za-z0-9]{20}\$\{x\}"$/u),
    fc.stringMatching(/^"[A-Za-z0-9]{20}\\n"$/u),
  );
  await fc.assert(
    fc.asyncProperty(value, fc.constantFrom(...MISTAKES), async (credential, write) => {
      const text = `${LEAST.replace('BASE_URL', 'https://api.example.com')}${write(credential)}\n`;
      const loaded = await loadConfig(directoryOf({ ...BASE, [FILE]: text }), { mode: 'embedded' });
      const [, core = credential] = /([A-Za-z0-9]{10,})/u.exec(credential) ?? [];
      expect('faults' in loaded && loaded.faults.length).toBeGreaterThan(0);
      expect(JSON.stringify(loaded)).not.toContain(core);
    }),
    { numRuns: 150 },
  );
});
