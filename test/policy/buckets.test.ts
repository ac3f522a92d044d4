// What is left out of a question makes no difference to its answer: attributes, policies that approvals can't change,
// and groups of any name.
import { expect, test } from 'vitest';
import { createPolicyEngine, type DecisionInput } from '../../src/policy/index.ts';
import { agentDefinition, awsTarget, configOf } from '../support/config.ts';
import { createPlainEngine } from '../support/plain-policy.ts';

const ASKED: DecisionInput = {
  at: '2026-05-04T07:00:00.000Z',
  address: '127.0.0.1',
  chain: [{ agent: 'alpha', purpose: 'ticket 1', openedAt: '2026-05-04T07:00:00.000Z', chainDepth: 0 }],
  operations: [{ capability: 'orders:read', parameters: {} }],
};

const filesWith = (policies: string, groups: readonly string[] = ['ops']) =>
  configOf({
    agents: [agentDefinition('alpha')],
    targets: [awsTarget('orders')],
    groups: [...groups],
    policies,
  });
const PERMIT = 'permit (principal, action, resource);';
const forbid = (when: string) =>
  `@id("f") forbid (principal is Agent, action, resource is Target) when { ${when} };`;

async function decided(policies: string, groups?: readonly string[], input = ASKED) {
  const files = filesWith(policies, groups);
  const decision = (await createPolicyEngine(files)).decide(input);
  expect(decision).toEqual(createPlainEngine(files).decide(input));
  return decision;
}

test.each(['attr', 'left', 'right', 'arg', 'if', 'in', 'Value', 'Var', 'Record', 'Set', 'of'])(
  'a record with a member called %s hides nothing that is looked at within it',
  async (member) => {
    for (const looked of [
      'resource has environment',
      'principal has environment',
      'Target::"orders" has kind',
    ]) {
      const { outcome, policies } = await decided(
        `${PERMIT} ${forbid(`{"${member}": ${looked}}["${member}"]`)}`,
      );
      expect({ outcome, policies }).toEqual({ outcome: 'denied', policies: ['f'] });
    }
    const asks = forbid(`!{"${member}": context.approvals.of["ops"] >= 1}["${member}"]`);
    expect(await decided(`${PERMIT} ${asks}`)).toMatchObject({ approvals: { count: 1, of: { ops: 1 } } });
  },
);

test.each(['permit', 'forbid'])(
  'many policies that approvals cannot change are asked apart from those that they can: %s',
  async (effect) => {
    const others = Array.from(
      { length: 40 },
      (_, i) => `@id("o${i}") ${effect} (principal, action, resource) when { context.time.hour == ${i} };`,
    );
    const asks = '@id("a") permit (principal, action, resource) when { context.approvals.count >= 2 };';
    const found = await decided([asks, ...others].join('\n'));
    // At seven, one of the others speaks.
    expect(found).toMatchObject(
      effect === 'permit'
        ? { outcome: 'allowed', policies: ['o7'] }
        : { outcome: 'denied', policies: ['o7'] },
    );
    const later = { ...ASKED, at: '2026-05-04T12:00:00.000Z' };
    const noon = others.filter((policy) => !policy.includes('"o12"'));
    expect(await decided([asks, ...noon].join('\n'), ['ops'], later)).toMatchObject({
      outcome: 'needsApproval',
      approvals: { count: 2, of: {} },
      policies: ['a'],
    });
  },
);

test.each(['constructor', 'of'])('a group called %s approves like any other', async (group) => {
  const policies = `permit (principal, action, resource) when { context.approvals.of["${group}"] >= 2 };`;
  const decision = (await createPolicyEngine(filesWith(policies, [group, 'ops']))).decide(ASKED);
  expect(decision).toMatchObject({ outcome: 'needsApproval', approvals: { count: 2, of: { [group]: 2 } } });
});

test('what lacks a part that every request has is denied, also where the part is there and nothing', async () => {
  const engine = await createPolicyEngine(filesWith(PERMIT));
  const [task] = ASKED.chain;
  const lacking = [
    { ...ASKED, chain: [{ ...task, purpose: undefined }] },
    { ...ASKED, chain: [{ ...task, requester: { id: undefined, proven: true } }] },
    { ...ASKED, operations: [{ ...ASKED.operations[0], http: { method: undefined, route: 'GET /' } }] },
    { ...ASKED, address: '10.0.0.0/8' },
  ] as unknown as readonly DecisionInput[];
  for (const input of lacking)
    expect(engine.decide(input)).toMatchObject({ outcome: 'denied', policies: [] });
});

test('approvers are sought within bounds: all that eight groups can give, and of more the less demanding', async () => {
  const groups = Array.from({ length: 30 }, (_, i) => `group-${String(i).padStart(2, '0')}`);
  const any = (least: number) =>
    groups.map((group) => `context.approvals.of["${group}"] >= ${least}`).join(' || ');
  const asking = (least: number, among = groups) =>
    createPolicyEngine(filesWith(`permit (principal, action, resource) when { ${any(least)} };`, among));
  expect((await asking(1)).decide(ASKED)).toMatchObject({ approvals: { count: 1, of: { 'group-00': 1 } } });
  expect((await asking(4)).decide(ASKED)).toMatchObject({ outcome: 'denied', code: 'denied_by_policy' });
  const eight = groups.slice(0, 8);
  const last = `permit (principal, action, resource) when { (${eight
    .map((group) => `context.approvals.of["${group}"] >= 4`)
    .join(' || ')}) || context.approvals.of["group-05"] == 1 && context.approvals.of["group-06"] == 1
    && context.approvals.of["group-07"] == 1 };`;
  expect((await createPolicyEngine(filesWith(last, eight))).decide(ASKED)).toMatchObject({
    approvals: { count: 3, of: { 'group-05': 1, 'group-06': 1, 'group-07': 1 } },
  });
});
