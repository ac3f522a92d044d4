// Tasks: opening, reading, finishing, and what a task says of itself.
import { describe, expect, test } from 'vitest';
import { until } from '../support/poll.ts';
import { atOnce } from './support/at-once.ts';
import { finish, LIST, openTask, READ, refusalIn, send, taskBody } from './support/broker.ts';
import { idPattern, type Opened, type TaskView } from './support/contract.ts';
import { AGENTS, type AgentName, agentToken, personToken, tokenOf } from './support/tokens.ts';

const read = (opened: Opened, token = opened.token) => send('GET', `/v1/tasks/${opened.task.id}`, { token });

async function refused(agent: AgentName, body: object, code: string) {
  return refusalIn(await send('POST', '/v1/tasks', { token: agentToken(agent), body }), code);
}

function lifeOf({ openedAt, expiresAt }: TaskView): number {
  return (Date.parse(expiresAt) - Date.parse(openedAt)) / 1000;
}

describe('opening', () => {
  test('answers 201 with the task as it was asked for, and its token', async () => {
    const before = Date.now();
    const { task, token } = await openTask('report-builder', [READ, LIST], { requester: 'kim' });
    expect(task).toEqual({
      id: expect.stringMatching(idPattern('task')),
      agent: 'report-builder',
      status: 'open',
      purpose: 'Build the weekly report',
      requester: { id: 'kim', proven: false },
      capabilities: [
        { ...READ, decision: expect.objectContaining({ outcome: 'allowed' }) },
        { ...LIST, parameters: {}, decision: expect.objectContaining({ outcome: 'allowed' }) },
      ],
      openedAt: expect.any(String),
      expiresAt: expect.any(String),
    });
    expect(token).toMatch(/^bwt_[\w-]+\.[\w-]{43}[0-9a-f]{8}$/);
    expect(lifeOf(task)).toBe(3600);
    // The broker's clock is not ours when it is deployed; a minute apart is no clock at all.
    expect(Math.abs(Date.parse(task.openedAt) - before)).toBeLessThan(60_000);
  });

  test('a decision names the policies that decided and the config it was taken under', async () => {
    const { task } = await openTask('report-builder', [LIST]);
    const { decision } = task.capabilities[0] ?? {};
    expect(decision?.policies.length).toBeGreaterThan(0);
    expect(decision?.configDigest).toMatch(/^[0-9a-f]{64}$/);
    expect(Object.keys(decision ?? {}).sort()).toEqual(['configDigest', 'outcome', 'policies']);
  });

  test('what can be approved opens a task that says how many of whom', async () => {
    const purge = { capability: 'reports:purge', parameters: { prefix: 'old' } };
    const write = { capability: 'reports:write', parameters: { prefix: 'team-a' } };
    const { task } = await openTask('report-builder', [purge, write, { capability: 'reports:export' }]);
    expect(task.capabilities.map(({ decision }) => [decision.outcome, decision.approvals])).toEqual([
      ['needsApproval', { count: 2, of: { 'reports-owners': 1 } }],
      ['needsApproval', { count: 1, of: {} }],
      ['needsApproval', { count: 1, of: {} }],
    ]);
  });

  test('one capability that policy denies does not refuse the others', async () => {
    const { task } = await openTask('staging-bot', [READ, { capability: 'scratch:read' }]);
    expect(task.capabilities.map(({ decision }) => decision.outcome)).toEqual(['denied', 'allowed']);
    expect(task.capabilities[0]?.decision).toMatchObject({
      code: 'denied_by_policy',
      policies: ['environments-stay-apart'],
    });
  });

  test('policy denies all of them: no task, and the decision says why', async () => {
    const { decision } = await refused('staging-bot', taskBody([READ]), 'denied_by_policy');
    expect(decision).toMatchObject({ outcome: 'denied', policies: ['environments-stay-apart'] });
  });

  test('any capability beyond the ceiling refuses the task whole', async () => {
    const beyond = { capability: 'archive:list' };
    const { detail } = await refused('report-builder', taskBody([LIST, beyond]), 'outside_ceiling');
    expect(detail).toContain('archive:list');
    expect(detail).toContain('reports:list');
  });

  test.for(['no-such-target:read', 'reports:no-such-capability', 'constructor:read', 'reports:constructor'])(
    '%s, which nobody defined, is beyond the ceiling too',
    async (capability) => {
      await refused('report-builder', taskBody([{ capability }]), 'outside_ceiling');
    },
  );

  /** Of these the tests of agents, of calls and of approvals say what becomes of them. */
  const others = [
    ...['caller', 'clerk', 'prober', 'applicant', 'intern', 'trainee'],
    'forgotten',
    'contained',
    'frozen',
    'switched-off',
    'reviewed',
    'elsewhere',
    'prover',
    'dismissed',
  ];
  test.for(Object.keys(AGENTS).filter((agent) => !others.includes(agent)) as AgentName[])(
    '%s is recognised',
    async (agent) => {
      const capability = agent === 'staging-bot' ? 'scratch:read' : 'reports:list';
      const { task } = await openTask(agent, [{ capability }]);
      expect(task.agent).toBe(agent);
    },
  );

  test('an agent is recognised by a nested claim of another issuer', async () => {
    const token = tokenOf('login', { sub: 'workload', workload: { name: 'report-builder' } });
    const answer = await send('POST', '/v1/tasks', { token, body: taskBody() });
    expect(answer.status).toBe(201);
    expect((answer.body as Opened).task.agent).toBe('report-builder');
  });

  test('the same capability may be held with several parameters', async () => {
    const other = { capability: 'reports:read', parameters: { prefix: 'team-b', kind: 'daily' } };
    const { task } = await openTask('report-builder', [READ, other]);
    expect(task.capabilities.map(({ parameters }) => parameters['prefix'])).toEqual(['team-a', 'team-b']);
  });

  test('ids sort by time', async () => {
    const first = await openTask('report-builder');
    const second = await until('a task of a later millisecond', async () => {
      const opened = await openTask('report-builder');
      return opened.task.openedAt > first.task.openedAt ? opened : undefined;
    });
    expect(first.task.id < second.task.id).toBe(true);
  });
});

describe('how long it lasts', () => {
  test.for([1, 59, 3600])('%d seconds where the agent asks for them', async (ttlSeconds) => {
    expect(lifeOf((await openTask('report-builder', [LIST], { ttlSeconds })).task)).toBe(ttlSeconds);
  });

  test('left out, as long as the agent may', async () => {
    expect(lifeOf((await openTask('from-cognito')).task)).toBe(60);
  });

  test.for([61, 3600, Number.MAX_SAFE_INTEGER])('%d is more than the agent may', async (ttlSeconds) => {
    const { errors } = await refused('from-cognito', taskBody([LIST], { ttlSeconds }), 'invalid_request');
    expect(errors).toEqual([{ path: 'ttlSeconds', problem: expect.stringContaining('60') }]);
  });
});

describe('for whom it is done', () => {
  test("a person's token proves it", async () => {
    const { task } = await openTask('report-builder', [LIST], { requesterToken: personToken() });
    expect(task.requester).toEqual({ id: 'kim@example.com', proven: true });
  });

  test('a person who is named and proven is the same person', async () => {
    const both = { requester: 'kim@example.com', requesterToken: personToken() };
    const { task } = await openTask('report-builder', [LIST], both);
    expect(task.requester).toEqual({ id: 'kim@example.com', proven: true });
  });

  test('nobody is named', async () => {
    expect((await openTask('report-builder')).task).not.toHaveProperty('requester');
  });

  test.for([
    ['another person than the token proves', { requester: 'dana@example.com' }, 'requester'],
    ['a token that has expired', { requesterToken: personToken({ exp: 1 }) }, 'requesterToken'],
    ["an agent's token", { requesterToken: agentToken('report-builder') }, 'requesterToken'],
    ['no token at all', { requesterToken: 'kim@example.com' }, 'requesterToken'],
  ] as const)('%s is refused', async ([, more, path]) => {
    const body = taskBody([LIST], { requesterToken: personToken(), ...more });
    const { errors } = await refused('report-builder', body, 'invalid_request');
    expect(errors?.map((error) => error.path)).toEqual([path]);
  });
});

describe('parameters', () => {
  test.for([
    ['missing', {}, ['prefix', 'kind']],
    ['one missing', { prefix: 'a' }, ['kind']],
    ['invented', { prefix: 'a', kind: 'daily', year: '2026' }, ['year']],
    ['not matching', { prefix: 'Team', kind: 'daily' }, ['prefix']],
    ['matching only at its start', { prefix: 'a', kind: 'daily-and-more' }, ['kind']],
    ['matching only at its end', { prefix: 'a', kind: 'not-weekly' }, ['kind']],
    ['matching up to a line break', { prefix: 'a\n', kind: 'daily' }, ['prefix']],
    ['empty', { prefix: '', kind: 'daily' }, ['prefix']],
    ['too long', { prefix: 'a'.repeat(41), kind: 'daily' }, ['prefix']],
    ['a wildcard', { prefix: '*', kind: 'daily' }, ['prefix']],
    ["a variable of IAM's", { prefix: '$' + '{aws:username}', kind: 'daily' }, ['prefix']],
    ['named as what all objects have', { prefix: 'a', kind: 'daily', constructor: 'x' }, ['constructor']],
  ] as const)('%s: each is named', async ([, parameters, wrong]) => {
    const body = taskBody([LIST, { capability: 'reports:read', parameters: { ...parameters } }]);
    const { errors } = await refused('report-builder', body, 'invalid_request');
    expect(errors?.map(({ path }) => path)).toEqual(
      wrong.map((name) => `capabilities[1].parameters.${name}`),
    );
  });

  test('all that is wrong is named at once', async () => {
    const body = taskBody([{ capability: 'reports:read', parameters: {} }, { capability: 'reports:write' }]);
    const { errors } = await refused('report-builder', body, 'invalid_request');
    expect(errors?.map(({ path }) => path)).toEqual([
      'capabilities[0].parameters.prefix',
      'capabilities[0].parameters.kind',
      'capabilities[1].parameters.prefix',
    ]);
  });
});

describe('reading', () => {
  test("with the task's token, and with a token of its agent", async () => {
    const opened = await openTask('report-builder', [READ]);
    for (const token of [opened.token, agentToken('report-builder')]) {
      const answer = await read(opened, token);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ task: opened.task });
    }
  });

  test("not with another agent's token, nor with another task's", async () => {
    const opened = await openTask('report-builder');
    const another = await openTask('report-builder');
    const stranger = refusalIn(await read(opened, agentToken('archivist')), 'not_found');
    const other = refusalIn(await read(opened, another.token), 'not_found');
    // Whoever may not know of it learns nothing more than of one that never was.
    const missing = refusalIn(
      await send('GET', `/v1/tasks/${opened.task.id.slice(0, -1)}0`, { token: agentToken('archivist') }),
      'not_found',
    );
    for (const { detail } of [stranger, other]) expect(detail).toBe(missing.detail);
  });

  test('says when time has ended it', async () => {
    const opened = await openTask('report-builder', [LIST], { ttlSeconds: 1 });
    const { task } = await until('the task to expire', async () => {
      const answer = await read(opened);
      const body = answer.body as { task: TaskView };
      return body.task.status === 'open' ? undefined : body;
    });
    expect(task).toEqual({ ...opened.task, status: 'expired' });
  });
});

describe('finishing', () => {
  test('ends it, and again says the same', async () => {
    const opened = await openTask('report-builder', [READ]);
    for (let time = 0; time < 2; time += 1) {
      const answer = await finish(opened);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ task: { ...opened.task, status: 'finished' }, revocation: 'none' });
    }
    expect((await read(opened)).body).toEqual({ task: { ...opened.task, status: 'finished' } });
  });

  test("takes a token of the task's agent, and an empty object as body", async () => {
    const opened = await openTask('report-builder');
    const answer = await finish(opened, { token: agentToken('report-builder'), body: {} });
    expect(answer.body).toMatchObject({ task: { status: 'finished' } });
  });

  test("does not take another agent's, nor another task's token", async () => {
    const opened = await openTask('report-builder');
    const another = await openTask('report-builder');
    refusalIn(await finish(opened, { token: agentToken('archivist') }), 'not_found');
    refusalIn(await finish(opened, { token: another.token }), 'not_found');
    expect((await read(opened)).body).toMatchObject({ task: { status: 'open' } });
  });

  test('many at once finish it once', async () => {
    const opened = await openTask('report-builder');
    const answers = await atOnce(() => finish(opened));
    for (const { status, body } of answers) {
      expect(status).toBe(200);
      expect(body).toMatchObject({ task: { status: 'finished' } });
    }
  });

  test('what time has ended stays expired', async () => {
    const opened = await openTask('report-builder', [LIST], { ttlSeconds: 1 });
    await until('the task to expire', async () => {
      const { task } = (await read(opened)).body as { task: TaskView };
      return task.status === 'expired' ? task : undefined;
    });
    expect((await finish(opened)).body).toMatchObject({ task: { status: 'expired' }, revocation: 'none' });
  });
});
