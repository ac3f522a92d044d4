// Who calls: forged tokens prove nothing and learn nothing, unusual good ones are taken, and each is taken for one alone.
import { describe, expect, test } from 'vitest';
import {
  type Answer,
  askCredentials,
  eventsOf,
  LIST,
  openTask,
  refusalIn,
  send,
  taskBody,
} from './support/broker.ts';
import type { Opened } from './support/contract.ts';
import { FORGED, FORGED_PEOPLE } from './support/forged-tokens.ts';
import {
  agentToken,
  auditorToken,
  type Claims,
  compact,
  goodClaims,
  goodHeader,
  KEYS,
  personToken,
  seconds,
  tokenOf,
} from './support/tokens.ts';

const open = (token: string | undefined, headers = {}) =>
  send('POST', '/v1/tasks', { token, body: taskBody(), headers });

/** A refusal that tells a forger nothing. */
function expectUnauthenticated(answer: Answer): void {
  const problem = refusalIn(answer, 'unauthenticated');
  expect(problem.detail).toBe('A valid bearer token is required.');
  expect(Object.keys(problem).sort()).toEqual(['code', 'detail', 'requestId', 'status', 'title', 'type']);
}

describe('a token that proves no agent', () => {
  test.for(Object.keys(FORGED))('%s', async (name) => {
    expectUnauthenticated(await open(FORGED[name]?.()));
  });

  test('an agent that may not learn which: the same answer wherever the fault is', async () => {
    const answers = await Promise.all(Object.values(FORGED).map((token) => open(token())));
    expect(
      new Set(answers.map(({ body }) => JSON.stringify({ ...(body as object), requestId: '' }))).size,
    ).toBe(1);
  });
});

describe('the Authorization header', () => {
  const good = () => agentToken('report-builder');
  const cases: Readonly<Record<string, () => Record<string, string>>> = {
    'left out': () => ({}),
    'empty after its scheme': () => ({ authorization: 'Bearer ' }),
    'without a scheme': () => ({ authorization: good() }),
    'of another scheme': () => ({ authorization: `Basic ${good()}` }),
    'with two tokens': () => ({ authorization: `Bearer ${good()} ${good()}` }),
    'with a token in a list': () => ({ authorization: `Bearer ${good()}, Bearer ${good()}` }),
    'with a word after the token': () => ({ authorization: `Bearer ${good()} x` }),
    'under another name': () => ({ 'x-authorization': `Bearer ${good()}` }),
    'as a cookie': () => ({ cookie: `authorization=Bearer ${good()}` }),
  };

  test.for(Object.keys(cases))('%s', async (name) => {
    refusalIn(await open(undefined, cases[name]?.()), 'unauthenticated');
  });

  test('is not looked for in the query or in the body', async () => {
    refusalIn(
      await send('POST', `/v1/tasks?access_token=${good()}`, { body: taskBody() }),
      'unauthenticated',
    );
    const body = { ...taskBody(), access_token: good() };
    refusalIn(await send('POST', '/v1/tasks', { body }), 'unauthenticated');
  });

  test.for(['Bearer', 'bearer', 'BEARER'])('%s: a scheme has no case', async (scheme) => {
    const answer = await open(undefined, { authorization: `${scheme} ${good()}` });
    expect(answer.status).toBe(201);
  });

  test('a refusal says which scheme would do', async () => {
    const { headers } = await open(undefined);
    // API Gateway keeps the name itself for its own use.
    const said = headers.get('www-authenticate') ?? headers.get('x-amzn-remapped-www-authenticate');
    expect(said).toMatch(/^Bearer\b/);
  });
});

describe('an unusual token that is good all the same', () => {
  const cases: Readonly<Record<string, () => string>> = {
    'with its audience among others': () => agentToken('report-builder', { aud: ['other', 'bailiwick'] }),
    'without a kid': () => tokenOf('ci', { sub: 'archivist' }, { kid: undefined }),
    'without a type': () => tokenOf('ci', { sub: 'archivist' }, { typ: undefined }),
    'with its type in lower case': () => tokenOf('ci', { sub: 'archivist' }, { typ: 'jwt' }),
    'issued by a clock that is a little ahead': () => agentToken('report-builder', { iat: seconds(30) }),
    'without a time of issue': () => agentToken('report-builder', { iat: undefined }),
    'with claims in every script': () => agentToken('report-builder', { name: 'Käthe 漢字 🗝️' }),
    'of an issuer with another claim for the audience': () => tokenOf('cognito', { sub: 'from-cognito' }),
  };

  test.for(Object.keys(cases))('%s', async (name) => {
    expect((await open(cases[name]?.())).status).toBe(201);
  });
});

describe('a good token', () => {
  test.for<[string, Claims]>([
    ['of nobody', { sub: 'stranger' }],
    ['with a part of the claims', { sub: 'x', repository_id: '1296269' }],
    ['with a claim of another type', { sub: 'x', repository_id: 1296269, ref: 'refs/heads/main' }],
    ['with a claim in a list', { sub: 'x', repository_id: ['1296269'], ref: 'refs/heads/main' }],
    ['with a claim in capitals', { sub: 'Archivist' }],
    ['with a claim that goes on', { sub: 'archivist ' }],
    ['with more than a pattern', { sub: 'x', repository_id: '42', ref: 'refs/tags/v1-rc' }],
    ['with a pattern at its end', { sub: 'x', repository_id: '42', ref: 'x/refs/tags/v1' }],
    ['with a pattern and a line break', { sub: 'x', repository_id: '42', ref: 'refs/tags/v1\n' }],
    ['with the claims of another issuer’s agent', { sub: 'from-cognito' }],
    ['with the name of a claim’s path', { sub: 'x', 'workload.name': 'report-builder' }],
  ])('%s is an unknown agent', async ([, claims]) => {
    refusalIn(await open(tokenOf('ci', claims)), 'unknown_agent');
  });

  test('that fits two agents proves neither', async () => {
    const token = tokenOf('ci', { sub: 'p', repository_id: '42', ref: 'refs/heads/main' });
    refusalIn(await open(token), 'ambiguous_identity');
  });

  test('of an agent that nobody reviewed opens nothing, and says who can help', async () => {
    const { detail } = refusalIn(await open(agentToken('forgotten')), 'review_overdue');
    expect(detail).toContain('data@example.com');
  });

  test('a claim that stands twice is read once, as everyone reads it', async () => {
    const { sub: _, ...rest } = { ...goodClaims('ci'), sub: '' };
    const payload = `{"sub":"archivist",${JSON.stringify({ ...rest, sub: 'staging-bot' }).slice(1)}`;
    const token = compact(goodHeader('ci'), payload, KEYS.ci.key);
    const body = taskBody([{ capability: 'scratch:read' }]);
    const { task } = (await send('POST', '/v1/tasks', { token, body })).body as Opened;
    expect(task.agent).toBe('staging-bot');
  });
});

describe('a task token', () => {
  const changed = (token: string, place: number) =>
    `${token.slice(0, place)}${token[place] === 'A' ? 'B' : 'A'}${token.slice(place + 1)}`;

  const forgeries: Readonly<Record<string, (token: string) => string>> = {
    'cut short': (token) => token.slice(0, -1),
    'with more at its end': (token) => `${token}0`,
    'without its prefix': (token) => token.slice(4),
    'with another checksum': (token) => `${token.slice(0, -8)}00000000`,
    'with another claim': (token) => changed(token, 40),
    'with another MAC': (token) => changed(token, token.indexOf('.') + 5),
    'in capitals': (token) => token.toUpperCase(),
    'with the claims alone': (token) => token.split('.')[0] ?? '',
    'with a MAC of nothing': (token) => `${token.split('.')[0]}.${'A'.repeat(43)}${token.slice(-8)}`,
  };

  test.for(Object.keys(forgeries))('%s is none', async (name) => {
    const opened = await openTask('report-builder');
    const token = forgeries[name]?.(opened.token) ?? '';
    refusalIn(await askCredentials(opened, LIST, { token }), 'unauthenticated');
    refusalIn(await send('GET', `/v1/tasks/${opened.task.id}`, { token }), 'unauthenticated');
    refusalIn(await send('POST', `/v1/tasks/${opened.task.id}/finish`, { token }), 'unauthenticated');
  });

  const LANES = 8;

  test('changed at any one place is none', async () => {
    const opened = await openTask('report-builder');
    const places = Array.from({ length: opened.token.length }, (_, place) => place);
    // Few at a time: each that finds all instances of the function busy would start another.
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (const place of places.filter((one) => one % LANES === lane)) {
        const answer = await askCredentials(opened, LIST, { token: changed(opened.token, place) });
        refusalIn(answer, 'unauthenticated');
      }
    });
    await Promise.all(lanes);
    // The audit of the task knows nothing of a forgery.
    expect((await eventsOf(opened.task.id)).map(({ type }) => type)).toEqual(['task.opened']);
  });

  test('opens no task, and reads no audit', async () => {
    const { task, token } = await openTask('report-builder');
    expectUnauthenticated(await open(token));
    expectUnauthenticated(await send('GET', `/v1/tasks/${task.id}/events`, { token }));
  });
});

describe('a person', () => {
  const events = async (token: string | undefined) => {
    const { task } = await openTask('report-builder');
    return send('GET', `/v1/tasks/${task.id}/events`, { token });
  };

  test('whom policy lets reads the audit', async () => {
    expect((await events(auditorToken())).status).toBe(200);
  });

  test.for<[string, Claims]>([
    ['in no group', { groups: [] }],
    ['without groups', { groups: undefined }],
    ['in another group', { groups: ['operators'] }],
    ['in a group whose name begins alike', { groups: ['security-guests'] }],
    ['with groups as text', { groups: 'security' }],
    ['with groups in an object', { groups: { security: true } }],
    ['with groups in a list of lists', { groups: [['security']] }],
    ['in a group in capitals', { groups: ['Security'] }],
    ['in the group that nobody is in', { groups: ['none'] }],
    ['whose groups stand in broker.yaml alone', { email: 'lee@example.com', groups: [] }],
    // `owner.people` of the agent: owning it is no right to its audit.
    ['who owns the agent', { email: 'dana@example.com' }],
  ])('%s does not', async ([, claims]) => {
    refusalIn(await events(personToken(claims)), 'not_permitted');
  });

  test.for(Object.keys(FORGED_PEOPLE))('a token that is not one: %s', async (name) => {
    expectUnauthenticated(await events(FORGED_PEOPLE[name]?.()));
  });

  test('without a token, nobody reads anything', async () => {
    refusalIn(await events(undefined), 'unauthenticated');
  });

  test('opens no task', async () => {
    expectUnauthenticated(await open(auditorToken()));
  });
});
