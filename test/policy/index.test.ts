// The index of policies changes no answer: whatever is asked, it is as if Cedar had seen every policy and all of the context.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPolicyEngine, type DecisionInput, type Memory } from '../../src/policy/index.ts';
import { agentDefinition, awsTarget, configOf } from '../support/config.ts';
import { createPlainEngine } from '../support/plain-policy.ts';
import { askingConfig, config, humanQuestion, input } from '../support/random-policies.ts';

test('an indexed decision is the plain one, for agents and for people, remembered or not', async () => {
  // One of them twice, but for what the task says of itself: what is remembered of the first may not hold of the second.
  const questions = fc
    .tuple(fc.array(input, { maxLength: 2 }), input, input)
    .map(([others, { chain, ...first }, { chain: otherChain }]) => [
      ...others,
      { ...first, chain },
      { ...first, chain: otherChain.map((task) => ({ ...task, agent: chain[0]?.agent ?? task.agent })) },
    ]);
  const ofPeople = fc.array(humanQuestion, { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(config, questions, ofPeople, async (files, inputs, people) => {
      const plain = createPlainEngine(files);
      const indexed = await createPolicyEngine(files);
      const memory: Memory = new Map();
      for (const each of inputs) {
        const decisions = plain.decideEach(each);
        expect(indexed.decideEach(each)).toEqual(decisions);
        expect(indexed.decideEach(each, memory)).toEqual(decisions);
      }
      for (const question of people) expect(indexed.mayHuman(question)).toEqual(plain.mayHuman(question));
    }),
    { numRuns: 45 },
  );
});

test('people are asked for as if every group had been tried, whatever the conditions make of approvals', async () => {
  const questions = fc.array(input, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(askingConfig, questions, async (files, inputs) => {
      const plain = createPlainEngine(files);
      const indexed = await createPolicyEngine(files);
      for (const each of inputs) expect(indexed.decideEach(each)).toEqual(plain.decideEach(each));
    }),
    { numRuns: 35 },
  );
});

const ASKED: DecisionInput = {
  at: '2026-05-04T07:00:00.000Z',
  address: '127.0.0.1',
  chain: [{ agent: 'alpha', purpose: 'ticket 1', openedAt: '2026-05-04T07:00:00.000Z', chainDepth: 0 }],
  operations: [{ capability: 'orders:read', parameters: {}, maxRows: 2 ** 53 }],
};
const rule = (when: string) => `(principal is Agent, action, resource) when { ${when} };`;
const filesWith = (policies: string) =>
  configOf({
    agents: [agentDefinition('alpha', { groups: ['vault'] })],
    targets: [awsTarget('orders'), awsTarget('web')],
    groups: ['ops', 'vault'],
    policies,
  });
const OPS = 'context.approvals.of["ops"] >= 1';

test.each([
  ['behind what approvals alone make true', `context has approvals && ${OPS}`],
  ['behind a comparison that just holds', `context.time.hour <= 7 && context.time.hour >= 7 && ${OPS}`],
  [
    'behind numbers that JSON takes for the same',
    `context.operation.maxRows != 9007199254740993 && ${OPS}`,
    'context.operation.maxRows == 9007199254740992',
  ],
  ['behind a pattern', `context.task.purpose like "t*k*1" && ${OPS}`],
  ['behind a group of the agent', `principal in Group::"vault" && ${OPS}`],
  ['in a condition after another that holds', `true } unless { false } when { ${OPS}`],
  ['in a record that a policy makes', `{left: true, arg: ${OPS}}.arg`],
  ['in a set', `[true, ${OPS}].containsAll([true]) && ![true, ${OPS}].contains(false)`],
  ['in what is given to a function', `ip(if ${OPS} then "::1" else "10.0.0.1").isLoopback()`],
  ['of a context that an `if` chose', '(if true then context else context).approvals.of["ops"] >= 1'],
  ['behind an action that the request is not about', `Action::"web:read" in Action::"read" && ${OPS}`],
  [
    'by the whole record of counts, while only another policy names the group',
    'context.approvals.of == {"ops": 1, "vault": 0}',
    `resource.environment != "nowhere" || (resource.environment == "nowhere" && ${OPS})`,
  ],
])('a group is found %s', async (_where, condition, also = 'true') => {
  const files = filesWith(`permit ${rule(condition)}\nforbid ${rule(`!(${also})`)}`);
  const decision = (await createPolicyEngine(files)).decide(ASKED);
  expect(decision).toMatchObject({ outcome: 'needsApproval', approvals: { count: 1, of: { ops: 1 } } });
  expect(decision).toEqual(createPlainEngine(files).decide(ASKED));
});

test.each([
  [
    'what errs without approvals',
    `permit ${rule('true')}\nforbid ${rule('context.approvals.count < 1 && context.task.requester.proven')}`,
  ],
  [
    'a forbid that heeds none, which is named alone',
    `permit ${rule(OPS)}\nforbid ${rule('context.approvals.count < 4')}\nforbid ${rule('true')}`,
  ],
])('nobody is asked to approve %s', async (_what, policies) => {
  const files = filesWith(policies);
  const decision = (await createPolicyEngine(files)).decide(ASKED);
  expect(decision).toMatchObject({ outcome: 'denied', policies: [expect.any(String)] });
  expect(decision).toEqual(createPlainEngine(files).decide(ASKED));
});
