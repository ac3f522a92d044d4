// What was recorded, decided again under other rules: exactly what they touch would change.
import { beforeEach, describe, expect, it, test } from 'vitest';
import { wayFrom } from '../../src/broker/backtest.ts';
import type { Change } from '../../src/broker/index.ts';
import { approvalParts, approvalWorld, decide, KIM, POLICIES, waiting } from '../support/approvals.ts';
import { capability, rulesFor, tried, withCeiling } from '../support/backtested.ts';
import { CHAIN_PARTS, chainOf, chainWorld, LIST, withAgent } from '../support/chains.ts';
import { awsCapability } from '../support/config.ts';
import { AGENT, createWorld, DEFAULT_POLICIES, HELD, PARTS, TARGETS, type World } from '../support/world.ts';

const shortly = ({ was, wouldBe, change, capabilities, what }: Change) =>
  `${what} ${capabilities.join()} ${change}: ${was.code ?? was.outcome} -> ${wouldBe.code ?? wouldBe.outcome}`;

const ALL = ['read', 'list', 'brief', 'write', 'purge', 'wide'].map((name) => `reports:${name}`);

describe('what people were asked about', () => {
  it('is decided again as it was when they were asked, and with what they approved', async () => {
    const world = await approvalWorld();
    const waits = await waiting(world);
    await decide(world, waits.approval.id, KIM);
    await world.drive(waits.approval.id);
    const no = await waiting(world);
    await decide(world, no.approval.id, KIM, { decision: 'deny', reason: 'No' });
    await world.drive(no.approval.id);
    const same = await tried(world.told(), approvalParts());
    expect(same.counters).toMatchObject({ changed: 0, withoutInput: 0, unreadable: 0 });
    // Two openings of two each, two that waited, one that was carried out.
    expect(same.counters.operations).toBe(7);
    const more = await tried(world.told(), {
      ...approvalParts(),
      policies: POLICIES.replace('approvals.count < 1', 'approvals.count < 2'),
    });
    expect(more.found.map(shortly).sort()).toEqual([
      'call tickets:drop narrower: allowed -> needsApproval',
      'call tickets:drop other approvals: needsApproval -> needsApproval',
      'call tickets:drop other approvals: needsApproval -> needsApproval',
      'opening tickets:drop other approvals: needsApproval -> needsApproval',
      'opening tickets:drop other approvals: needsApproval -> needsApproval',
    ]);
  });
});

describe('a day of many calls', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld();
    const names = ['reports:list', 'reports:brief', 'reports:write', 'ledger:read'];
    const { task, token } = await world.opened({ capabilities: [...HELD, ...names.map(capability)] });
    const issue = (...wanted: readonly string[]) =>
      world.issue(task.id, token, { wanted: wanted.map((name) => ({ capability: name })) });
    await issue('reports:read');
    await issue('reports:read', 'reports:list');
    await issue('reports:write');
    await issue('ledger:read');
    await issue('reports:purge');
    // Refused by policy, beyond the ceiling whole, and beyond it in part.
    await world.open({ capabilities: [capability('sandbox:read')] });
    await world.open({ capabilities: [capability('reports:fly')] });
    await world.open({ capabilities: [capability('reports:fly'), capability('reports:list')] });
    // The files change between opening and use.
    world.rules = await rulesFor(withCeiling([...ALL, 'sandbox:read']));
    await issue('ledger:read');
    world.rules = await rulesFor(PARTS);
  });

  it('stays as it is under the same files, whatever they are called and wherever they stand', async () => {
    const { counters, found } = await tried(
      world.told(),
      withCeiling([...ALL, 'sandbox:read', 'ledger:read']),
    );
    // Of what was recorded under other files than these, they say what these say.
    expect(found.map(shortly)).toEqual(['call ledger:read wider: outside_ceiling -> allowed']);
    expect(counters).toEqual({ events: 16, operations: 14, changed: 1, withoutInput: 0, unreadable: 0 });
    const elsewhere = { ...PARTS, policies: `// One line more.\n${DEFAULT_POLICIES}` };
    expect((await tried(world.told(), elsewhere)).counters.changed).toBe(1);
  });

  it('is narrowed for exactly those who lose something', async () => {
    const { found } = await tried(
      world.told(),
      withCeiling(['reports:read', 'reports:write', 'sandbox:read']),
    );
    expect(found.map(shortly).sort()).toEqual(
      [
        'call ledger:read narrower: allowed -> outside_ceiling',
        'call reports:list,reports:read narrower: allowed -> outside_ceiling',
        'opening ledger:read narrower: allowed -> outside_ceiling',
        'opening reports:brief narrower: allowed -> outside_ceiling',
        'opening reports:list narrower: allowed -> outside_ceiling',
      ].sort(),
    );
  });

  it('is widened for exactly those who gain something', async () => {
    const policies = DEFAULT_POLICIES.replace('environment != "production" || ', 'id != "" || ').replace(
      'resource.id != ""',
      'resource == Target::"reports"',
    );
    const { found } = await tried(world.told(), {
      ...withCeiling([...ALL, 'ledger:read', 'sandbox:read']),
      policies,
    });
    expect(found.map(shortly).sort()).toEqual(
      [
        'call ledger:read wider: outside_ceiling -> allowed',
        'call reports:write wider: needsApproval -> allowed',
        'opening reports:write wider: needsApproval -> allowed',
      ].sort(),
    );
  });

  it('opens what was refused whole for one capability, each of them as it would be', async () => {
    const reports = TARGETS[0];
    if (reports?.kind !== 'aws') throw new Error('reports is of kind aws');
    const fly = awsCapability({ effect: 'write' });
    const targets = [{ ...reports, capabilities: { ...reports.capabilities, fly } }, ...TARGETS.slice(1)];
    const { found } = await tried(world.told('task.refused'), {
      ...withCeiling([...ALL, 'reports:fly', 'sandbox:read']),
      targets,
    });
    expect(found.map(shortly).sort()).toEqual([
      'opening reports:fly wider: outside_ceiling -> needsApproval',
      'opening reports:fly wider: outside_ceiling -> needsApproval',
      'opening reports:list wider: outside_ceiling -> allowed',
    ]);
    expect(found.every(({ task, call }) => task === undefined && call === undefined)).toBe(true);
  });

  it('is looked through for one agent only', async () => {
    const nobody = await tried(world.told(), withCeiling([]), 'ledger-bot');
    expect(nobody.counters).toMatchObject({ events: 16, operations: 0, changed: 0 });
    expect((await tried(world.told(), withCeiling([]), AGENT)).counters.changed).toBeGreaterThan(5);
  });

  it('says what an agent would lose that the files no longer know', async () => {
    const parts = { ...PARTS, agents: [] };
    const { found, counters } = await tried(world.told(), parts);
    expect(new Set(found.map(({ wouldBe }) => wouldBe.code))).toEqual(new Set(['unknown_agent']));
    expect(found).toHaveLength(counters.operations);
    const gone = await tried(world.told(), { ...PARTS, targets: [] });
    expect(new Set(gone.found.map(({ wouldBe }) => wouldBe.code))).toEqual(new Set(['outside_ceiling']));
  });

  it('is told with the call, its task and both decisions', async () => {
    const events = world.told('credentials.issued');
    const { found } = await tried(events, withCeiling(['reports:read', 'ledger:read']));
    const event = events.find(({ operation }) => (operation as readonly unknown[]).length === 2);
    expect(found).toHaveLength(1);
    expect(found[0]).toEqual({
      ...{ at: event?.['at'], event: event?.['id'], call: event?.['call'], task: event?.['task'] },
      ...{ agent: AGENT, target: 'reports', capabilities: ['reports:list', 'reports:read'], what: 'call' },
      change: 'narrower',
      was: { outcome: 'allowed', policies: ['default.cedar:2'] },
      wouldBe: { outcome: 'denied', code: 'outside_ceiling', policies: [] },
    });
  });
});

describe('tasks below others', () => {
  it('change with whoever stands above them', async () => {
    const world = await chainWorld();
    const chain = await chainOf(world, ['lead', 'scout', 'writer']);
    for (const { task, token } of chain) await world.issue(task.id, token, { wanted: LIST });
    expect((await tried(world.told(), CHAIN_PARTS)).found).toEqual([]);
    const { found } = await tried(world.told(), withAgent('scout', { capabilities: ['store:read'] }));
    // The lead's own call is its own; the writer's is also the scout's.
    const calls = found.filter(({ what }) => what === 'call');
    expect(calls.map(({ agent }) => agent).sort()).toEqual(['scout', 'writer']);
    const quiet = `${DEFAULT_POLICIES} forbid (principal, action, resource) when { context.task.chainDepth == 2 };`;
    const deep = await tried(world.told(), { ...CHAIN_PARTS, policies: quiet });
    expect(new Set(deep.found.map(({ task }) => task))).toEqual(new Set([chain[2]?.task.id]));
  });
});

test('time is that of the record, in the time zone of the files that are tried', async () => {
  const world = await createWorld();
  const { task, token } = await world.opened();
  await world.issue(task.id, token);
  // It is 12:00:30 in UTC.
  const policies = `${DEFAULT_POLICIES} forbid (principal, action, resource) when { context.time.hour == 13 };`;
  const events = world.told();
  expect((await tried(events, { ...PARTS, policies })).found).toEqual([]);
  const there = await tried(events, { ...PARTS, policies, broker: { timeZone: 'Europe/Amsterdam' } });
  expect(there.found.map(({ what }) => what)).toEqual(['opening', 'call']);
});

describe('which way it changes', () => {
  const allowed = { outcome: 'allowed', policies: ['a'] } as const;
  const denied = { outcome: 'denied', code: 'denied_by_policy', policies: [] } as const;
  const asks = (count: number, of = {}) =>
    ({ outcome: 'needsApproval', approvals: { count, of }, policies: [] }) as const;
  it.each([
    [allowed, { ...allowed, policies: ['b'] }, undefined],
    [allowed, asks(1), 'narrower'],
    [asks(1), denied, 'narrower'],
    [denied, asks(3), 'wider'],
    [asks(1), asks(2), 'other approvals'],
    [asks(1), asks(1, { security: 1 }), 'other approvals'],
    [asks(1, { security: 1, leads: 0 }), asks(1, { security: 1 }), undefined],
    [denied, { ...denied, code: 'outside_ceiling' }, 'other refusal'],
  ])('%j to %j: %s', (was, now, way) => {
    expect(wayFrom(was, now)).toBe(way);
  });
});
