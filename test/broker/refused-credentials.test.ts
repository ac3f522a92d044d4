// Credentials refused: what may have ended or changed since the task was opened, and what it never covered.
import { beforeEach, describe, expect, it } from 'vitest';
import type { Refusal } from '../../src/shared/errors.ts';
import { mintTaskToken, type Task, taskKey } from '../../src/tasks/index.ts';
import { DAY, HOUR } from '../support/clock.ts';
import { awsTarget } from '../support/config.ts';
import { AGENT, codeOf, createWorld, HELD, PARTS, TARGETS, type World } from '../support/world.ts';

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

describe('refused', () => {
  const changedConfig = (change: Partial<typeof PARTS>) => async () => {
    await world.use(change);
    return world.issue(task.id, token);
  };
  const withoutRead = TARGETS.map((target) =>
    target.id === 'reports'
      ? awsTarget('reports', { capabilities: { other: target.capabilities['list'] } as never })
      : target,
  );
  const setStatus = async (status: string) => {
    await world.setAgent({ status });
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
        targets: TARGETS.map((target) => ({
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
    'for a target that gives no credentials': [
      async () => {
        const { connection: _, kind: __, ...ledger } = awsTarget('ledger');
        await world.use({ targets: [{ ...ledger, kind: 'postgres' }] });
        return world.issue(task.id, token, wanting('ledger:read'));
      },
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

  it('when the task is long over, without writing anything', async () => {
    world.clock.advance(2 * DAY);
    const [records, events] = [world.records.all(), world.told()];
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
    expect([world.records.all(), world.told()]).toEqual([records, events]);
  });

  it('says what to approve, and by whom, where policy wants that', async () => {
    const waits = await world.issue(task.id, token, wanting('reports:write'));
    expect(waits).toMatchObject({ approval: { needed: { count: 1, of: {} } } });
    expect(world.sessions.asked).toEqual([]);
    expect(world.calls()).toMatchObject([
      { status: 'awaiting_approval', decision: { outcome: 'needsApproval' } },
    ]);
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
    const ancestors = [{ task: above.task.id, agent: above.task.agent }];
    const child = { ...task, ancestors };
    await world.records.replace(taskKey(task.id), 1, child as never, { expiresAt: world.clock.in(DAY) });
    const claims = {
      task: task.id,
      agent: AGENT,
      ancestors,
      expiresAt: new Date(task.expiresAt),
    };
    const childToken = mintTaskToken(claims, world.tokenKeys, world.clock.now());
    expect(codeOf(await world.issue(task.id, childToken))).toBe('ok');
    await world.finish(above.task.id, above.token);
    expect(codeOf(await world.issue(task.id, childToken))).toBe('task_over');
    const lost = mintTaskToken(
      { ...claims, ancestors: [{ task: another(task.id), agent: AGENT }] },
      world.tokenKeys,
      world.clock.now(),
    );
    expect(codeOf(await world.issue(task.id, lost))).toBe('task_over');
  });
});
