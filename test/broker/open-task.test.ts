// Opening tasks: who may, for what, what is written down, and what is handed out.
import { beforeEach, describe, expect, it } from 'vitest';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import { sha256 } from '../../src/shared/hash.ts';
import { isId } from '../../src/shared/ids.ts';
import { openTaskToken } from '../../src/tasks/index.ts';
import { DAY, HOUR } from '../support/clock.ts';
import {
  AGENT,
  codeOf,
  createWorld,
  HELD,
  OTHER_AGENT,
  PARTS,
  PERSON,
  type World,
} from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const setStatus = (status: string) => world.setAgent({ status });

describe('a task', () => {
  it('is recorded, written down and handed out with its token', async () => {
    const { task, token } = await world.opened({ requester: PERSON, ttlSeconds: 600 });
    expect(isId('task', task.id)).toBe(true);
    expect(task).toMatchObject({
      agent: AGENT,
      status: 'open',
      purpose: 'Build the weekly report',
      requester: { id: PERSON, proven: false },
      capabilities: [
        { ...HELD[0], decision: { outcome: 'allowed', configDigest: world.rules.config.digest } },
      ],
      openedAt: world.clock.now().toISOString(),
      expiresAt: world.clock.in(600_000).toISOString(),
    });
    expect(world.tasks()).toEqual([task]);
    expect(openTaskToken(token, world.tokenKeys)).toEqual({
      task: task.id,
      agent: AGENT,
      ancestors: [],
      expiresAt: new Date(task.expiresAt),
    });
    expect(world.told()).toEqual([
      expect.objectContaining({
        type: 'task.opened',
        id: task.openedEvent,
        task: task.id,
        agent: AGENT,
        owner: { team: 'Data', email: 'data@example.com' },
        requester: { id: PERSON, proven: false },
        expiresAt: task.expiresAt,
        tokenHash: task.tokenHash,
      }),
    ]);
  });

  it('lasts as long as its agent may at most, where nothing else is asked for', async () => {
    const { task } = await world.opened();
    expect(task.expiresAt).toBe(world.clock.in(8 * HOUR).toISOString());
  });

  it('holds no token, in the record or in the audit', async () => {
    const oidc = world.agentToken();
    const requesterToken = world.personToken();
    const { token } = await world.opened({ token: oidc, requesterToken });
    const kept = JSON.stringify([world.records.all(), world.events.all(), world.logged]);
    for (const secret of [oidc, requesterToken, token]) {
      expect(kept).not.toContain(secret);
      expect(kept).not.toContain(secret.split('.').at(-1));
    }
  });

  it('has a requester who is proven by a token, and by nothing else', async () => {
    const { task } = await world.opened({ requesterToken: world.personToken() });
    expect(task.requester).toEqual({ id: PERSON, proven: true });
    const other = await world.open({ requesterToken: world.personToken(), requester: 'lee@example.com' });
    const agent = await world.open({ requesterToken: world.agentToken() });
    for (const refused of [other, agent]) expect(codeOf(refused)).toBe('invalid_request');
    expect(world.tasks()).toHaveLength(1);
  });

  it('is opened if one capability is allowed, and says of each how it was decided', async () => {
    const capabilities = ['sandbox:read', 'reports:write', 'ledger:read'].map((capability) => ({
      capability,
      parameters: {},
    }));
    const { task } = await world.opened({ capabilities });
    expect(task.capabilities.map(({ decision }) => decision.outcome)).toEqual([
      'denied',
      'needsApproval',
      'allowed',
    ]);
  });

  it('is opened if one capability can be approved', async () => {
    const { task } = await world.opened({ capabilities: [{ capability: 'reports:purge', parameters: {} }] });
    expect(task.capabilities[0]?.decision).toMatchObject({
      outcome: 'needsApproval',
      approvals: { count: 2 },
    });
  });
});

describe('no task', () => {
  const cases: Readonly<Record<string, readonly [() => Promise<unknown>, string]>> = {
    'without a token': [() => world.open({ token: '' }), 'unauthenticated'],
    'with a task token': [async () => world.open({ token: (await world.opened()).token }), 'unauthenticated'],
    "with a person's token": [() => world.open({ token: world.personToken() }), 'unauthenticated'],
    'for an agent that nobody knows': [
      () => world.open({ token: world.agentToken('else') }),
      'unknown_agent',
    ],
    'for longer than the agent may': [() => world.open({ ttlSeconds: 8 * 3600 + 1 }), 'invalid_request'],
    'outside the ceiling': [() => world.open({ token: world.agentToken(OTHER_AGENT) }), 'outside_ceiling'],
    'for what does not exist': [
      () => world.open({ capabilities: [{ capability: 'reports:constructor', parameters: {} }] }),
      'outside_ceiling',
    ],
    'if only one of several is outside the ceiling': [
      () => world.open({ capabilities: [...HELD, { capability: 'nothing:read', parameters: {} }] }),
      'outside_ceiling',
    ],
    'with parameters that do not fit': [
      () => world.open({ capabilities: [{ capability: 'reports:read', parameters: { prefix: '*' } }] }),
      'invalid_request',
    ],
    'that policy denies': [
      () => world.open({ capabilities: [{ capability: 'sandbox:read', parameters: {} }] }),
      'denied_by_policy',
    ],
    'for a quarantined agent': [
      async () => {
        await setStatus('quarantined');
        return world.open();
      },
      'agent_quarantined',
    ],
    'for a disabled agent': [
      async () => {
        await setStatus('disabled');
        return world.open();
      },
      'agent_disabled',
    ],
    'past the review': [
      () => {
        world.clock.advance(365 * DAY);
        return world.open();
      },
      'review_overdue',
    ],
  };

  it.each(Object.entries(cases))('%s', async (_, [attempt, code]) => {
    const refused = await attempt();
    expect(codeOf(refused)).toBe(code);
    expect(refused).not.toHaveProperty('token');
  });

  it.each(['outside_ceiling', 'denied_by_policy', 'agent_quarantined', 'agent_disabled', 'review_overdue'])(
    'of a known agent is written down: %s',
    async (code) => {
      const found = Object.values(cases).find(([, one]) => one === code);
      await found?.[0]();
      const [told] = world.told('task.refused');
      expect(told).toMatchObject({
        code,
        purpose: 'Build the weekly report',
        capabilities: expect.any(Array),
      });
      expect(world.tasks()).toEqual([]);
    },
  );

  it('names every parameter that is wrong at once', async () => {
    const capabilities = ['a*', 'b?'].map((prefix) => ({
      capability: 'reports:read',
      parameters: { prefix },
    }));
    const refused = await world.open({ capabilities });
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).toMatchObject({
      extras: {
        errors: [
          { path: 'capabilities[0].parameters.prefix' },
          { path: 'capabilities[1].parameters.prefix' },
        ],
      },
    });
  });

  it('tells the operator why a token was refused, and the caller nothing', async () => {
    const refused = await world.open({ token: world.personToken() });
    expect(refused).toMatchObject({ code: 'unauthenticated', detail: 'A valid bearer token is required.' });
    expect(world.logged).toEqual([
      {
        level: 'warn',
        message: 'token refused',
        fields: { requestId: 'req-1', issuer: 'https://issuer.example.com', reason: 'audience_wrong' },
      },
    ]);
  });
});

describe('the same Idempotency-Key', () => {
  it('gives the same task with a fresh token', async () => {
    const first = await world.opened({ key: 'k' });
    world.clock.advance(HOUR);
    const second = await world.opened({ key: 'k' });
    // Its token must not leave untold either.
    expect(world.told('task.repeated')).toMatchObject([{ task: first.task.id, agent: first.task.agent }]);
    expect(second.task).toEqual(first.task);
    expect(openTaskToken(second.token, world.tokenKeys)?.task).toBe(first.task.id);
    expect(world.tasks()).toHaveLength(1);
    expect(world.told('task.opened')).toHaveLength(1);
  });

  it('gives one task to two at once, and to twenty', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => world.opened({ key: 'k' })));
    expect(new Set(all.map(({ task }) => task.id)).size).toBe(1);
    expect(world.tasks()).toHaveLength(1);
    expect(world.told('task.opened')).toHaveLength(1);
  });

  it('is refused with another body', async () => {
    await world.opened({ key: 'k' });
    expect(codeOf(await world.open({ key: 'k', purpose: 'Else' }))).toBe('idempotency_mismatch');
  });

  it('is another key for another agent', async () => {
    const capabilities = [{ capability: 'ledger:read', parameters: {} }];
    const mine = await world.opened({ key: 'k', capabilities });
    const other = await world.opened({ key: 'k', capabilities, token: world.agentToken(OTHER_AGENT) });
    expect(other.task.id).not.toBe(mine.task.id);
  });

  it('gives the same refusal, even if it would be another now', async () => {
    const capabilities = [{ capability: 'sandbox:read', parameters: {} }];
    const first = await world.open({ key: 'k', capabilities });
    await world.use({ policies: 'permit (principal, action, resource);' });
    const again = await world.open({ key: 'k', capabilities });
    expect(again).toEqual(first);
    expect(codeOf(await world.open({ key: 'new', capabilities }))).toBe('ok');
    expect(codeOf(await world.open({ key: 'k' }))).toBe('idempotency_mismatch');
  });

  it('remembers no mistake in the request', async () => {
    const wrong = [{ capability: 'reports:read', parameters: { prefix: '*' } }];
    expect(codeOf(await world.open({ key: 'k', capabilities: wrong }))).toBe('invalid_request');
    expect(codeOf(await world.open({ key: 'k' }))).toBe('ok');
  });

  it('is free again a day later, once the task is over', async () => {
    const first = await world.opened({ key: 'k' });
    world.clock.advance(DAY);
    const second = await world.opened({ key: 'k', purpose: 'Another week' });
    expect(second.task.id).not.toBe(first.task.id);
  });

  it('writes the event that the first request could not', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Error('gone');
      return run();
    };
    await expect(world.open({ key: 'k' })).rejects.toThrow('gone');
    world.meddle = undefined;
    const { task } = await world.opened({ key: 'k' });
    expect(world.told('task.opened')).toEqual([expect.objectContaining({ task: task.id })]);
  });
});

it('knows no agent that has left the files', async () => {
  await world.use({ agents: (PARTS.agents ?? []).filter(({ id }) => id !== AGENT) });
  expect(codeOf(await world.open())).toBe('unknown_agent');
});

describe('what is told of an opening', () => {
  it('is the request that made it, also where another one writes it down', async () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Unavailable('events');
      return run();
    };
    const first = world.agentToken();
    expect(codeOf(await world.open({ key: 'k', token: first, address: '192.0.2.1' }))).toBe(
      'audit_unavailable',
    );
    world.meddle = undefined;
    world.clock.advance(HOUR / 2);
    const second = world.agentToken();
    await world.opened({ key: 'k', token: second, address: '192.0.2.2' });
    expect(world.told('task.opened')).toMatchObject([
      { tokenHash: sha256(first), request: { sourceAddress: '192.0.2.1' } },
    ]);
    // Whose bearer got the task's token is told, too.
    expect(world.told('task.repeated')).toMatchObject([
      { tokenHash: sha256(second), request: { sourceAddress: '192.0.2.2' } },
    ]);
  });

  it('asks policy once for everything that is asked for', async () => {
    const { policy } = world.rules;
    let asked = 0;
    world.rules = {
      ...world.rules,
      policy: {
        ...policy,
        decideEach: (input) => {
          asked += 1;
          return policy.decideEach(input);
        },
      },
    };
    const capabilities = Array.from({ length: 50 }, (_, i) => ({
      capability: 'reports:read',
      parameters: { prefix: `team-${i}` },
    }));
    const { task } = await world.opened({ capabilities });
    expect(task.capabilities).toHaveLength(50);
    expect(asked).toBe(1);
  });
});
