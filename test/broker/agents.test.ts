// An agent's life: quarantined it is frozen, disabled it has lost everything, reinstated it begins anew; each of it by
// a person whom policy lets, from the next call on, and as an event.
import { beforeEach, describe, expect, it } from 'vitest';
import { AGENT_CHANGES, type AgentStatus, changeStatus } from '../../src/agents/index.ts';
import {
  type AgentStanding,
  listAgents,
  listTasks,
  readTask,
  revokeTask,
  statusOf,
} from '../../src/broker/index.ts';
import { Refusal, Unavailable } from '../../src/shared/errors.ts';
import { HOUR, MINUTE, SECOND } from '../support/clock.ts';
import { agentDefinition } from '../support/config.ts';
import { AGENT, codeOf, createWorld, OTHER_AGENT, PARTS, PERSON, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});

const operators = () => world.personToken(['operators']);
const agentOf = () => world.agentToken(OTHER_AGENT);

async function statusNow(task: string, token: string) {
  const caller = world.caller(`/v1/tasks/${task}`, null, { token });
  const standing = await readTask(world.dependencies, caller, task);
  return standing instanceof Refusal ? standing.code : statusOf(standing, world.clock.now());
}

async function listed(token = operators(), page: object = {}): Promise<readonly AgentStanding[]> {
  const caller = world.caller('/v1/agents', null, { token });
  const found = await listAgents(world.dependencies, caller, { limit: 100, ...page });
  if (found instanceof Refusal) throw new Error(found.code);
  return found.items;
}

describe('every change from every status', () => {
  const TABLE: Readonly<
    Record<keyof typeof AGENT_CHANGES, Readonly<Record<AgentStatus, AgentStatus | undefined>>>
  > = {
    quarantine: { active: 'quarantined', quarantined: 'quarantined', disabled: undefined },
    disable: { active: 'disabled', quarantined: 'disabled', disabled: 'disabled' },
    reinstate: { active: 'active', quarantined: 'active', disabled: 'active' },
  };
  const change = { at: 'now', by: 'dana', reason: 'why', event: 'evt_1', configDigest: 'd' };
  const all = Object.entries(TABLE).flatMap(([name, row]) =>
    Object.entries(row).map(([status, result]) => [name, status, result] as const),
  );
  it.each(all)('%s of one that is %s: %s', (given, status, result) => {
    const name = given as keyof typeof AGENT_CHANGES;
    const before = { status: status as AgentStatus };
    const after = changeStatus(before, name, { ...change, name });
    expect(after?.status).toBe(result);
    // What is so already is not written down a second time.
    if (result === status) expect(after).toBe(before);
  });

  it('is in the table above', () => {
    expect(Object.keys(TABLE)).toEqual(Object.keys(AGENT_CHANGES));
  });
});

describe('quarantine', () => {
  it('freezes: no new call, no new task, and what is open is kept for later', async () => {
    const { task, token } = await world.opened();
    expect(codeOf(await world.change('quarantine'))).toBe('ok');
    expect(codeOf(await world.issue(task.id, token))).toBe('agent_quarantined');
    expect(codeOf(await world.open())).toBe('agent_quarantined');
    expect(await statusNow(task.id, token)).toBe('open');
    expect(codeOf(await world.change('reinstate'))).toBe('ok');
    expect(codeOf(await world.issue(task.id, token))).toBe('ok');
  });

  it('is an event: by whom, why, and under which config', async () => {
    await world.change('quarantine', { reason: 'Reads at night' });
    expect(world.told('agent.quarantined')).toMatchObject([
      {
        ...{ agent: AGENT, by: PERSON, why: 'Reads at night', at: world.clock.now().toISOString() },
        configDigest: world.rules.config.digest,
        request: { method: 'POST' },
      },
    ]);
  });

  it('touches no other agent', async () => {
    await world.change('quarantine');
    const capabilities = [{ capability: 'ledger:read', parameters: {} }];
    expect(codeOf(await world.open({ token: agentOf(), capabilities }))).toBe('ok');
  });
});

describe('disable', () => {
  it('revokes everything at once, and reinstating brings none of it back', async () => {
    const { task, token } = await world.opened();
    await world.change('disable');
    expect(codeOf(await world.issue(task.id, token))).toBe('agent_disabled');
    expect(codeOf(await world.open())).toBe('agent_disabled');
    expect(await statusNow(task.id, token)).toBe('revoked');
    await world.change('reinstate');
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
    expect(await statusNow(task.id, token)).toBe('revoked');
    const later = await world.opened();
    expect(codeOf(await world.issue(later.task.id, later.token))).toBe('ok');
  });

  it('catches a task that is being opened at the same moment', async () => {
    world.meddle = async ({ name, arguments: [key] }, run) => {
      const { sort = '' } = (key ?? {}) as { sort?: string };
      if (name === 'records.create' && sort === 'task') {
        world.meddle = undefined;
        await world.change('disable');
        await world.change('reinstate');
      }
      return run();
    };
    const { task, token } = await world.opened();
    expect(world.told('agent.disabled')).toHaveLength(1);
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
  });

  it('catches a call between its two trips', async () => {
    const { task, token } = await world.opened();
    world.sessions.answer = async (request) => {
      await world.change('disable');
      return world.session(request);
    };
    expect(codeOf(await world.issue(task.id, token))).toBe('agent_disabled');
    expect(world.told('credentials.withheld')).toMatchObject([{ code: 'agent_disabled' }]);
  });
});

describe('an opening that is repeated', () => {
  it('gives an agent that may not act no fresh token, and that is written down', async () => {
    await world.opened({ key: 'k' });
    await world.change('disable');
    expect(codeOf(await world.open({ key: 'k' }))).toBe('agent_disabled');
    expect(world.told('task.refused')).toMatchObject([{ code: 'agent_disabled' }]);
    expect(world.told('task.repeated')).toEqual([]);
    await world.change('reinstate');
    expect(await world.open({ key: 'k' })).toMatchObject({ status: 'revoked' });
  });

  it('says how the task stands by then', async () => {
    const { task, token } = await world.opened({ key: 'k' });
    expect(await world.open({ key: 'k' })).toMatchObject({ status: 'open' });
    await world.finish(task.id, token);
    expect(await world.open({ key: 'k' })).toMatchObject({ status: 'finished' });
  });
});

describe('a task that is over with its agent', () => {
  it('stays revoked, whatever its holder asks of it', async () => {
    const { task, token } = await world.opened();
    await world.change('disable');
    expect(codeOf(await world.finish(task.id, token))).toBe('ok');
    expect(await statusNow(task.id, token)).toBe('revoked');
    expect(world.told('task.finished')).toEqual([]);
  });
});

describe('who may', () => {
  it.each([
    ['quarantine', ['operators'], 'ok'],
    ['quarantine', ['security'], 'ok'],
    ['quarantine', [], 'not_permitted'],
    ['disable', ['security'], 'ok'],
    ['reinstate', ['operators'], 'ok'],
    ['reinstate', ['security'], 'not_permitted'],
    ['attest', ['operators'], 'ok'],
    ['attest', ['security'], 'not_permitted'],
  ] as const)('%s, being of %j: %s', async (name, groups, code) => {
    expect(codeOf(await world.change(name, { token: world.personToken(groups) }))).toBe(code);
  });

  it('learns of an unknown agent only who may do it to all', async () => {
    const nobody = { agent: 'nobody-here' };
    expect(codeOf(await world.change('disable', nobody))).toBe('not_found');
    expect(codeOf(await world.change('disable', { ...nobody, token: world.personToken() }))).toBe(
      'not_permitted',
    );
    expect(codeOf(await world.change('disable', { agent: '__proto__' }))).toBe('not_found');
  });

  it('is told where the status does not allow it', async () => {
    await world.change('disable');
    expect(codeOf(await world.change('quarantine'))).toBe('conflict');
  });
});

describe('asked for again', () => {
  it('it is so already: one event', async () => {
    for (let time = 0; time < 3; time += 1) expect(codeOf(await world.change('quarantine'))).toBe('ok');
    expect(world.told('agent.quarantined')).toHaveLength(1);
  });

  it('while the first with its key is under way, it waits for that', async () => {
    const both = await Promise.all([
      world.change('attest', { key: 'k' }),
      world.change('attest', { key: 'k' }),
      world.change('attest', { key: 'k' }),
    ]);
    expect(both.map(codeOf)).toEqual(['ok', 'ok', 'ok']);
    expect(world.told('agent.attested')).toHaveLength(1);
  });

  it('by many at once it happens once', async () => {
    await Promise.all(Array.from({ length: 10 }, () => world.change('disable')));
    expect(world.told('agent.disabled')).toHaveLength(1);
    expect((await listed()).find(({ agent }) => agent.id === AGENT)?.state).toMatchObject({ generation: 1 });
  });

  it('under one Idempotency-Key it is done once, also where it was undone meanwhile', async () => {
    expect(codeOf(await world.change('quarantine', { key: 'k' }))).toBe('ok');
    await world.change('reinstate');
    expect(codeOf(await world.change('quarantine', { key: 'k' }))).toBe('ok');
    expect(codeOf(await world.open())).toBe('ok');
    expect(codeOf(await world.change('quarantine', { key: 'k', reason: 'another' }))).toBe(
      'idempotency_mismatch',
    );
  });

  it('under one Idempotency-Key after a fault it is done after all', async () => {
    world.meddle = async ({ name, arguments: [key] }, run) => {
      const { sort = '' } = (key ?? {}) as { sort?: string };
      if (name === 'records.create' && sort === 'state') throw new Unavailable('records');
      return run();
    };
    await expect(world.change('quarantine', { key: 'k' })).rejects.toMatchObject({ backend: 'records' });
    world.meddle = undefined;
    expect(codeOf(await world.change('quarantine', { key: 'k' }))).toBe('ok');
    expect(codeOf(await world.open())).toBe('agent_quarantined');
  });
});

it('under the Idempotency-Key of one who died, nobody waits for as long as the clock was ahead', async () => {
  world.clock.advance(10 * MINUTE);
  let isDead = false;
  world.meddle = async ({ name, arguments: [key] }, run) => {
    if (isDead) throw new Error('killed');
    const { partition = '' } = (key ?? {}) as { partition?: string };
    isDead = name === 'records.create' && partition.startsWith('once/');
    return run();
  };
  await expect(world.change('quarantine', { key: 'k' })).rejects.toThrow('killed');
  world.meddle = undefined;
  world.clock.advance(-10 * MINUTE);
  expect(codeOf(await world.change('quarantine', { key: 'k' }))).toBe('ok');
  expect(world.clock.slept()).toBeLessThanOrEqual(26 * SECOND);
});

describe('where the audit fails', () => {
  const failEvents = () => {
    world.meddle = async ({ name }, run) => {
      if (name === 'events.append') throw new Unavailable('events');
      return run();
    };
  };

  it('the agent is contained all the same, and that is written down later', async () => {
    failEvents();
    expect(codeOf(await world.change('quarantine'))).toBe('outcome_unknown');
    world.meddle = undefined;
    expect(codeOf(await world.open())).toBe('agent_quarantined');
    await world.settle();
    expect(world.told('agent.quarantined')).toMatchObject([
      { agent: AGENT, by: PERSON, why: 'Odd behaviour' },
    ]);
  });

  it('an agent can be contained further, and not let loose; no change is forgotten', async () => {
    failEvents();
    expect(codeOf(await world.change('quarantine', { reason: 'first' }))).toBe('outcome_unknown');
    // Of one and the same moment, chance says which event comes first.
    world.clock.advance(1);
    expect(codeOf(await world.change('disable', { reason: 'second' }))).toBe('outcome_unknown');
    expect(codeOf(await world.change('reinstate'))).toBe('audit_unavailable');
    expect(codeOf(await world.change('attest'))).toBe('audit_unavailable');
    world.meddle = undefined;
    expect((await listed())[1]?.state?.status).toBe('disabled');
    await world.settle();
    expect(world.told('agent.quarantined', 'agent.disabled').map(({ why }) => why)).toEqual([
      'first',
      'second',
    ]);
    expect(codeOf(await world.change('reinstate'))).toBe('ok');
    expect((await listed())[1]?.state).not.toHaveProperty('untold');
  });

  it('each change is told as the request of whoever made it, whoever writes it down', async () => {
    failEvents();
    await world.change('disable', { reason: 'first' });
    world.meddle = undefined;
    const another = world.personToken(['operators'], 'lee@example.com');
    expect(codeOf(await world.change('disable', { reason: 'later', token: another }))).toBe('ok');
    expect(world.told('agent.disabled')).toMatchObject([
      { by: PERSON, why: 'first', request: { id: 'req-1' } },
    ]);
  });
});

describe('the list of agents', () => {
  it('shows how each stands: status, review, tasks, and when it was seen last', async () => {
    await world.opened({ address: '192.0.2.1' });
    world.clock.advance(MINUTE);
    const { task, token } = await world.opened({ address: '192.0.2.2' });
    await world.opened({ ttlSeconds: 60 });
    const seenAt = world.clock.now().toISOString();
    world.clock.advance(2 * MINUTE);
    const [other, agent] = await listed();
    expect(other).toMatchObject({ agent: { id: OTHER_AGENT }, openTasks: 0, lastSeen: undefined });
    expect(agent).toMatchObject({
      agent: { id: AGENT, owner: { team: 'Data' }, purpose: 'Build the weekly reports' },
      openTasks: 2,
      reviewOverdue: false,
      changedSinceReview: false,
    });
    expect(String(agent?.lastSeen?.at) <= seenAt).toBe(true);
    await world.finish(task.id, token);
    expect((await listed())[1]?.openTasks).toBe(1);
    await world.change('disable');
    expect((await listed())[1]).toMatchObject({ openTasks: 0, state: { status: 'disabled', by: PERSON } });
  });

  it('says when it was seen last, by calls too', async () => {
    const { task, token } = await world.opened();
    world.clock.advance(HOUR);
    await world.issue(task.id, token, { address: '192.0.2.9' });
    await world.dependencies.tally.flush();
    const lastSeen = { at: world.clock.now().toISOString(), address: '192.0.2.9' };
    expect((await listed())[1]?.lastSeen).toEqual(lastSeen);
  });

  it('is read page by page, in the order of ids', async () => {
    await world.use({
      agents: Array.from({ length: 25 }, (_, i) => agentDefinition(`agent-${String(i).padStart(2, '0')}`)),
    });
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const caller = world.caller('/v1/agents', null, { token: operators() });
      const page = await listAgents(world.dependencies, caller, { limit: 10, cursor });
      if (page instanceof Refusal) throw new Error(page.code);
      found.push(...page.items.map(({ agent }) => agent.id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(found).toHaveLength(25);
    expect(found).toEqual([...found].sort());
  });

  it('shows people the agents that policy lets them contain, and no other', async () => {
    const policies = `${PARTS.policies}
      permit (principal == Human::"${PERSON}", action == Action::"contain", resource == Agent::"${OTHER_AGENT}");`;
    await world.use({ policies });
    expect((await listed(world.personToken())).map(({ agent }) => agent.id)).toEqual([OTHER_AGENT]);
    await expect(listed(world.personToken([], 'lee@example.com'))).rejects.toThrow('not_permitted');
  });
});

describe('the list of tasks', () => {
  const tasks = async (wanted: object = {}, token = operators()) => {
    const caller = world.caller('/v1/tasks', null, { token });
    const page = await listTasks(world.dependencies, caller, { limit: 100, ...wanted });
    if (page instanceof Refusal) throw new Error(page.code);
    return page;
  };
  const ids = async (wanted: object = {}) => (await tasks(wanted)).items.map(({ task }) => task.id);
  const ledger = [{ capability: 'ledger:read', parameters: {} }];

  it('has those that are open, of all agents or of one', async () => {
    const first = await world.opened({ ttlSeconds: 600 });
    const second = await world.opened({ token: agentOf(), capabilities: ledger });
    expect((await ids()).sort()).toEqual([first.task.id, second.task.id].sort());
    expect(await ids({ agent: AGENT })).toEqual([first.task.id]);
    expect(await ids({ agent: 'nobody-here' })).toEqual([]);
    world.clock.advance(600_000);
    expect(await ids({ agent: AGENT })).toEqual([]);
    expect(await ids({ task: first.task.id })).toEqual([first.task.id]);
  });

  it('is read page by page', async () => {
    const opened: string[] = [];
    for (let i = 0; i < 12; i += 1) {
      const of = i % 2 === 0 ? {} : { token: agentOf(), capabilities: ledger };
      opened.push((await world.opened({ ...of, ttlSeconds: 600 + i })).task.id);
    }
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await tasks({ limit: 5, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.items.map(({ task }) => task.id));
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(found.sort()).toEqual(opened.sort());
  });

  it('of a task that is unknown says so to operators, and nothing to others', async () => {
    const unknown = 'task_01hzzzzzzz0000000000000000';
    await expect(tasks({ task: unknown })).rejects.toThrow('not_found');
    await expect(tasks({ task: unknown }, world.personToken())).rejects.toThrow('not_permitted');
    await expect(tasks({ task: 'nonsense' })).rejects.toThrow('not_found');
    await expect(tasks({ task: 'nonsense' }, world.personToken())).rejects.toThrow('not_permitted');
  });
});

describe('revoking a task', () => {
  const revoke = (task: string, token = operators(), key?: string) => {
    const body = { reason: 'Odd behaviour' };
    const caller = world.caller(`/v1/tasks/${task}/revoke`, body, { token, key });
    return revokeTask(world.dependencies, caller, task, body);
  };

  it('ends it, by whom and why', async () => {
    const { task, token } = await world.opened();
    await world.issue(task.id, token);
    expect(await revoke(task.id)).toMatchObject({
      revocation: 'pending',
      standing: { task: { status: 'revoked' } },
    });
    expect(codeOf(await world.issue(task.id, token))).toBe('task_over');
    expect(world.told('task.revoked')).toMatchObject([
      { task: task.id, agent: AGENT, by: PERSON, why: 'Odd behaviour', revocation: 'pending', below: [] },
    ]);
    expect(await statusNow(task.id, token)).toBe('revoked');
  });

  it('is for people whom policy lets, and changes nothing that is over', async () => {
    const { task, token } = await world.opened();
    expect(codeOf(await revoke(task.id, world.personToken()))).toBe('not_permitted');
    expect(codeOf(await revoke(task.id, world.agentToken()))).toBe('unauthenticated');
    expect(codeOf(await revoke('task_01hzzzzzzz0000000000000000'))).toBe('not_found');
    await world.finish(task.id, token);
    expect(await revoke(task.id)).toMatchObject({ standing: { task: { status: 'finished' } } });
    expect(world.told('task.revoked')).toEqual([]);
  });
});
