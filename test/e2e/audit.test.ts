// The audit of a task: what happened, in order, for those who may read it, and without a secret.
import { createHash, randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { atOnce } from './support/at-once.ts';
import {
  askCredentials,
  credentials,
  eventsOf,
  finish,
  LIST,
  openTask,
  READ,
  refusalIn,
  send,
} from './support/broker.ts';
import { type AuditEvent, idPattern } from './support/contract.ts';
import { agentToken, auditorToken, personToken } from './support/tokens.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const types = (events: readonly AuditEvent[]) => events.map(({ type }) => type);

interface Page {
  readonly events: readonly AuditEvent[];
  readonly cursor?: string;
}

async function page(task: string, query: string): Promise<Page> {
  const answer = await send('GET', `/v1/tasks/${task}/events${query}`, { token: auditorToken() });
  expect(answer.status).toBe(200);
  return answer.body as Page;
}

/** Where credentials are real, the Revoker tells of them by itself, whenever it has been there. */
function isOfRequest({ type }: { readonly type: string }): boolean {
  return !['credentials.revoked', 'credentials.revocation_waits'].includes(type);
}

describe('a task from its opening to its end', () => {
  test('is told in order: each intent stands before its outcome', async () => {
    const opened = await openTask('report-builder', [READ, LIST]);
    await credentials(opened, LIST);
    await askCredentials(opened, { capability: 'reports:write' });
    await finish(opened);
    await askCredentials(opened, LIST);
    const events = (await eventsOf(opened.task.id)).filter(isOfRequest);
    expect(types(events)).toEqual([
      'task.opened',
      'call.requested',
      'credentials.issued',
      'call.requested',
      'call.denied',
      'task.finished',
      'call.requested',
      'call.denied',
    ]);
    const ids = events.map(({ id }) => id);
    expect([...ids].sort()).toEqual(ids);
    for (const id of ids) expect(id).toMatch(idPattern('evt'));
    // Intent and outcome are of the same call, and no two calls share one.
    const calls = events.map((event) => event['call']).filter((call) => call !== undefined);
    expect(calls).toEqual([calls[0], calls[0], calls[2], calls[2], calls[4], calls[4]]);
    expect(new Set(calls).size).toBe(3);
  });

  test('says of every step who, for whom, why, and under which config', async () => {
    const more = { purpose: 'Find the missing report', requesterToken: personToken() };
    const opened = await openTask('report-builder', [LIST], more);
    const { call } = await credentials(opened, LIST);
    await finish(opened);
    const events = (await eventsOf(opened.task.id)).filter(isOfRequest);
    for (const event of events) {
      expect(event).toMatchObject({
        task: opened.task.id,
        agent: 'report-builder',
        configDigest: opened.task.capabilities[0]?.decision.configDigest,
        request: { id: expect.any(String), method: 'POST', route: expect.stringMatching(/^\/v1\/tasks/) },
      });
      expect(Math.abs(Date.parse(event.at) - Date.parse(opened.task.openedAt))).toBeLessThan(60_000);
    }
    const requester = { id: 'kim@example.com', proven: true };
    for (const event of events.filter(({ type }) => type !== 'call.requested')) {
      expect(event).toMatchObject({ purpose: more.purpose, requester });
    }
    const issued = events.find(({ type }) => type === 'credentials.issued');
    expect(issued).toMatchObject({
      call,
      owner: { team: 'Data', email: 'data@example.com' },
      decision: { outcome: 'allowed', policies: expect.any(Array) },
      operation: [{ ...LIST, parameters: {} }],
      target: 'reports',
    });
  });

  test('the session policy that was asked for stands in it, with its hash', async () => {
    const opened = await openTask('report-builder', [READ]);
    const { credentials: handed } = await credentials(opened, { capability: 'reports:read' });
    const issued = (await eventsOf(opened.task.id)).find(({ type }) => type === 'credentials.issued');
    const session = issued?.['session'] as Record<string, string>;
    expect(session['accessKeyId']).toBe(handed.accessKeyId);
    expect(sha256(session['policy'] ?? '')).toBe(session['policyHash']);
    expect(session['policy']).toContain('arn:aws:s3:::bailiwick-e2e-reports/weekly/team-a/*');
    // The task's deadline is part of it, so that it ends without anybody doing anything.
    expect(session['policy']).toContain('aws:CurrentTime');
  });

  test('a refused call is told with its code and the decision', async () => {
    const opened = await openTask('staging-bot', [READ, { capability: 'scratch:read' }]);
    const problem = refusalIn(await askCredentials(opened, READ), 'denied_by_policy');
    const denied = (await eventsOf(opened.task.id)).find(({ type }) => type === 'call.denied');
    expect(denied).toMatchObject({
      call: problem.call,
      refusal: { code: 'denied_by_policy', detail: problem.detail },
      decision: problem.decision,
      request: { id: problem.requestId },
    });
  });

  test('what the agent says of a call is recorded as its own words', async () => {
    const opened = await openTask('report-builder', [LIST]);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { 'bailiwick-reason': 'the weekly run', traceparent };
    await credentials(opened, LIST, { headers });
    await credentials(opened, LIST, { headers: { traceparent: 'nonsense' } });
    const requests = (await eventsOf(opened.task.id))
      .filter(({ type }) => type === 'credentials.issued')
      .map((event) => event['request'] as Record<string, string>);
    expect(requests[0]).toMatchObject({ reason: 'the weekly run', traceparent });
    expect(requests[1]).not.toHaveProperty('traceparent');
    expect(requests[1]).not.toHaveProperty('reason');
  });

  test('finishing many times at once is told once', async () => {
    const opened = await openTask('report-builder');
    await atOnce(() => finish(opened));
    expect(types(await eventsOf(opened.task.id))).toEqual(['task.opened', 'task.finished']);
  });

  test('a repeated key is told each time, with the call that it repeats', async () => {
    const opened = await openTask('report-builder', [LIST]);
    const key = randomUUID();
    const { call } = await credentials(opened, LIST, { key });
    await credentials(opened, LIST, { key });
    await askCredentials(opened, READ, { key });
    const outcomes = (await eventsOf(opened.task.id)).filter(({ type }) => !/opened|requested/.test(type));
    expect(outcomes).toMatchObject([
      { type: 'credentials.issued', call },
      { type: 'credentials.issued', call, repetition: expect.stringMatching(/^call_/) },
      { type: 'call.repeated', call, repetition: expect.anything(), answer: 'idempotency_mismatch' },
    ]);
    expect(outcomes[0]).not.toHaveProperty('repetition');
  });
});

test('no token, no credential and no Idempotency-Key stands in any event', async () => {
  const [oidc, requesterToken] = [agentToken('report-builder'), personToken()];
  const keys = [`key-${randomUUID()}`, `key-${randomUUID()}`];
  const [forOpening = '', forCredentials = ''] = keys;
  const body = { purpose: 'Leave nothing behind', capabilities: [READ, LIST], requesterToken };
  const answer = await send('POST', '/v1/tasks', { token: oidc, body, key: forOpening });
  const opened = answer.body as Awaited<ReturnType<typeof openTask>>;
  const { credentials: handed } = await credentials(opened, LIST, { key: forCredentials });
  const { credentials: again } = await credentials(opened, LIST, { key: forCredentials });
  await askCredentials(opened, READ, { key: forCredentials });
  await finish(opened, { key: forOpening });

  const events = await eventsOf(opened.task.id);
  const told = JSON.stringify(events);
  const secrets = [
    ...[oidc, requesterToken, opened.token, ...keys],
    ...[handed, again].flatMap(({ secretAccessKey, sessionToken }) => [secretAccessKey, sessionToken]),
  ];
  for (const secret of secrets) {
    for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
      expect(told).not.toContain(form);
    }
  }
  // Signatures alone would do, too.
  for (const token of [oidc, requesterToken, opened.token])
    expect(told).not.toContain(token.split('.').at(-1));
  // What stands there instead: hashes, to find them again.
  expect(events[0]).toMatchObject({ tokenHash: sha256(oidc) });
  expect(events[0]?.['request']).toMatchObject({ idempotencyKeyHash: sha256(forOpening) });
});

describe('reading in pages', () => {
  async function taskOfNineEvents(): Promise<string> {
    const opened = await openTask('report-builder', [LIST]);
    for (let call = 0; call < 4; call += 1) await credentials(opened, LIST);
    return opened.task.id;
  }

  test('of every size, each event once and in order', async () => {
    const task = await taskOfNineEvents();
    const all = (await page(task, '')).events.map(({ id }) => id);
    expect(all).toHaveLength(9);
    for (const limit of [1, 2, 4, 8, 9, 10, 500]) {
      const ids: string[] = [];
      let cursor: string | undefined;
      do {
        const more = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const got = await page(task, `?limit=${limit}${more}`);
        expect(got.events.length).toBeLessThanOrEqual(limit);
        ids.push(...got.events.map(({ id }) => id));
        cursor = got.cursor;
      } while (cursor !== undefined);
      expect(ids).toEqual(all);
    }
  });

  test('the last page has no cursor', async () => {
    expect(await page(await taskOfNineEvents(), '?limit=9')).not.toHaveProperty('cursor');
  });

  test.for(['0', '-1', '501', '1.5', 'ten', '', '1e3', '0x10', ' 5', '9007199254740993', 'NaN'])(
    'limit=%s is refused',
    async (limit) => {
      const { task } = await openTask('report-builder');
      const answer = await send('GET', `/v1/tasks/${task.id}/events?limit=${encodeURIComponent(limit)}`, {
        token: auditorToken(),
      });
      const { errors } = refusalIn(answer, 'invalid_request');
      expect(errors?.map(({ path }) => path)).toEqual(['limit']);
    },
  );

  test('a cursor that no list gave out is refused', async () => {
    const task = await taskOfNineEvents();
    const other = await taskOfNineEvents();
    const { cursor: others = '' } = await page(other, '?limit=1');
    const wrong = [
      'x',
      '!',
      'e30',
      'AAAA',
      'W10',
      others,
      `${others}x`,
      others.slice(1),
      '%00',
      'c'.repeat(4096),
    ];
    for (const cursor of wrong) {
      const path = `/v1/tasks/${task}/events?cursor=${encodeURIComponent(cursor)}`;
      const { errors } = refusalIn(await send('GET', path, { token: auditorToken() }), 'invalid_request');
      expect(errors?.map((error) => error.path)).toEqual(['cursor']);
    }
  });

  test.for(['limit=1&limit=2', 'cursor=', 'offset=1', 'limit=1&__proto__=x'])(
    '?%s is refused',
    async (query) => {
      const { task } = await openTask('report-builder');
      const answer = await send('GET', `/v1/tasks/${task.id}/events?${query}`, { token: auditorToken() });
      refusalIn(answer, 'invalid_request');
    },
  );
});

describe('of what there is not', () => {
  test.for(['task_', 'task_00000000000000000000000000', 'nothing', 'evt_00000000000000000000000000', '%20'])(
    'events of %s: those who may read everything learn that there are none',
    async (task) => {
      refusalIn(await send('GET', `/v1/tasks/${task}/events`, { token: auditorToken() }), 'not_found');
      const stranger = personToken({ groups: ['operators'] });
      refusalIn(await send('GET', `/v1/tasks/${task}/events`, { token: stranger }), 'not_permitted');
    },
  );
});
