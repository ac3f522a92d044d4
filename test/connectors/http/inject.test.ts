// How a target's credential is put into a request, and what must then not come back.
import { describe, expect, it } from 'vitest';
import type { Injection } from '../../../src/config/index.ts';
import { injected, rendered, writes } from '../../../src/connectors/http/index.ts';
import { Secret } from '../../../src/shared/secret.ts';

const FIELDS = {
  token: new Secret('canary-token'),
  id: new Secret('canary-id'),
  user: new Secret('bot'),
  colon: new Secret('canary:colon'),
  line: new Secret('canary\r\nX-Evil: 1'),
  newline: new Secret('canary\n'),
  wide: new Secret('canary€'),
  half: new Secret('canary\ud800'),
  nul: new Secret('canary\0'),
  empty: new Secret(''),
  latin: new Secret('cañary'),
};
const BEARER = new Secret('canary-bearer');
const basicOf = (pair: string) => Buffer.from(pair).toString('base64');
const opened = (value: string | Secret) => (value instanceof Secret ? value.open() : value);

function written(inject: readonly Injection[], bearer?: Secret) {
  const made = injected(inject, FIELDS, bearer);
  if ('problem' in made) throw new Error(made.problem);
  return {
    headers: made.headers.map(([name, value]) => `${name}: ${opened(value)}`),
    query: made.query.map(([name, value]) => `${name}=${value.open()}`),
    secrets: made.secrets.map((secret) => secret.open()),
  };
}

const OAUTH2: Injection = {
  oauth2: {
    tokenUrl: 'https://login.example/token',
    clientId: 'a',
    clientSecret: '${secret.token}',
    authentication: 'basic',
    private: [],
  },
};
const SIGV4: Injection = { sigv4: { service: 's3', region: 'eu-west-1', target: 'reports' } };

describe('injection', () => {
  it.each([
    [{ header: 'X-Key', value: '${secret.token}' }, ['X-Key: canary-token'], [], ['canary-token']],
    [
      { header: 'X-Key', value: 'Key ${secret.id}/${secret.token}' },
      ['X-Key: Key canary-id/canary-token'],
      [],
      ['canary-id', 'canary-token', 'Key canary-id/canary-token'],
    ],
    [
      { header: 'X-Key', value: '${secret.user}:${secret.token}' },
      ['X-Key: bot:canary-token'],
      [],
      ['canary-token', 'bot:canary-token'],
    ],
    [{ query: 'key', value: '${secret.user}${secret.user}' }, [], ['key=botbot'], ['bot', 'botbot']],
    [{ header: 'X-Key', value: '${secret.latin}' }, ['X-Key: cañary'], [], ['cañary']],
    [{ query: 'key', value: '${secret.token}' }, [], ['key=canary-token'], ['canary-token']],
    [{ query: 'key', value: '${secret.wide}' }, [], ['key=canary€'], ['canary€']],
    [{ bearer: '${secret.token}' }, ['Authorization: Bearer canary-token'], [], ['canary-token']],
    [
      { basic: { username: '${secret.id}', password: '${secret.wide}' } },
      [`Authorization: Basic ${basicOf('canary-id:canary€')}`],
      [],
      ['canary€', 'canary-id', basicOf('canary-id:canary€')],
    ],
    [
      { basic: { username: '${secret.token}', password: '' } },
      [`Authorization: Basic ${basicOf('canary-token:')}`],
      [],
      ['canary-token', basicOf('canary-token:')],
    ],
    [
      { basic: { username: '${secret.user}', password: '${secret.token}' } },
      [`Authorization: Basic ${basicOf('bot:canary-token')}`],
      [],
      ['canary-token', basicOf('bot:canary-token')],
    ],
    [
      { basic: { username: '${secret.user}', password: '' } },
      [`Authorization: Basic ${basicOf('bot:')}`],
      [],
      ['bot', basicOf('bot:')],
    ],
    [OAUTH2, ['Authorization: Bearer canary-bearer'], [], ['canary-bearer']],
    [SIGV4, [], [], []],
  ] as const)('%j', (inject, headers, query, secrets) => {
    const made = written([inject], BEARER);
    expect(made.headers).toEqual(headers);
    expect(made.query).toEqual(query);
    expect(made.secrets.toSorted()).toEqual([...secrets].toSorted());
  });

  it('writes several, each secret to be taken out once', () => {
    const inject = [
      { header: 'X-Id', value: '${secret.id}' },
      { bearer: '${secret.token}' },
      { query: 't', value: '${secret.token}' },
    ];
    expect(written(inject)).toEqual({
      headers: ['X-Id: canary-id', 'Authorization: Bearer canary-token'],
      query: ['t=canary-token'],
      secrets: ['canary-id', 'canary-token'],
    });
  });

  it.each([
    [{ header: 'X-Key', value: '${secret.missing}' }, 'missing'],
    [{ header: 'X-Key', value: '${secret.constructor}' }, 'constructor'],
    [{ header: 'X-Key', value: '${secret.empty}' }, 'empty'],
    [{ header: 'X-Key', value: '${secret.line}' }, 'X-Key'],
    [{ header: 'X-Key', value: '${secret.newline}' }, 'X-Key'],
    [{ header: 'X-Key', value: '${secret.nul}' }, 'X-Key'],
    [{ header: 'X-Key', value: '${secret.wide}' }, 'X-Key'],
    [{ header: 'X-Key', value: '${secret.token} ' }, 'X-Key'],
    [{ header: 'X-Key', value: '${other}${secret.token}' }, 'template'],
    [{ bearer: '${secret.missing}' }, 'missing'],
    [{ bearer: '${secret.newline}' }, 'Authorization'],
    [{ query: 'key', value: '${secret.missing}' }, 'missing'],
    [{ query: 'key', value: '${secret.half}' }, 'key'],
    [{ query: 'key', value: '${secret.newline}' }, 'key'],
    [{ basic: { username: '${secret.missing}', password: '${secret.token}' } }, 'missing'],
    [{ basic: { username: 'a', password: '${secret.missing}' } }, 'missing'],
    [{ basic: { username: '${secret.colon}', password: '${secret.token}' } }, 'colon'],
    [{ basic: { username: 'a', password: '${secret.line}' } }, 'control'],
    [OAUTH2, 'access token'],
  ] as const)('%j is a problem, told without a value, as the end of a sentence', (inject, names) => {
    const made = injected([inject], FIELDS);
    expect(made).toEqual({ problem: expect.stringContaining(names) });
    expect(made).toEqual({ problem: expect.stringMatching(/^[a-z].*[^.]$/) });
    expect(JSON.stringify(made)).not.toContain('canary');
  });

  it('does not read a field in a field', () => {
    const value = rendered('${secret.a}', { a: new Secret('${secret.b}$&$1'), b: new Secret('b') });
    expect(value instanceof Secret && value.open()).toBe('${secret.b}$&$1');
  });

  it('says which names it writes', () => {
    const inject: readonly Injection[] = [
      { header: 'X-Key', value: '${secret.token}' },
      { query: 'Key', value: '${secret.token}' },
      { bearer: '${secret.token}' },
      OAUTH2,
    ];
    expect(writes(inject)).toEqual({ headers: ['x-key', 'authorization'], query: ['Key'] });
    expect(writes([SIGV4]).headers).toContain('x-amz-security-token');
    expect(writes([])).toEqual({ headers: [], query: [] });
  });
});
