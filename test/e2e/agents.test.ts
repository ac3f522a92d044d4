// Agents as people see and contain them, and what a stolen token is worth. Each test has agents of its own, since what is
// done to an agent holds for all who call as it.
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import {
  type Answer,
  askCredentials,
  finish,
  LIST,
  openTask,
  refusalIn,
  send,
  taskBody,
} from './support/broker.ts';
import { idPattern, type Opened, type TaskView } from './support/contract.ts';
import {
  type AgentName,
  agentToken,
  auditorToken,
  compact,
  operatorToken,
  personToken,
  seconds,
  tokenOf,
} from './support/tokens.ts';

/** What the config says: links and proofs are made for it, wherever the broker itself is reached. */
const PUBLIC_URL = 'https://bailiwick.example.com';

interface AgentView extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly status: string;
}

const change = (agent: string, how: string, token = operatorToken(), reason = 'A test') =>
  send('POST', `/v1/agents/${agent}/${how}`, { token, body: { reason } });

const agentIn = ({ body }: Answer) => (body as { agent: AgentView }).agent;
const openAs = (agent: AgentName) =>
  send('POST', '/v1/tasks', { token: agentToken(agent), body: taskBody() });

async function all<T>(
  path: string,
  plural: string,
  limit: number,
  token = operatorToken(),
): Promise<readonly T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const query = `limit=${limit}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const answer = await send('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, { token });
    expect(answer.status).toBe(200);
    const page = answer.body as Record<string, readonly T[]> & { cursor?: string };
    found.push(...(page[plural] ?? []));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

test('a quarantined agent is frozen, a disabled one has lost everything, a reinstated one begins anew', async () => {
  // Left over from an earlier run against the same broker.
  await change('contained', 'reinstate');
  const opened = await openTask('contained');
  const status = async () => {
    const { body } = await send('GET', `/v1/tasks/${opened.task.id}`, { token: opened.token });
    return (body as { task: TaskView }).task.status;
  };
  expect(agentIn(await change('contained', 'quarantine'))).toMatchObject({
    id: 'contained',
    status: 'quarantined',
  });
  refusalIn(await askCredentials(opened, LIST), 'agent_quarantined');
  refusalIn(await openAs('contained'), 'agent_quarantined');
  expect(await status()).toBe('open');
  expect(agentIn(await change('contained', 'reinstate'))).toMatchObject({ status: 'active' });
  expect((await askCredentials(opened, LIST)).status).toBe(200);
  expect(agentIn(await change('contained', 'disable'))).toMatchObject({
    ...{ status: 'disabled', by: 'kim@example.com', reason: 'A test', openTasks: 0 },
  });
  refusalIn(await askCredentials(opened, LIST), 'agent_disabled');
  expect(await status()).toBe('revoked');
  await change('contained', 'reinstate');
  refusalIn(await askCredentials(opened, LIST), 'task_over');
  expect((await openAs('contained')).status).toBe(201);
});

test('past its review date an agent opens no task until it is attested', async () => {
  const before = await openAs('reviewed');
  if (before.status !== 201) {
    refusalIn(before, 'review_overdue');
    const read = await send('GET', '/v1/agents/reviewed', { token: operatorToken() });
    expect(agentIn(read)).toMatchObject({ review: 'overdue', reviewBy: '2020-01-01' });
  }
  const attested = agentIn(await change('reviewed', 'attest', operatorToken(), 'Looked at it'));
  expect(attested).toMatchObject({
    review: 'current',
    attested: { by: 'kim@example.com', reason: 'Looked at it', digest: attested['digest'] },
    ...{ changedSinceReview: false, awaitingAttestation: [] },
  });
  expect((await openAs('reviewed')).status).toBe(201);
});

test('an attestation can name the file that was looked at, by its digest', async () => {
  const attest = (digest: unknown) =>
    send('POST', '/v1/agents/reviewed/attest', {
      token: operatorToken(),
      body: { reason: 'Read it', digest },
    });
  refusalIn(await attest('f'.repeat(64)), 'conflict');
  refusalIn(await attest('f'.repeat(63)), 'invalid_request');
  const { digest } = agentIn(await send('GET', '/v1/agents/reviewed', { token: operatorToken() }));
  expect(agentIn(await attest(digest))).toMatchObject({ attested: { reason: 'Read it', digest } });
  expect(agentIn(await attest(String(digest).toUpperCase()))).toMatchObject({ attested: { digest } });
});

describe('who may', () => {
  test.for(['quarantine', 'disable', 'reinstate', 'attest'])(
    '%s: nobody whom policy does not let',
    async (how) => {
      refusalIn(await change('archivist', how, personToken()), 'not_permitted');
      refusalIn(await change('archivist', how, agentToken('archivist')), 'unauthenticated');
      refusalIn(
        await send('POST', `/v1/agents/archivist/${how}`, { body: { reason: 'x' } }),
        'unauthenticated',
      );
      refusalIn(await change('nobody-here', how), 'not_found');
    },
  );

  test.for(['/v1/agents', '/v1/agents/archivist', '/v1/tasks', '/v1/sightings', '/v1/refused-tokens'])(
    'GET %s: the same',
    async (path) => {
      refusalIn(await send('GET', path, { token: personToken() }), 'not_permitted');
      refusalIn(await send('GET', path, { token: agentToken('archivist') }), 'unauthenticated');
      expect((await send('GET', path, { token: operatorToken() })).status).toBe(200);
    },
  );

  test('a reason is a must, and told only to those who prove who they are', async () => {
    const token = operatorToken();
    for (const body of [
      {},
      { reason: ' ' },
      { reason: 'x', more: 1 },
      { reason: 'x', digest: 'f'.repeat(64) },
    ]) {
      refusalIn(await send('POST', '/v1/agents/archivist/quarantine', { token, body }), 'invalid_request');
    }
    const refused = await send('POST', '/v1/agents/archivist/quarantine', { token: personToken(), body: {} });
    refusalIn(refused, 'not_permitted');
  });
});

describe('lists', () => {
  test('agents come page by page with owner, purpose, status, review and when they were seen last', async () => {
    const opened = await openTask('archivist');
    const agents = await until('the agent is shown as seen', async () => {
      const found = await all<AgentView>('/v1/agents', 'agents', 3);
      return found.some(({ id, lastSeen }) => id === 'archivist' && lastSeen !== undefined)
        ? found
        : undefined;
    });
    expect(agents.map(({ id }) => id)).toEqual([...new Set(agents.map(({ id }) => id))].sort());
    const archivist = agents.find(({ id }) => id === 'archivist');
    expect(archivist).toMatchObject({
      owner: { team: 'Data', email: 'data@example.com', people: ['dana@example.com'] },
      ...{ purpose: 'Move old reports to the archive', status: 'active', review: 'none' },
    });
    expect(archivist?.['openTasks']).toBeGreaterThan(0);
    await finish(opened);
  });

  test('open tasks of one agent, and any one task', async () => {
    const opened = await openTask('archivist');
    const listed = () => all<TaskView>('/v1/tasks?agent=archivist', 'tasks', 2);
    // The index that lists are made from may be a moment behind.
    await until('the task is listed', async () =>
      (await listed()).some(({ id }) => id === opened.task.id) ? true : undefined,
    );
    await finish(opened);
    expect((await listed()).map(({ id }) => id)).not.toContain(opened.task.id);
    const [one] = await all<TaskView>(`/v1/tasks?task=${opened.task.id}`, 'tasks', 2);
    expect(one).toMatchObject({ id: opened.task.id, status: 'finished' });
  });

  test('a stranger with a good token is seen: who, how often, from where', async () => {
    const sub = `shadow-${randomUUID()}`;
    refusalIn(
      await send('POST', '/v1/tasks', { token: tokenOf('ci', { sub }), body: taskBody() }),
      'unknown_agent',
    );
    const sightings = await all<{ subject: string }>('/v1/sightings', 'sightings', 500);
    expect(sightings.find(({ subject }) => subject === sub)).toMatchObject({
      ...{ issuer: 'https://ci.example.com', count: 1, claims: { sub } },
      from: [{ count: 1, address: expect.any(String) }],
    });
  });

  test('refused tokens are counted by reason', async () => {
    const token = agentToken('archivist', { exp: seconds(-60) });
    for (let time = 0; time < 3; time += 1) {
      refusalIn(await send('POST', '/v1/tasks', { token, body: taskBody() }), 'unauthenticated');
    }
    const counted = await all<{ reason: string; issuer: string }>(
      '/v1/refused-tokens?hours=1',
      'refusedTokens',
      500,
    );
    expect(counted).toContainEqual(
      expect.objectContaining({
        reason: 'expired',
        issuer: 'https://ci.example.com',
        count: expect.any(Number),
      }),
    );
    expect(JSON.stringify(counted)).not.toContain(token.split('.')[1]);
  });

  test.for(['limit=0', 'limit=501', 'cursor=nonsense!', 'more=1', 'agent=A'])(
    'GET /v1/tasks?%s is refused',
    async (query) => {
      refusalIn(await send('GET', `/v1/tasks?${query}`, { token: operatorToken() }), 'invalid_request');
    },
  );
});

test('a task is revoked by a person, with everything that it says of that', async () => {
  const opened = await openTask('archivist');
  const path = `/v1/tasks/${opened.task.id}/revoke`;
  const body = { reason: 'Odd behaviour' };
  refusalIn(await send('POST', path, { token: opened.token, body }), 'unauthenticated');
  refusalIn(await send('POST', path, { token: personToken(), body }), 'not_permitted');
  const answer = await send('POST', path, { token: operatorToken(), body });
  expect(answer.body).toMatchObject({ task: { id: opened.task.id, status: 'revoked' }, revocation: 'none' });
  refusalIn(await askCredentials(opened, LIST), 'task_over');
  const events = await send('GET', `/v1/tasks/${opened.task.id}/events`, { token: auditorToken() });
  expect((events.body as { events: object[] }).events).toContainEqual(
    expect.objectContaining({ type: 'task.revoked', by: 'kim@example.com', why: 'Odd behaviour', below: [] }),
  );
});

describe('a stolen token', () => {
  function client() {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return (path: string, token?: string) => {
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk: publicKey.export({ format: 'jwk' }) };
      const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
      const claims = { jti: randomUUID(), htm: 'POST', htu: `${PUBLIC_URL}${path}`, iat: seconds(), ...ath };
      return compact(header, claims, privateKey);
    };
  }

  test('is worth nothing without the key that the task is bound to', async () => {
    refusalIn(await openAs('prover'), 'proof_required');
    const prove = client();
    const token = agentToken('prover');
    const headers = { dpop: prove('/v1/tasks') };
    const answer = await send('POST', '/v1/tasks', { token, body: taskBody(), headers });
    expect(answer.status).toBe(201);
    const opened = answer.body as Opened;
    const path = `/v1/tasks/${opened.task.id}/credentials`;
    refusalIn(await askCredentials(opened, LIST), 'proof_required');
    const stolen = await askCredentials(opened, LIST, { headers: { dpop: client()(path, opened.token) } });
    refusalIn(stolen, 'unauthenticated');
    const dpop = prove(path, opened.token);
    expect((await askCredentials(opened, LIST, { headers: { dpop } })).status).toBe(200);
    refusalIn(await askCredentials(opened, LIST, { headers: { dpop } }), 'unauthenticated');
    const again = { authorization: `DPoP ${opened.token}`, dpop: prove(path, opened.token) };
    expect((await send('POST', path, { body: LIST, headers: again })).status).toBe(200);
  });

  test('is worth nothing from elsewhere', async () => {
    const answer = await send('POST', '/v1/tasks', {
      ...{ token: agentToken('elsewhere'), body: taskBody() },
      // A header can say anything.
      headers: { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=203.0.113.7' },
    });
    refusalIn(answer, 'unauthenticated');
  });

  test('is worth nothing a second time, where its issuer says so', async () => {
    const token = agentToken('once');
    const open = () => send('POST', '/v1/tasks', { token, body: taskBody() });
    const answers = await Promise.all([open(), open(), open(), open()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401, 401]);
    const opened = answers.find(({ status }) => status === 201)?.body as Opened;
    expect(opened.task.id).toMatch(idPattern('task'));
    refusalIn(await send('GET', `/v1/tasks/${opened.task.id}`, { token }), 'unauthenticated');
    expect((await send('GET', `/v1/tasks/${opened.task.id}`, { token: opened.token })).status).toBe(200);
  });
});
