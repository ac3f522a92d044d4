// Credentials: exactly what the task covers, for exactly as long as it lasts.
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import { atOnce, MANY } from './support/at-once.ts';
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
import { idPattern, type Problem } from './support/contract.ts';
import { agentToken } from './support/tokens.ts';

const BOTH = [READ, LIST];
const OTHER = { capability: 'reports:read', parameters: { prefix: 'team-b', kind: 'daily' } };

/** The capabilities that the last credentials of a task were issued for, as its audit says. */
async function issuedFor(task: string): Promise<unknown> {
  const issued = (await eventsOf(task)).findLast(({ type }) => type === 'credentials.issued');
  return issued?.['operation'];
}

describe('issuing', () => {
  test('answers with the three parts, when they expire, and the call', async () => {
    const opened = await openTask('report-builder', BOTH);
    const answer = await credentials(opened, LIST);
    expect(answer).toEqual({
      credentials: {
        accessKeyId: expect.stringMatching(/^[A-Z0-9]{16,128}$/),
        secretAccessKey: expect.stringMatching(/^\S{16,}$/),
        sessionToken: expect.stringMatching(/^\S{16,}$/),
        expiration: expect.any(String),
      },
      call: expect.stringMatching(idPattern('call')),
    });
    const expiration = Date.parse(answer.credentials.expiration);
    expect(expiration).toBeGreaterThan(Date.parse(opened.task.openedAt));
    expect(expiration).toBeLessThanOrEqual(Date.parse(opened.task.expiresAt));
  });

  test('they expire with the task where that comes first', async () => {
    const opened = await openTask('report-builder', BOTH, { ttlSeconds: 60 });
    const { expiration } = (await credentials(opened, LIST)).credentials;
    expect(Date.parse(expiration)).toBe(Date.parse(opened.task.expiresAt));
  });

  test('parameters left out are those of the task', async () => {
    const opened = await openTask('report-builder', BOTH);
    await credentials(opened, { capability: 'reports:read' });
    expect(await issuedFor(opened.task.id)).toEqual([READ]);
  });

  test('parameters given are those of the task', async () => {
    const opened = await openTask('report-builder', [READ, OTHER]);
    await credentials(opened, OTHER);
    expect(await issuedFor(opened.task.id)).toEqual([OTHER]);
  });

  test('several capabilities of one target at once', async () => {
    const opened = await openTask('report-builder', BOTH);
    await credentials(opened, { capabilities: [{ capability: 'reports:read' }, LIST] });
    expect(await issuedFor(opened.task.id)).toEqual([READ, { ...LIST, parameters: {} }]);
  });

  test('one capability twice, with other parameters', async () => {
    const opened = await openTask('report-builder', [READ, OTHER]);
    await credentials(opened, { capabilities: [READ, OTHER] });
    expect(await issuedFor(opened.task.id)).toEqual([READ, OTHER]);
  });

  test('each request has a call and a session of its own', async () => {
    const opened = await openTask('report-builder', BOTH);
    const issued = [await credentials(opened, LIST), await credentials(opened, LIST)];
    expect(new Set(issued.map(({ call }) => call)).size).toBe(2);
    expect(new Set(issued.map((one) => one.credentials.secretAccessKey)).size).toBe(2);
  });

  test('many at once are as many calls', async () => {
    const opened = await openTask('report-builder', BOTH);
    const issued = await atOnce(() => credentials(opened, LIST));
    expect(new Set(issued.map(({ call }) => call)).size).toBe(MANY);
  });
});

describe('refusing', () => {
  const refused = async (body: object, code: string, capabilities = BOTH): Promise<Problem> => {
    const opened = await openTask('report-builder', capabilities);
    return refusalIn(await askCredentials(opened, body), code);
  };

  test.for([
    [
      'what the agent may but this task does not',
      { capability: 'reports:write', parameters: { prefix: 'a' } },
    ],
    ['what the agent may not', { capability: 'archive:list' }],
    ['what there is not', { capability: 'nothing:here' }],
    ['other parameters', OTHER],
    ['fewer parameters', { capability: 'reports:read', parameters: { prefix: 'team-a' } }],
    ['more parameters', { capability: 'reports:list', parameters: { prefix: 'team-a' } }],
    ['one that it covers and one that it does not', { capabilities: [LIST, OTHER] }],
  ] as const)('%s is outside the task', async ([, body]) => {
    const { call, detail } = await refused(body, 'outside_task');
    expect(call).toMatch(idPattern('call'));
    expect(detail).toContain('reports:list');
  });

  test('a capability that the task holds twice must be named with its parameters', async () => {
    const { errors } = await refused({ capability: 'reports:read' }, 'invalid_request', [READ, OTHER]);
    expect(errors).toEqual([{ path: expect.stringContaining('parameters'), problem: expect.any(String) }]);
  });

  test('capabilities of two targets', async () => {
    const opened = await openTask('archivist', [LIST, { capability: 'archive:list' }]);
    const body = { capabilities: [LIST, { capability: 'archive:list' }] };
    const { errors } = refusalIn(await askCredentials(opened, body), 'invalid_request');
    expect(errors).toEqual([{ path: 'capabilities', problem: expect.stringContaining('one target') }]);
  });

  test.for([
    ['write in production', { capability: 'reports:write', parameters: { prefix: 'a' } }],
    ['admin', { capability: 'reports:purge', parameters: { prefix: 'a' } }],
    ['an impact', { capability: 'reports:export' }],
  ] as const)('%s is not had without people', async ([, wanted]) => {
    const opened = await openTask('report-builder', [wanted]);
    const answer = await askCredentials(opened, wanted);
    expect({ status: answer.status, body: answer.body }).toMatchObject({
      status: 202,
      body: {
        call: expect.stringMatching(idPattern('call')),
        approval: { id: expect.stringMatching(idPattern('appr')) },
      },
    });
    expect(answer.text).not.toContain('accessKeyId');
  });

  test('one that needs people holds back the others of the same request', async () => {
    const opened = await openTask('report-builder', [LIST, { capability: 'reports:export' }]);
    const body = { capabilities: [LIST, { capability: 'reports:export' }] };
    const { status, text } = await askCredentials(opened, body);
    expect({ status, issued: text.includes('accessKeyId') }).toEqual({ status: 202, issued: false });
    await credentials(opened, LIST);
  });

  test('what policy denied when the task was opened it denies now', async () => {
    const opened = await openTask('staging-bot', [READ, { capability: 'scratch:read' }]);
    const { decision } = refusalIn(await askCredentials(opened, READ), 'denied_by_policy');
    expect(decision).toMatchObject({ outcome: 'denied', policies: ['environments-stay-apart'] });
  });

  test('nothing once the task is finished', async () => {
    const opened = await openTask('report-builder', BOTH);
    await credentials(opened, LIST);
    const { revocation } = (await finish(opened)).body as { revocation: string };
    // Credentials that are not real have nothing to revoke.
    expect(['none', 'pending', 'inForce']).toContain(revocation);
    refusalIn(await askCredentials(opened, LIST), 'task_over');
  });

  test('nothing once its time is over', async () => {
    const opened = await openTask('report-builder', BOTH, { ttlSeconds: 1 });
    await until('the task to be over', async () => {
      const answer = await askCredentials(opened, LIST);
      return answer.status === 403 ? refusalIn(answer, 'task_over') : undefined;
    });
  });

  test("not with another task's token, and not for a task that is not", async () => {
    const [opened, another] = [await openTask('report-builder', BOTH), await openTask('report-builder')];
    refusalIn(await askCredentials(opened, LIST, { token: another.token }), 'not_found');
    const path = `/v1/tasks/${opened.task.id}0/credentials`;
    refusalIn(await send('POST', path, { token: opened.token, body: LIST }), 'not_found');
  });

  test('not with a token that only proves the agent', async () => {
    const opened = await openTask('report-builder', BOTH);
    const token = agentToken('report-builder');
    refusalIn(await askCredentials(opened, LIST, { token }), 'unauthenticated');
  });
});
