// What holds for every policy set and every question, and how the engine lives with Cedar's caches.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect, Impact } from '../../src/config/index.ts';
import { IMPACTS } from '../../src/config/index.ts';
import type { Approvals } from '../../src/policy/approvers.ts';
import { CedarFailed, cedar } from '../../src/policy/cedar.ts';
import { createEvaluator } from '../../src/policy/evaluate.ts';
import {
  createPolicyEngine,
  type DecisionInput,
  type Memory,
  type Operation,
} from '../../src/policy/index.ts';
import { parsePolicies, readPolicies } from '../../src/policy/policies.ts';
import { askedOf, capabilityRequest } from '../../src/policy/request.ts';
import { AGENT, makeConfig, TARGET } from './configs.ts';

const AT = '2026-03-04T12:00:00.000Z';
const TASK = { agent: AGENT, purpose: 'answer ticket 42', openedAt: AT, chainDepth: 1 };
const asking = (name: string, operation: Partial<Operation> = {}): DecisionInput => ({
  at: AT,
  address: '192.0.2.1',
  chain: [TASK],
  operations: [{ capability: `${TARGET}:${name}`, parameters: {}, ...operation }],
});
const by = (task: Partial<typeof TASK>, name = 'read') => ({
  ...asking(name),
  chain: [{ ...TASK, ...task }],
});
const READ = asking('read');

const environment = fc.constantFrom('production', 'staging', 'test');
const effect = fc.constantFrom<Effect>('read', 'write', 'admin');
const impacts = fc.subarray<Impact>([...IMPACTS]);
const few = fc.nat({ max: 3 });
const PERMIT_ALL = 'permit (principal is Agent, action, resource is Target);';

test('under the default policies, more approvals never turn a yes into a no', () => {
  fc.assert(
    fc.property(
      fc.record({
        agent: environment,
        target: environment,
        effect,
        impacts,
        group: fc.constantFrom('support', 'none'),
      }),
      fc.record({ count: few, owners: few, moreCount: few, moreOwners: few }),
      (choice, { count, owners, moreCount, moreOwners }) => {
        const config = makeConfig({
          agent: { environment: choice.agent },
          target: { environment: choice.target, group: choice.group },
          impacts: choice.impacts,
        });
        const evaluator = createEvaluator(config, readPolicies(config));
        const input = asking(choice.effect);
        const request = capabilityRequest(
          config,
          input,
          TASK,
          askedOf(config, input.operations[0] as Operation),
        );
        const ask = (approvals: Approvals) => evaluator.evaluate(request, approvals);
        const some = ask({ count, of: { 'orders-owners': owners } });
        const more = ask({ count: count + moreCount, of: { 'orders-owners': owners + moreOwners } });
        expect(more.permitted || !some.permitted).toBe(true);
        expect(ask({ count: 3, of: {} }).permitted).toBe(choice.agent === choice.target);
      },
    ),
  );
});

const erring = fc.constantFrom(
  '9223372036854775807 + context.task.chainDepth > 0',
  '-9223372036854775807 - 1 - context.task.chainDepth < 0',
  'context.task.chainDepth * 9223372036854775807 + 9223372036854775807 > 1',
  'context.task.requester.proven',
  'Agent::"gone".environment == "test"',
  'decimal(context.task.purpose).lessThan(decimal("1.0"))',
  'ip(context.task.purpose).isLoopback()',
);

test('a policy that errs denies, whatever else permits', async () => {
  await fc.assert(
    fc.asyncProperty(
      erring,
      fc.constantFrom('permit', 'forbid'),
      fc.constantFrom('when', 'unless'),
      fc.boolean(),
      effect,
      async (condition, verb, clause, last, capability) => {
        const broken = `@id("broken") ${verb} (principal, action, resource) ${clause} { ${condition} };`;
        const policies = last ? `${PERMIT_ALL}\n${broken}` : `${broken}\n${PERMIT_ALL}`;
        const engine = await createPolicyEngine(makeConfig({ policies }));
        expect(engine.decide(asking(capability))).toMatchObject({
          outcome: 'denied',
          code: 'denied_by_policy',
          policies: ['broken'],
        });
      },
    ),
  );
});

test('a policy that errs only once somebody approved is no way around approval', async () => {
  const policies = `@id("odd") permit (principal, action in Action::"read", resource)
    when { context.approvals.count > 0 && context.approvals.count + 9223372036854775806 > 0 };`;
  const engine = await createPolicyEngine(makeConfig({ policies }));
  // One approval permits; with two the sum overflows, which is nobody's concern any more.
  expect(engine.decide(READ)).toMatchObject({ outcome: 'needsApproval', approvals: { count: 1, of: {} } });
  const never = policies.replace('9223372036854775806', '9223372036854775807');
  expect((await createPolicyEngine(makeConfig({ policies: never }))).decide(READ).outcome).toBe('denied');
});

test('a request that does not fit the schema is denied', async () => {
  const engine = await createPolicyEngine(makeConfig({ policies: PERMIT_ALL }));
  const wrong: readonly DecisionInput[] = [
    by({ chainDepth: 'two' as unknown as number }),
    { ...READ, address: '' },
    { ...READ, address: 'example.com' },
    asking('read', { parameters: { unheard: 'of' } }),
    asking('read', { maxRows: 'all' as unknown as number }),
  ];
  for (const input of wrong) {
    expect(engine.decide(input)).toMatchObject({ outcome: 'denied', policies: [] });
  }
  expect(engine.decide(READ).outcome).toBe('allowed');
});

test('people may do only what policies give their groups', async () => {
  const engine = await createPolicyEngine(makeConfig());
  const allowed: Readonly<Record<string, readonly string[]>> = {
    contain: ['operators', 'security'],
    restore: ['operators'],
    audit: ['security'],
  };
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom('operators', 'security', 'none'), fc.string())),
      fc.constantFrom('contain', 'restore', 'audit'),
      fc.string(),
      (groups, action, id) => {
        const { outcome } = engine.mayHuman({
          human: { id, groups },
          action,
          resource: { type: 'Agent', id: AGENT },
        });
        const may = groups.some((group) => allowed[action]?.includes(group));
        expect(outcome).toBe(may ? 'allowed' : 'denied');
      },
    ),
  );
});

test('whatever the purpose and the requester say, they are text', async () => {
  const engine = await createPolicyEngine(makeConfig());
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (purpose, id) => {
      const task = { ...TASK, purpose, requester: { id, proven: false } };
      expect(engine.decide({ ...READ, chain: [task] }).outcome).toBe('allowed');
      expect(engine.decide({ ...asking('write'), chain: [task] }).outcome).toBe('needsApproval');
    }),
  );
});

test.each([
  ['an agent', by({ agent: 'nobody' })],
  ['an agent', by({ agent: 'constructor' })],
  ['a target', { ...READ, operations: [{ capability: 'nowhere:read', parameters: {} }] }],
  ['a capability', asking('nothing')],
  ['a capability', asking('constructor')],
])('being asked about %s that does not exist is a fault of the caller', async (what, wrong) => {
  const engine = await createPolicyEngine(makeConfig());
  expect(() => engine.decide(wrong)).toThrow(what);
});

test('what no policy looks at is decided once, and what one looks at is not', async () => {
  const decided = async (policies: string, operations: readonly Operation[]) => {
    const memory: Memory = new Map();
    const engine = await createPolicyEngine(makeConfig({ policies }));
    const decisions = engine.decideEach({ ...READ, operations }, memory);
    return { outcomes: new Set(decisions.map(({ outcome }) => outcome)), answers: memory.size };
  };
  const operations = Array.from({ length: 20 }, (_, i) => ({
    capability: `${TARGET}:read`,
    parameters: { prefix: `team-${i}` },
  }));
  expect(await decided(PERMIT_ALL, operations)).toEqual({ outcomes: new Set(['allowed']), answers: 1 });
  const one = `${PERMIT_ALL} forbid (principal, action in Action::"read", resource)
    when { context.operation.parameters has prefix && context.operation.parameters.prefix == "team-7" };`;
  expect(await decided(one, operations)).toEqual({
    outcomes: new Set(['allowed', 'denied']),
    answers: operations.length,
  });
});

test.each<[string, DecisionInput]>([
  ['half a character', by({ purpose: 'x \ud800' })],
  ['no moment', by({ openedAt: 'never' })],
  ['no address', { ...READ, address: 'nowhere' }],
  ['a parameter that none has', asking('read', { parameters: { unheard: 'of' } })],
])(
  'what the schema does not know is denied, though all that policies look at was answered before: %s',
  async (_, wrong) => {
    const memory: Memory = new Map();
    const engine = await createPolicyEngine(makeConfig({ policies: PERMIT_ALL }));
    expect(engine.decide(READ, memory).outcome).toBe('allowed');
    expect(engine.decide(wrong, memory).outcome).toBe('denied');
    expect(engine.decide(READ, memory).outcome).toBe('allowed');
  },
);

const TWICE = '@id("a") permit (principal, action, resource);';
test.each([
  ['permit (principal, action', 'policies/default.cedar:1: the policy does not parse'],
  ['permit (principal == ?principal, action, resource);', 'template'],
  [`${TWICE}\n${TWICE}`, 'default.cedar:2'],
  ['permit (principal, action, resource) when { context. };', 'policies/default.cedar:1'],
])('nothing is decided by what would not have passed the check: %s', async (policies, message) => {
  // The head is read at once, the conditions when they are first asked for.
  const decided = async () => (await createPolicyEngine(makeConfig({ policies }))).decide(READ);
  await expect(decided()).rejects.toThrow(message);
});

test('many engines live side by side, each by its own policies', async () => {
  const open = makeConfig({ policies: PERMIT_ALL });
  const shut = makeConfig({ policies: '' });
  const engines = await Promise.all(
    Array.from({ length: 40 }, (_, i) => createPolicyEngine(i % 3 === 0 ? open : shut)),
  );
  for (const order of [engines, engines.toReversed()]) {
    const outcomes = order.map((engine) => [engine.decide(READ).outcome, engine.decide(READ).outcome]);
    const expected = engines.map((_, i) => Array(2).fill(i % 3 === 0 ? 'allowed' : 'denied'));
    expect(outcomes).toEqual(order === engines ? expected : expected.toReversed());
  }
});

test('an engine outlives a Cedar that ran out of its stack', async () => {
  const engine = await createPolicyEngine(makeConfig());
  const deep = `permit (principal, action, resource) when { ${'('.repeat(5000)}true${')'.repeat(5000)} };`;
  expect(() => cedar((module) => module.policyToJson(deep))).toThrow(CedarFailed);
  expect(engine.decide(READ).outcome).toBe('allowed');
  expect(engine.decide(asking('admin')).approvals).toEqual({ count: 2, of: {} });
});

test.each([
  ['a chain', (size: number) => Array(size).fill('principal == Agent::"support-bot"').join(' && ')],
  ['a sum', (size: number) => `${Array(size).fill('context.task.chainDepth').join(' + ')} > 0`],
  ['nested ifs', (size: number) => `${'if true then '.repeat(size)}true${' else false'.repeat(size)}`],
])('%s that is as deep as the check allows can be evaluated', async (_name, make) => {
  const policy = (size: number) =>
    `permit (principal, action in Action::"read", resource) when { ${make(size)} };`;
  const loads = (size: number) => parsePolicies(makeConfig({ policies: policy(size) })).faults.length === 0;
  let size = 10;
  while (loads(size + 1)) size += 1;
  expect(size).toBeGreaterThan(150);
  const engine = await createPolicyEngine(makeConfig({ policies: policy(size) }));
  expect(engine.decide(READ).outcome).toBe('allowed');
});
