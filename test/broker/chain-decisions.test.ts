// Whoever stands above answers for what is below: what is decided for them holds for it, by the files of the moment.
import { beforeEach, describe, expect, it } from 'vitest';
import { readTask, statusOf } from '../../src/broker/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import type { Task } from '../../src/tasks/index.ts';
import {
  accept,
  CHAIN_PARTS,
  chainAgent,
  chainOf,
  chainWorld,
  EVERYTHING,
  type Held,
  handedOn,
  LIST,
  offered,
  STORE,
  withAgent,
} from '../support/chains.ts';
import { awsTarget, type ConfigParts } from '../support/config.ts';
import { codeOf, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await chainWorld();
});

const issue = (held: Held, wanted = LIST) => world.issue(held.task.id, held.token, { wanted });

async function statusNow({ task, token }: Held) {
  const standing = await readTask(world.dependencies, world.caller('/', null, { token }), task.id);
  return standing instanceof Refusal ? standing.code : statusOf(standing, world.clock.now());
}

const READ = 'permit (principal, action in Action::"read", resource);';
const needs = (agent: string, condition: string) =>
  `@id("${agent}") forbid (principal == Agent::"${agent}", action, resource) unless { ${condition} };`;

const outcomes = ({ capabilities }: Task) => capabilities.map(({ decision }) => decision);

async function under(parts: Partial<ConfigParts>): Promise<void> {
  await world.use({ ...CHAIN_PARTS, ...parts });
}

describe('a delegated operation is decided for every agent in the chain', () => {
  it('and an approval that one above needs, the one below needs', async () => {
    await under({ policies: `${READ} ${needs('lead', 'context.approvals.count >= 2')}` });
    const [lead, scout] = (await chainOf(world, ['lead', 'scout'])) as [Held, Held];
    const expected = { outcome: 'needsApproval', approvals: { count: 2, of: {} }, policies: ['lead'] };
    expect(outcomes(lead.task)).toMatchObject([expected, expected]);
    expect(outcomes(scout.task)).toMatchObject([expected, expected]);
    expect(await issue(scout)).toMatchObject({ approval: { needed: expected.approvals } });
    expect(world.told('call.awaiting')).toMatchObject([{ decision: expected, agent: 'scout' }]);
    // By itself it needs none.
    const [alone] = (await chainOf(world, ['scout'])) as [Held];
    expect(codeOf(await issue(alone))).toBe('ok');
  });

  it('and the approvals of all of them are needed together', async () => {
    await under({
      policies: [
        READ,
        needs('lead', 'context.approvals.of["security"] >= 1'),
        needs('scout', 'context.approvals.of["operators"] >= 2'),
        needs('writer', 'context.approvals.count >= 1'),
      ].join('\n'),
    });
    const chain = await chainOf(world, ['lead', 'scout', 'writer'], LIST);
    expect(chain.map(({ task }) => outcomes(task)[0]?.approvals)).toEqual([
      { count: 1, of: { security: 1 } },
      { count: 3, of: { operators: 2, security: 1 } },
      { count: 3, of: { operators: 2, security: 1 } },
    ]);
    expect(outcomes((chain[2] as Held).task)[0]?.policies).toEqual(['lead', 'scout', 'writer']);
  });

  it.each<[string, string]>([
    ['a chain', 'context.task.chainDepth > 0'],
    ['a purpose', 'context.task.purpose == "Tidy up"'],
    ['an agent', 'principal == Agent::"scout"'],
    ['a group', 'principal in Group::"trusted"'],
    ['an environment', 'principal.environment == "production"'],
  ])('and what is milder to %s below is not so', async (_, condition) => {
    const agents = (CHAIN_PARTS.agents ?? []).map((agent) => ({
      ...agent,
      environment: agent.id === 'lead' ? 'staging' : 'production',
      groups: agent.id === 'lead' ? [] : ['trusted'],
    }));
    const policies = `permit (principal, action, resource) when { ${condition} || context.approvals.count >= 1 };`;
    await under({ agents, groups: ['operators', 'security', 'trusted'], policies });
    const [lead] = (await chainOf(world, ['lead'], LIST)) as [Held];
    const scout = (await accept(world, await offered(world, lead, 'scout'), { purpose: 'Tidy up' })) as Held;
    for (const { task } of [lead, scout]) expect(outcomes(task)[0]?.outcome).toBe('needsApproval');
    expect(codeOf(await issue(scout))).toBe('awaiting_approval');
  });

  it('and again at each use, by the files of that moment', async () => {
    const [lead, scout] = (await chainOf(world, ['lead', 'scout'])) as [Held, Held];
    expect(codeOf(await issue(scout))).toBe('ok');
    await under({ policies: `${READ} ${needs('lead', 'context.approvals.count >= 1')}` });
    expect(codeOf(await issue(scout))).toBe('awaiting_approval');
    await under({ policies: READ });
    expect(codeOf(await issue(scout))).toBe('ok');
    expect(codeOf(await issue(lead))).toBe('ok');
  });
});

describe('what is below is never more than what is above, by the files of the moment', () => {
  const path = (value: string) => [{ capability: 'store:read', parameters: { path: value } }];

  it.each<[string, string, ConfigParts]>([
    ['lost it from its ceiling', 'outside_ceiling', withAgent('lead', { capabilities: ['store:list'] })],
    [
      'left the files',
      'unknown_agent',
      {
        ...CHAIN_PARTS,
        agents: ['scout', 'writer'].map((id) => chainAgent(id, { capabilities: EVERYTHING })),
      },
    ],
  ])('where an agent above %s: %s', async (_, code, parts) => {
    const [lead] = (await chainOf(world, ['lead'])) as [Held];
    const scout = await handedOn(world, lead, 'scout', { capabilities: path('a/b') });
    const writer = await handedOn(world, scout, 'writer', { capabilities: path('a/b/c') });
    await world.use(parts);
    expect(codeOf(await issue(scout, path('a/b')))).toBe(code);
    const answer = await issue(writer, path('a/b/c'));
    expect(codeOf(answer)).toBe(code);
    // What else those above may ask for is not theirs to know.
    expect((answer as Refusal).detail).not.toContain('store:list');
  });

  it('where the capability means something else by now, and what was narrower is not', async () => {
    const [lead] = (await chainOf(world, ['lead'])) as [Held];
    const scout = await handedOn(world, lead, 'scout', { capabilities: path('a/b') });
    expect(codeOf(await issue(scout, path('a/b')))).toBe('ok');
    const statements = [{ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme-store/${path}-index'] }];
    const capabilities = { ...STORE.capabilities, read: { ...STORE.capabilities['read'], statements } };
    await under({
      targets: [
        awsTarget('store', { capabilities: capabilities as typeof STORE.capabilities }),
        awsTarget('ledger'),
      ],
    });
    expect(codeOf(await issue(scout, path('a/b')))).toBe('outside_task');
    expect(codeOf(await issue(lead, path('a')))).toBe('ok');
  });

  it('where the capability has gained a parameter, for which a task above has no value', async () => {
    const [lead] = (await chainOf(world, ['lead'])) as [Held];
    const { parameters, statements } = STORE.capabilities['read'] ?? {};
    const list = { ...STORE.capabilities['list'], parameters, statements };
    const capabilities = { ...STORE.capabilities, list } as typeof STORE.capabilities;
    await under({ targets: [awsTarget('store', { capabilities }), awsTarget('ledger')] });
    const wanted = [{ capability: 'store:list', parameters: { path: 'a' } }];
    const answer = await world.delegate(lead.task.id, lead.token, { agent: 'scout', capabilities: wanted });
    expect(codeOf(answer)).toBe('outside_task');
  });

  it('where the record of a task above is gone', async () => {
    const [lead, scout] = (await chainOf(world, ['lead', 'scout'])) as [Held, Held];
    const { read } = world.records;
    world.records.read = async (keys) =>
      (await read(keys)).map((one) =>
        (one?.value as { id?: string })?.id === lead.task.id ? undefined : one,
      );
    expect(codeOf(await issue(scout))).toBe('task_over');
    expect(await statusNow(scout)).toBe('expired');
    world.records.read = read;
  });
});
