// What an explanation says of a decision: which rule, which conditions, and what would make it pass, in words.
import { describe, expect, test } from 'vitest';
import {
  approvalsInWords,
  createExplainer,
  type Explained,
  type ExplainedPolicy,
} from '../../src/policy/index.ts';
import { AGENT, makeConfig, TARGET } from './configs.ts';

type Choice = Parameters<typeof makeConfig>[0];
interface Question {
  readonly effect?: 'read' | 'write' | 'admin';
  readonly purpose?: string;
  readonly at?: string;
  readonly requester?: { readonly id: string; readonly proven: boolean };
  readonly address?: string;
  readonly operation?: object;
}

function ask(choice: Choice, question: Question = {}): Explained {
  const { effect = 'read', purpose = 'answer ticket 42', requester, operation = {} } = question;
  const { at = '2026-03-04T12:00:00.000Z', address = '192.0.2.1' } = question;
  const own = { agent: AGENT, purpose, chainDepth: 0, openedAt: at };
  const { operations } = createExplainer(makeConfig(choice)).ofInput({
    ...{ at, address },
    chain: [requester === undefined ? own : { ...own, requester }],
    operations: [{ capability: `${TARGET}:${effect}`, parameters: {}, ...operation }],
  });
  const explained = operations[0]?.tasks[0];
  if (explained === undefined) throw new Error('nothing was explained');
  return explained;
}

function onlyPolicy({ policies }: Explained): ExplainedPolicy {
  const [policy] = policies;
  if (policy === undefined || policies.length > 1) throw new Error(`${policies.length} policies, not one`);
  return policy;
}

const READ = 'permit (principal is Agent, action in Action::"read", resource)';

describe('what would make it pass', () => {
  test.each<[says: readonly string[], choice: Choice, question?: Question]>([
    [[], {}],
    [['one approval by anyone who may approve'], {}, { effect: 'write' }],
    [['two approvals by anyone who may approve'], {}, { effect: 'admin' }],
    [
      ['one approval by orders-owners'],
      { policies: `${READ} when { context.approvals.of["orders-owners"] >= 1 };` },
    ],
    [
      ['two approvals: one by security, one by anyone who may approve'],
      { policies: `${READ} when { context.approvals.of.security >= 1 && context.approvals.count >= 2 };` },
    ],
    [
      ['two approvals: one by orders-owners, one by security'],
      {
        policies: `${READ} when { context.approvals.of.security >= 1 && context.approvals.of["orders-owners"] >= 1 };`,
      },
    ],
    [
      [
        'no approval helps: forbidden by environments-stay-apart',
        'for environments-stay-apart to forbid it no longer: principal.environment == resource.environment (principal.environment is "staging", resource.environment is "production")',
        'and then two approvals by anyone who may approve',
      ],
      { agent: { environment: 'staging' } },
      { effect: 'admin' },
    ],
    [
      ['no policy is about it: somebody would have to write a permit'],
      { policies: 'permit (principal, action == Action::"reports:read", resource);' },
    ],
    [
      ['for default.cedar:1 to permit it: principal in Group::"support" (principal is in no group)'],
      { policies: 'permit (principal in Group::"support", action, resource);' },
    ],
    [
      [
        'for default.cedar:1 to permit it: context.time.hour < 9 (context.time.hour is 12)',
        'and then one approval by security',
      ],
      {
        policies: `${READ} when { context.time.hour < 9 && context.approvals.of.security > 0 };
          ${READ} when { context.time.hour < 9 && resource.sensitivity == "public" };`,
      },
    ],
    [
      ['for default.cedar:1 to permit it: context.approvals.count >= 4 (context.approvals.count is 0)'],
      { policies: `${READ} when { context.approvals.count >= 4 };` },
    ],
    [
      ['never forbids it whatever else is the case'],
      { policies: `${READ}; @id("never") forbid (principal, action, resource);` },
    ],
    [
      ['no approval helps: no set of up to three approvers satisfies all rules at once'],
      {
        policies: `${READ}; @id("some") forbid (principal, action, resource) when { context.approvals.count < 1 };
          @id("none") forbid (principal, action, resource) when { context.approvals.count > 0 };`,
      },
    ],
  ])('%j', (says, choice, question) => {
    const { remedies } = ask(choice, question);
    if (says.length === 0) expect(remedies).toEqual([]);
    else for (const one of says) expect(remedies.join('\n')).toContain(one);
    expect(remedies.length).toBeGreaterThanOrEqual(says.length);
  });

  test.each([
    [{ count: 1, of: {} }, 'one approval by anyone who may approve'],
    [{ count: 2, of: { a: 2 } }, 'two approvals by a'],
    [{ count: 3, of: { a: 2 } }, 'three approvals: two by a, one by anyone who may approve'],
    [{ count: 12, of: { a: 6, b: 6 } }, '12 approvals: six by a, six by b'],
    [{ count: 1, of: { a: 1, b: 0 } }, 'one approval by a'],
  ])('%j in words', (approvals, words) => {
    expect(approvalsInWords(approvals)).toBe(words);
  });

  test('each of a chain and each of several operations is named', () => {
    const at = '2026-03-04T12:00:00.000Z';
    const task = (agent: string, chainDepth: number) => ({ agent, purpose: 'x', openedAt: at, chainDepth });
    const { remedies, decision } = createExplainer(makeConfig()).ofInput({
      ...{ at, address: '192.0.2.1' },
      chain: [task(AGENT, 1), task('report-builder', 0)],
      operations: ['read', 'write'].map((name) => ({ capability: `${TARGET}:${name}`, parameters: {} })),
    });
    expect(decision.outcome).toBe('denied');
    for (const name of ['read', 'write']) {
      expect(remedies).toContain(
        `report-builder, ${TARGET}:${name}: no approval helps: forbidden by environments-stay-apart`,
      );
    }
    expect(remedies.join()).not.toContain(`${AGENT},`);
  });
});

describe('conditions', () => {
  test('what is only looked at behind a guard that fails is not said to fail', () => {
    const policies = `${READ} when { context.task has requester && context.task.requester.proven && context.time.hour > 20 };`;
    expect(onlyPolicy(ask({ policies })).unmet).toEqual([
      { text: 'context.task has requester', values: [] },
      { text: 'context.task.requester.proven', values: [], untold: true },
      { text: 'context.time.hour > 20', values: [{ of: 'context.time.hour', is: '12' }] },
    ]);
    const requester = { id: 'kim@example.com', proven: false };
    expect(onlyPolicy(ask({ policies }, { requester })).unmet[0]).toEqual({
      text: 'context.task.requester.proven',
      values: [{ of: 'context.task.requester.proven', is: 'false' }],
    });
  });

  test('`unless` is what must not hold', () => {
    const policies = `${READ} unless { resource.environment == "production" && !(context.time.hour == 3) };`;
    expect(onlyPolicy(ask({ policies })).unmet).toEqual([
      {
        anyOf: [
          [
            {
              text: 'resource.environment != "production"',
              values: [{ of: 'resource.environment', is: '"production"' }],
            },
          ],
          [{ text: 'context.time.hour == 3', values: [{ of: 'context.time.hour', is: '12' }] }],
        ],
      },
    ]);
  });

  test('a whole range of values is shown as Cedar would write them', () => {
    const policies = `${READ} when {
      context.caller.address.isInRange(ip("10.0.0.0/8")) && context.impacts.contains("export")
      && resource.ownerGroup == Group::"security" && context.operation.parameters has prefix
      && (if context.task.chainDepth > 3 then true else false) };`;
    const { unmet } = onlyPolicy(ask({ policies, target: { group: 'support' } }));
    const shown = unmet.flatMap((one) => ('values' in one ? one.values : []));
    expect(shown.map(({ of, is }) => `${of} is ${is}`)).toEqual([
      'context.caller.address is ip("192.0.2.1")',
      'context.impacts is []',
      'resource.ownerGroup is Group::"support"',
      'context.task.chainDepth is 0',
    ]);
  });

  test('numbers that JavaScript would round are not cut out of their policy', () => {
    const policies = `@id("odd") ${READ} when { context.task.age > 9007199254740992 && context.time.hour == 12 };`;
    const { unmet } = onlyPolicy(ask({ policies }));
    expect(unmet).toMatchObject([{ values: [] }]);
    expect(JSON.stringify(unmet)).toContain('its conditions as a whole');
    const holds = `@id("odd") forbid (principal, action, resource) when { context.task.age < 9223372036854775807 };`;
    expect(onlyPolicy(ask({ policies: holds }))).toMatchObject({ says: 'forbids', decided: true });
  });
});

describe('attacks', () => {
  test.each([
    ['a missing attribute', 'context.task.requester.proven'],
    ['an overflow', '9223372036854775807 + context.task.chainDepth + 1 > 0'],
    ['an unknown agent', 'Agent::"gone".environment == "test"'],
    ['text that is no number', 'decimal(context.task.purpose).lessThan(decimal("1.0"))'],
  ])('%s: it is the error that is told', (_, condition) => {
    for (const effect of ['permit', 'forbid']) {
      const policies = `${READ}; @id("broken") ${effect} (principal, action, resource) when { true && ${condition} };`;
      const { remedies, policies: told, decision } = ask({ policies });
      expect(decision.policies).toEqual(['broken']);
      expect(told[0]).toMatchObject({ id: 'broken', says: 'errs', decided: true });
      expect(remedies).toEqual([`broken must not err: ${told[0]?.error}`]);
      expect(told[0]?.error).not.toMatch(/`c\d+`|policy/);
    }
  });

  test('a policy of 200 conditions', () => {
    const many = Array.from({ length: 190 }, (_, i) => `context.task.purpose != "p${i}"`);
    const chain = onlyPolicy(
      ask({ policies: `${READ} when { ${many.join(' && ')} && context.task.age > 5 };` }),
    );
    expect(chain.unmet).toMatchObject([{ text: 'context.task.age > 5' }]);
    const either = many.map((one) => one.replace('!=', '=='));
    const { remedies, policies } = ask({ policies: `${READ} when { ${either.join(' || ')} };` });
    expect(policies[0]?.unmet).toMatchObject([{ anyOf: { length: 190 } }]);
    expect(remedies[0]).toMatch(/ or 184 other ways$/);
  });

  test('a policy as deep as may be loaded', () => {
    const deep = `${'!('.repeat(58)}context.task.age > 5${')'.repeat(58)}`;
    expect(onlyPolicy(ask({ policies: `${READ} when { ${deep} };` })).unmet).toMatchObject([
      { text: 'context.task.age > 5' },
    ]);
  });

  test('a thousand permits that miss: the nearest are told, the others counted', () => {
    const all = Array.from(
      { length: 300 },
      (_, i) => `${READ} when { context.task.age > ${i} && context.time.hour == ${i} };`,
    );
    const { policies, left } = ask({ policies: all.join('\n') });
    // One of them has the hour right.
    expect(policies[0]?.id).toBe('default.cedar:13');
    expect([policies.length, left]).toEqual([50, 250]);
  });

  test.each([
    ['an address that is none', { address: 'localhost' }],
    ['a parameter that nothing declares', { operation: { parameters: { other: 'x' } } }],
    ['half a character', { purpose: 'x \ud800' }],
    ['a number of rows that is none', { operation: { maxRows: 1.5 } }],
  ])('%s: it is the request that is told', (_, question) => {
    const { decision, policies, problem, remedies } = ask({}, question);
    expect(decision).toMatchObject({ outcome: 'denied', policies: [] });
    expect(policies).toEqual([]);
    expect(problem).toBeTruthy();
    expect(remedies).toEqual([`the request must be another: ${problem}`]);
  });

  test('a page of purpose does not fill the sentence', () => {
    const { remedies } = ask(
      { policies: `${READ} when { context.task.purpose == "x" };` },
      { purpose: 'é'.repeat(5000) },
    );
    expect(remedies[0]?.length).toBeLessThan(250);
  });
});
