// Idempotency-Key: the same key and body is the same request, however often and however fast it is sent.
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { atOnce, MANY } from './support/at-once.ts';
import {
  type Answer,
  askCredentials,
  credentials,
  eventsOf,
  finish,
  LIST,
  openTask,
  READ,
  refusalIn,
  send,
  taskBody,
} from './support/broker.ts';
import type { Credentials, Opened, Problem } from './support/contract.ts';
import { type AgentName, agentToken } from './support/tokens.ts';

const open = (key: string | undefined, body: object = taskBody(), agent: AgentName = 'report-builder') =>
  send('POST', '/v1/tasks', { token: agentToken(agent), body, ...(key === undefined ? {} : { key }) });

const openedIn = (answer: Answer): Opened => {
  expect(answer.status).toBe(201);
  return answer.body as Opened;
};

describe('opening a task', () => {
  test('many at once open one task, and each token that is answered works', async () => {
    const key = randomUUID();
    const opened = (await atOnce(() => open(key))).map(openedIn);
    const [first] = opened;
    for (const { task } of opened) expect(task).toEqual(first?.task);
    for (const one of opened) await credentials(one, LIST);
    const events = await eventsOf(first?.task.id ?? '');
    expect(events.filter(({ type }) => type === 'task.opened')).toHaveLength(1);
  });

  test('without a key, each is a task of its own', async () => {
    const opened = (await atOnce(() => open(undefined))).map(openedIn);
    expect(new Set(opened.map(({ task }) => task.id)).size).toBe(MANY);
  });

  test('a later repetition has the same task with a fresh token', async () => {
    const key = randomUUID();
    const first = openedIn(await open(key));
    const second = openedIn(await open(key));
    expect(second.task).toEqual(first.task);
    await credentials(first, LIST);
    await credentials(second, LIST);
  });

  test('a repetition after the end has the task as it is now', async () => {
    const key = randomUUID();
    const first = openedIn(await open(key));
    await finish(first);
    const second = openedIn(await open(key));
    expect(second.task).toEqual({ ...first.task, status: 'finished' });
    refusalIn(await askCredentials(second, LIST), 'task_over');
  });

  test('the order of members and white space are no other body', async () => {
    const key = randomUUID();
    const first = openedIn(await open(key, { purpose: 'Read', capabilities: [READ] }));
    const [parameters, { capability }] = [{ kind: 'weekly', prefix: 'team-a' }, READ];
    const raw = JSON.stringify({ capabilities: [{ parameters, capability }], purpose: 'Read' }, null, 4);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    const token = agentToken('report-builder');
    const second = openedIn(await send('POST', '/v1/tasks', { token, raw, key, headers }));
    expect(second.task.id).toBe(first.task.id);
  });

  test.for([
    ['another purpose', { purpose: 'Something else' }],
    ['another capability', { capabilities: [READ] }],
    ['a requester', { requester: 'kim' }],
    ['a time to live', { ttlSeconds: 60 }],
    ['a key that nobody knows', { else: 1 }],
  ] as const)('%s is another body', async ([, more]) => {
    const key = randomUUID();
    openedIn(await open(key));
    refusalIn(await open(key, { ...taskBody(), ...more }), 'idempotency_mismatch');
  });

  test('of many at once with two bodies, one body wins', async () => {
    const key = randomUUID();
    let turn = 0;
    const answers = await atOnce(() => {
      turn += 1;
      return open(key, taskBody([LIST], { purpose: turn % 2 === 0 ? 'One' : 'Other' }));
    });
    const winners = answers.filter(({ status }) => status === 201).map(openedIn);
    expect(new Set(winners.map(({ task }) => `${task.id} ${task.purpose}`)).size).toBe(1);
    expect(winners).toHaveLength(MANY / 2);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      refusalIn(answer, 'idempotency_mismatch');
    }
  });

  test('a refusal is remembered, and says the same', async () => {
    const key = randomUUID();
    const body = taskBody([READ]);
    const refused = [await open(key, body, 'staging-bot'), await open(key, body, 'staging-bot')];
    const [first, second] = refused.map((answer) => refusalIn(answer, 'denied_by_policy'));
    expect({ ...second, requestId: '' }).toEqual({ ...first, requestId: '' });
    const other = await open(key, taskBody([{ capability: 'scratch:read' }]), 'staging-bot');
    refusalIn(other, 'idempotency_mismatch');
  });

  test('a key is its agent’s own', async () => {
    const key = randomUUID();
    const first = openedIn(await open(key));
    const second = openedIn(await open(key, taskBody(), 'archivist'));
    expect(second.task.id).not.toBe(first.task.id);
    expect(second.task.agent).toBe('archivist');
  });

  test.for(['a', 'k'.repeat(255), '!"#$%&\'()*+,-./:;<=>?@[]^_`{|}~', 'with spaces inside', 'a, b'])(
    'the key %s is taken',
    async (key) => {
      // The same key may be in use from an earlier run against the same broker.
      const body = taskBody([LIST], { purpose: 'The same in every run' });
      const first = openedIn(await open(key, body));
      expect(openedIn(await open(key, body)).task.id).toBe(first.task.id);
    },
  );

  test.for([
    ['too long', 'k'.repeat(256)],
    ['empty', ''],
    ['not ASCII', 'kéy'],
  ])('a key that is %s is refused', async ([, key]) => {
    const { errors } = refusalIn(await open(key), 'invalid_request');
    expect(errors?.map(({ path }) => path)).toEqual(['Idempotency-Key']);
  });

  test('no key opens the door without a token', async () => {
    const key = randomUUID();
    openedIn(await open(key));
    refusalIn(await send('POST', '/v1/tasks', { body: taskBody(), key }), 'unauthenticated');
  });
});

describe('credentials', () => {
  const issuedIn = (answer: Answer): Credentials => {
    expect(answer.status).toBe(200);
    return answer.body as Credentials;
  };

  test('many at once are one call, each with fresh credentials', async () => {
    const opened = await openTask('report-builder', [READ, LIST]);
    const key = randomUUID();
    const issued = (await atOnce(() => askCredentials(opened, LIST, { key }))).map(issuedIn);
    expect(new Set(issued.map(({ call }) => call)).size).toBe(1);
    expect(new Set(issued.map((one) => one.credentials.sessionToken)).size).toBe(MANY);
    const events = (await eventsOf(opened.task.id)).filter(({ type }) => type === 'credentials.issued');
    expect(events).toHaveLength(MANY);
    // Each session is told of, all under the one call; those of a repetition say so.
    expect(new Set(events.map((event) => event['call']))).toEqual(new Set([issued[0]?.call]));
    expect(events.filter((event) => event['repetition'] === undefined)).toHaveLength(1);
  });

  test('another body is a mismatch, and the first goes on', async () => {
    const opened = await openTask('report-builder', [READ, LIST]);
    const key = randomUUID();
    const first = issuedIn(await askCredentials(opened, LIST, { key }));
    refusalIn(await askCredentials(opened, READ, { key }), 'idempotency_mismatch');
    // Also one that would be refused in any case.
    const path = `/v1/tasks/${opened.task.id}/credentials`;
    for (const raw of ['{', '{"else": 1}']) {
      const headers = { 'content-type': 'application/json' };
      const answer = await send('POST', path, { token: opened.token, raw, key, headers });
      refusalIn(answer, 'idempotency_mismatch');
    }
    expect(issuedIn(await askCredentials(opened, LIST, { key })).call).toBe(first.call);
  });

  test('a refusal is remembered with its call', async () => {
    const opened = await openTask('report-builder', [LIST]);
    const key = randomUUID();
    const refused = [
      await askCredentials(opened, READ, { key }),
      await askCredentials(opened, READ, { key }),
    ];
    const [first, second] = refused.map((answer) => refusalIn(answer, 'outside_task'));
    expect(second?.decision).toEqual(first?.decision);
    const same = ({ call, detail, code }: Problem) => ({ call, detail, code });
    expect(second && same(second)).toEqual(first && same(first));
  });

  test('many at once that people are asked about are one call', async () => {
    const opened = await openTask('report-builder', [LIST, { capability: 'reports:export' }]);
    const key = randomUUID();
    const answers = await atOnce(() => askCredentials(opened, { capability: 'reports:export' }, { key }));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map(({ body }) => (body as Problem).call)).size).toBe(1);
  });

  test('a key that got credentials gets none once the task is over', async () => {
    const opened = await openTask('report-builder', [LIST]);
    const key = randomUUID();
    issuedIn(await askCredentials(opened, LIST, { key }));
    await finish(opened);
    refusalIn(await askCredentials(opened, LIST, { key }), 'task_over');
  });

  test('a key is its task’s own, and its path’s', async () => {
    const key = randomUUID();
    const tasks = [openedIn(await open(key)), openedIn(await open(randomUUID()))];
    const calls = [];
    for (const opened of tasks) calls.push(issuedIn(await askCredentials(opened, LIST, { key })).call);
    expect(new Set(calls).size).toBe(2);
    for (const opened of tasks) expect((await finish(opened, { key })).status).toBe(200);
  });
});

test('finishing may be repeated under its key', async () => {
  const opened = await openTask('report-builder');
  const key = randomUUID();
  const [first, second] = [await finish(opened, { key }), await finish(opened, { key })];
  expect(second.body).toEqual(first.body);
});
