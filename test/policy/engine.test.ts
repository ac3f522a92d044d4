// What holds for every policy set and every question, and how the engine lives with Cedar's caches.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Effect, Impact } from '../../src/config/index.ts';
import { IMPACTS } from '../../src/config/index.ts';
import { CedarFailed, cedar } from '../../src/policy/cedar.ts';
import { askCapability } from '../../src/policy/engine.ts';
import { createEvaluator } from '../../src/policy/evaluate.ts';
import { type CapabilityQuestion, createPolicyEngine } from '../../src/policy/index.ts';
import { parsePolicies } from '../../src/policy/policies.ts';
import { actionsOf } from '../../src/policy/schema.ts';
import { AGENT, makeConfig, TARGET } from './configs.ts';

const READ: CapabilityQuestion = {
  agent: AGENT,
  target: TARGET,
  capability: 'read',
  impacts: [],
  task: { purpose: 'answer ticket 42', chainDepth: 1 },
};

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
        });
        const scope = { capabilities: actionsOf(config, TARGET) };
        const evaluator = createEvaluator(config, parsePolicies(config).policies);
        const question = { ...READ, capability: choice.effect, impacts: choice.impacts };
        const { ask } = askCapability(config, evaluator, scope, question);
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
        expect(engine.decide({ ...READ, capability })).toMatchObject({
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
  const task = { purpose: 'x', chainDepth: 'two' as unknown as number };
  expect(engine.decide({ ...READ, task })).toMatchObject({ outcome: 'denied', policies: [] });
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
      const task = { purpose, chainDepth: 1, requester: { id, proven: false } };
      expect(engine.decide({ ...READ, task }).outcome).toBe('allowed');
      expect(engine.decide({ ...READ, capability: 'write', task }).outcome).toBe('needsApproval');
    }),
  );
});

test.each([
  ['an agent', { agent: 'nobody' }],
  ['an agent', { agent: 'constructor' }],
  ['a target', { target: 'nowhere' }],
  ['a capability', { capability: 'nothing' }],
])('being asked about %s that does not exist is a fault of the caller', async (what, wrong) => {
  const engine = await createPolicyEngine(makeConfig());
  expect(() => engine.decide({ ...READ, ...wrong })).toThrow(what);
});

test.each([
  ['permit (principal, action', 'policies/default.cedar:1: the policy does not parse'],
  ['permit (principal == ?principal, action, resource);', 'template'],
  [
    '@id("a") permit (principal, action, resource);\n@id("a") permit (principal, action, resource);',
    'default.cedar:2',
  ],
])('an engine is not made of what does not load: %s', async (policies, message) => {
  await expect(createPolicyEngine(makeConfig({ policies }))).rejects.toThrow(message);
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
  expect(engine.decide({ ...READ, capability: 'admin' }).approvals).toEqual({ count: 2, of: {} });
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
