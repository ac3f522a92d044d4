// Issuing credentials: every refusal, what may have changed in between, what STS says, and what is written down.
import { beforeEach, describe, expect, it } from 'vitest';
import { agentKey } from '../../src/agents/index.ts';
import type { NoSession } from '../../src/ports/session-issuer.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { Secret } from '../../src/shared/secret.ts';
import { mintTaskToken, type Task, taskKey } from '../../src/tasks/index.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { awsTarget } from '../support/config.ts';
import { AGENT, codeOf, createWorld, HELD, PARTS, type World } from '../support/world.ts';

let world: World;
let task: Task;
let token: string;
beforeEach(async () => {
  world = await createWorld();
  const capabilities = [
    ...HELD,
    ...['list', 'brief', 'write', 'wide'].map((name) => ({ capability: `reports:${name}`, parameters: {} })),
    { capability: 'ledger:read', parameters: {} },
  ];
  ({ task, token } = await world.opened({ capabilities }));
});

const wanting = (capability: string, parameters?: Readonly<Record<string, string>>) => ({
  wanted: [{ capability, ...(parameters === undefined ? {} : { parameters }) }],
});
/** An id that is one, of nothing. */
const another = (id: string) => id.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
const outcomes = () =>
  world.told().filter(({ type }) => !['task.opened', 'call.requested'].includes(String(type)));

describe('credentials', () => {
  it('are issued, recorded and written down, all of one call', async () => {
    const issued = await world.issue(task.id, token);
    if (issued instanceof Refusal) throw new Error(issued.detail);
    const [request] = world.sessions.asked;
    expect(request).toMatchObject({
      roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports',
      sourceIdentity: AGENT,
      tags: { agent: AGENT, task: task.id, root: task.id, environment: 'production' },
      durationSeconds: 3600,
    });
    expect(JSON.parse(request?.policy ?? '').Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::acme-reports/team-a/*'],
        Condition: { DateLessThan: { 'aws:CurrentTime': `${task.expiresAt.slice(0, 19)}Z` } },
      },
    ]);
    expect(issued).toMatchObject({ expiration: world.clock.in(HOUR), call: world.calls()[0]?.id });
    const session = {
      accessKeyId: 'ASIAEXAMPLE1',
      expiresAt: world.clock.in(HOUR).toISOString(),
      real: true,
    };
    expect(world.calls()).toEqual([
      expect.objectContaining({ status: 'succeeded', operation: HELD, session }),
    ]);
    expect(world.told('call.requested', 'credentials.issued')).toEqual([
      expect.objectContaining({
        type: 'call.requested',
        call: issued.call,
        requested: [{ capability: 'reports:read' }],
      }),
      expect.objectContaining({
        type: 'credentials.issued',
        call: issued.call,
        target: 'reports',
        operation: HELD,
        repeated: false,
        session: expect.objectContaining({
          ...session,
          policy: request?.policy,
          policyHash: sha256(request?.policy ?? ''),
          sessionName: request?.sessionName,
        }),
      }),
    ]);
  });

  it('leave no secret behind', async () => {
    await world.issue(task.id, token, { key: 'k' });
    const kept = JSON.stringify([world.records.all(), world.events.all(), world.logged]);
    expect(kept).toContain('ASIAEXAMPLE1');
    for (const secret of ['canary-secret', 'canary-token', token]) expect(kept).not.toContain(secret);
  });

  it('end with the task, where that is earlier than STS has it', async () => {
    world.clock.advance(8 * HOUR - 10 * MINUTE);
    const issued = await world.issue(task.id, token);
    expect(issued).toMatchObject({ expiration: new Date(task.expiresAt) });
    expect(world.sessions.asked[0]?.durationSeconds).toBe(900);
  });

  it('end when the operator says, where that is earlier than STS can', async () => {
    const issued = await world.issue(task.id, token, wanting('reports:brief'));
    expect(issued).toMatchObject({ expiration: world.clock.in(5 * MINUTE) });
    expect(world.sessions.asked[0]?.policy).toContain(
      world.clock
        .in(5 * MINUTE)
        .toISOString()
        .slice(0, 19),
    );
  });

  it('may be for several capabilities of one target', async () => {
    const wanted = [{ capability: 'reports:read' }, { capability: 'reports:list' }];
    expect(codeOf(await world.issue(task.id, token, { wanted }))).toBe('ok');
    expect(JSON.parse(world.sessions.asked[0]?.policy ?? '').Statement).toHaveLength(2);
  });

  it('may be asked for with the same parameters, said again', async () => {
    expect(codeOf(await world.issue(task.id, token, wanting('reports:read', { prefix: 'team-a' })))).toBe(
      'ok',
    );
  });
});

describe('refused', () => {
  const changedConfig = (change: Partial<typeof PARTS>) => async () => {
    await world.use(change);
    return world.issue(task.id, token);
  };
  const withoutRead = (PARTS.targets ?? []).map((target) =>
    target.id === 'reports'
      ? awsTarget('reports', { capabilities: { other: target.capabilities['list'] } as never })
      : target,
  );
  const setStatus = async (status: string) => {
    await world.records.create(agentKey(AGENT), { status }, { expiresAt: world.clock.in(DAY) });
    return world.issue(task.id, token);
  };
  const cases: Readonly<Record<string, readonly [() => Promise<unknown>, string]>> = {
    'after the task was finished': [
      async () => {
        await world.finish(task.id, token);
        return world.issue(task.id, token);
      },
      'task_over',
    ],
    'after the task expired': [
      () => {
        world.clock.advance(8 * HOUR);
        return world.issue(task.id, token);
      },
      'task_over',
    ],
    'when the task is kept no longer': [
      () => {
        world.clock.advance(32 * DAY);
        return world.issue(task.id, token);
      },
      'task_over',
    ],
    'when the agent was quarantined': [() => setStatus('quarantined'), 'agent_quarantined'],
    'when the agent was disabled': [() => setStatus('disabled'), 'agent_disabled'],
    'when the agent has left the files': [
      changedConfig({ agents: (PARTS.agents ?? []).filter(({ id }) => id !== AGENT) }),
      'unknown_agent',
    ],
    'when the capability has left the ceiling': [
      changedConfig({
        agents: (PARTS.agents ?? []).map((agent) => ({ ...agent, capabilities: ['ledger:read'] })),
      }),
      'outside_ceiling',
    ],
    'when the target has left the files': [
      changedConfig({ targets: [awsTarget('ledger')] }),
      'outside_ceiling',
    ],
    'when the target has the capability no more': [
      changedConfig({ targets: withoutRead }),
      'outside_ceiling',
    ],
    'when the pattern has become narrower': [
      changedConfig({
        targets: (PARTS.targets ?? []).map((target) => ({
          ...target,
          capabilities: Object.fromEntries(
            Object.entries(target.capabilities).map(([name, one]) => [
              name,
              name === 'read' ? { ...one, parameters: { prefix: { pattern: '[x-z]+' } } } : one,
            ]),
          ),
        })),
      }),
      'invalid_request',
    ],
    'when policy denies by now': [changedConfig({ policies: '' }), 'denied_by_policy'],
    'when policy wants an approval': [
      () => world.issue(task.id, token, wanting('reports:write')),
      'denied_by_policy',
    ],
    'for what the task does not hold': [
      () => world.issue(task.id, token, wanting('reports:purge')),
      'outside_task',
    ],
    'with other parameters': [
      () => world.issue(task.id, token, wanting('reports:read', { prefix: 'team-b' })),
      'outside_task',
    ],
    'with no parameters where there are some': [
      () => world.issue(task.id, token, wanting('reports:read', {})),
      'outside_task',
    ],
    'for two targets at once': [
      () =>
        world.issue(task.id, token, {
          wanted: [{ capability: 'reports:list' }, { capability: 'ledger:read' }],
        }),
      'invalid_request',
    ],
    'for more than a session policy holds': [
      () => world.issue(task.id, token, wanting('reports:wide')),
      'target_failed',
    ],
    'for several that together are too large': [
      () =>
        world.issue(task.id, token, {
          wanted: [{ capability: 'reports:wide' }, { capability: 'reports:list' }],
        }),
      'invalid_request',
    ],
  };

  it.each(Object.entries(cases))('%s, before STS is asked, and written down', async (_, [attempt, code]) => {
    const refused = await attempt();
    expect(codeOf(refused)).toBe(code);
    expect(world.sessions.asked).toEqual([]);
    expect(world.calls()).toEqual([
      expect.objectContaining({ status: 'denied', refusal: expect.objectContaining({ code }) }),
    ]);
    expect(refused).toMatchObject({ extras: { call: expect.stringMatching(/^call_/) } });
    const [denied] = world.told('call.denied');
    expect(denied).toMatchObject({ refusal: { code }, call: (refused as Refusal).extras.call });
  });

  it('says what to approve, and by whom, where policy wants that', async () => {
    const refused = await world.issue(task.id, token, wanting('reports:write'));
    expect(refused).toMatchObject({
      detail: expect.stringContaining('1 approval'),
      extras: { decision: { outcome: 'needsApproval', approvals: { count: 1, of: {} } } },
    });
    expect(world.calls()[0]).toMatchObject({ status: 'denied', decision: { outcome: 'needsApproval' } });
  });

  it('asks which parameters are meant where the task holds several', async () => {
    const twice = ['team-a', 'team-b'].map((prefix) => ({
      capability: 'reports:read',
      parameters: { prefix },
    }));
    const other = await world.opened({ capabilities: twice });
    expect(await world.issue(other.task.id, other.token)).toMatchObject({
      code: 'invalid_request',
      extras: { errors: [{ path: 'parameters' }] },
    });
    expect(codeOf(await world.issue(other.task.id, other.token, { wanted: twice.slice(1) }))).toBe('ok');
    expect(world.sessions.asked[0]?.policy).toContain('acme-reports/team-b/*');
  });

  it('when a task above this one is over', async () => {
    const above = await world.opened();
    const child = { ...task, ancestors: [above.task.id] };
    await world.records.replace(taskKey(task.id), 1, child as never, { expiresAt: world.clock.in(DAY) });
    const claims = {
      task: task.id,
      agent: AGENT,
      ancestors: [above.task.id],
      expiresAt: new Date(task.expiresAt),
    };
    const childToken = mintTaskToken(claims, world.tokenKeys, world.clock.now());
    expect(codeOf(await world.issue(task.id, childToken))).toBe('ok');
    await world.finish(above.task.id, above.token);
    expect(codeOf(await world.issue(task.id, childToken))).toBe('task_over');
    const lost = mintTaskToken(
      { ...claims, ancestors: [another(task.id)] },
      world.tokenKeys,
      world.clock.now(),
    );
    expect(codeOf(await world.issue(task.id, lost))).toBe('task_over');
  });
});

describe('refused before anything is read or written', () => {
  const refusedWith = async (attempt: () => Promise<unknown>, code: string) => {
    const operations: string[] = [];
    world.meddle = ({ name }, run) => {
      operations.push(name);
      return run();
    };
    expect(codeOf(await attempt())).toBe(code);
    expect(operations).toEqual([]);
  };

  it.each<[string, () => Promise<unknown>, string]>([
    ['no token', () => world.issue(task.id, undefined), 'unauthenticated'],
    ['an OIDC token', () => world.issue(task.id, world.agentToken()), 'unauthenticated'],
    [
      'a forged token',
      () => world.issue(task.id, `${token.slice(0, -9)}x${token.slice(-8)}`),
      'unauthenticated',
    ],
    [
      "a token under a key that is not the broker's",
      () => {
        const claims = { task: task.id, agent: AGENT, ancestors: [], expiresAt: new Date(task.expiresAt) };
        const keys = { current: new Secret('another-key'.repeat(4)) };
        return world.issue(task.id, mintTaskToken(claims, keys, world.clock.now()));
      },
      'unauthenticated',
    ],
    ['another task', () => world.issue(another(task.id), token), 'not_found'],
    ['no task', () => world.issue('', token), 'not_found'],
  ])('%s', (_, attempt, code) => refusedWith(attempt, code));
});

describe('what STS says', () => {
  const answers: readonly (readonly [NoSession['problem'], string])[] = [
    ['refused', 'target_failed'],
    ['policyTooLarge', 'target_failed'],
    ['unavailable', 'target_unavailable'],
  ];
  it.each(answers)('%s is %s, with the sentence', async (problem, code) => {
    world.sessions.answer = async () => ({ problem, detail: 'A sentence.' });
    const refused = await world.issue(task.id, token);
    expect(refused).toMatchObject({ code, detail: 'A sentence.', extras: { call: world.calls()[0]?.id } });
    expect(world.calls()).toEqual([
      expect.objectContaining({ status: 'failed', refusal: { code, detail: 'A sentence.' } }),
    ]);
    expect(outcomes()).toEqual([
      expect.objectContaining({ type: 'call.failed', operation: HELD, decision: expect.any(Object) }),
    ]);
  });

  it('counts how long it took', async () => {
    world.sessions.answer = async (request) => {
      world.clock.advance(3 * SECOND);
      return world.session(request);
    };
    await world.issue(task.id, token);
    expect(outcomes()).toEqual([expect.objectContaining({ milliseconds: 3000 })]);
  });
});
