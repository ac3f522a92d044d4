// `bailiwick policy explain` of what somebody thinks of: every flag reaches policy, and what can't be meant is said.
import { describe, expect, test } from 'vitest';
import { decideAgain } from '../../src/broker/decide-again.ts';
import { loadCandidate } from '../../src/cli/policy/candidate.ts';
import { inputOf, parseFlags } from '../../src/cli/policy/explain-flags.ts';
import { judge } from '../../src/cli/policy/explain-structure.ts';
import { createExplainer } from '../../src/policy/index.ts';
import { Refusal } from '../../src/shared/errors.ts';
import { candidate } from './support/backtesting.ts';
import { explained, NOW } from './support/explaining.ts';

type Edit = readonly [file: string, from: string, to: string];
const READ_RULE = 'permit (principal is Agent, action in Action::"read", resource);';
const readWhen = (condition: string): Edit => [
  'policies/default.cedar',
  READ_RULE,
  `@id("here") permit (principal is Agent, action in Action::"read", resource) when { ${condition} };`,
];
const READ = ['--capability', 'demo-aws:read', '--parameter', 'prefix=weekly'];
const ask = (edits: readonly Edit[], ...args: readonly string[]) =>
  explained(['--config', candidate(edits), ...args], { COLUMNS: '100' });

describe('what an agent would do', () => {
  test('is allowed, and by what', async () => {
    const { code, out, err } = await ask([], ...READ);
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n')[0]).toBe('demo-agent, demo-aws:read prefix=weekly: allowed');
    expect(out).toContain('decided by: default.cedar:1');
    expect(out).toContain(READ_RULE);
    expect(out).not.toContain('what would make it pass');
  });

  test('needs approval, and whose', async () => {
    const { code, out } = await ask([], '--capability', 'demo-aws:purge', '--parameter', 'prefix=weekly');
    expect(code).toBe(1);
    expect(out).toContain('demo-aws:purge prefix=weekly: needs two approvals by anyone who may approve');
    expect(out).toContain('it changes the blast radius: destroy');
    expect(out).toContain('- context.approvals.count >= 2   (context.approvals.count is 0)');
    expect(out.split('\n').slice(-2)).toEqual([
      'what would make it pass:',
      '  - two approvals by anyone who may approve',
    ]);
  });

  test.each<[readonly Edit[], readonly string[], string]>([
    [[], ['--capability', 'demo-aws:read', '--holds', 'demo-aws:write'], 'the task lacks demo-aws:read'],
    [[['agents/demo-agent.yaml', '"demo-aws:read", ', '']], READ, "the agent's ceiling lacks demo-aws:read"],
    [
      [],
      READ.slice(0, 2),
      'the parameter prefix of demo-aws:read is required and must match [a-z0-9-]{1,40}',
    ],
  ])('lacks something that policy is not asked about: %j %j', async (edits, args, lacks) => {
    const { code, out } = await ask(edits, ...args);
    expect(code).toBe(1);
    expect(out).toContain('that aside, policy says: allowed');
    expect(out.replace(/\s+/g, ' ')).toContain(`what would make it pass: - ${lacks}`);
  });

  test('a parameter that nothing declares is said once', async () => {
    const { code, out } = await ask([], ...READ, '--parameter', 'x=1');
    expect([code, out.match(/not a parameter of the capability/g)?.length]).toEqual([1, 2]);
    expect(out).not.toMatch(/policy|schema/);
  });

  test.each([
    ['context.task.purpose like "*ticket*"', ['--purpose', 'answer ticket 42']],
    ['context.task has requester && context.task.requester.id == "kim"', ['--requester', 'kim']],
    ['context.task has requester && context.task.requester.proven', ['--requester', 'kim', '--proven']],
    ['context.task.age == 90', ['--age', '90']],
    ['context.task.age == 2419200', ['--age', '2419200']],
    ['context.time.weekday == "monday" && context.time.hour == 7', ['--at', '2026-05-04T09:00:00+02:00']],
    ['context.caller.address == ip("192.0.2.7")', ['--from', '192.0.2.7']],
    ['context.task.chainDepth == 1', ['--above', 'demo-agent']],
    ['context.operation has http && context.operation.http.route == "GET /x"', ['--route', 'GET /x']],
    [
      'context.operation has http && context.operation.http == {method: "HEAD", route: "GET /x"}',
      ['--method', 'HEAD', '--route', 'GET /x'],
    ],
    [
      'context.operation has http && context.operation.http.route == "PUT /x"',
      ['--method', 'PUT', '--route', '/x'],
    ],
    [
      'context.operation has sql && context.operation.sql == {statements: ["select"], reads: ["a", "b"], writes: ["c"], functions: ["now"]}',
      ['--statement', 'select', '--reads', 'a', '--reads', 'b', '--writes', 'c', '--function', 'now'],
    ],
    [
      'context.operation has command && context.operation.command.line == "rm -rf"',
      ['--argv', 'rm', '--argv=-rf'],
    ],
    [
      'context.operation has kubernetes && context.operation.kubernetes.namespace == "n" && context.operation.kubernetes.pod == "p"',
      ['--namespace', 'n', '--pod', 'p'],
    ],
    ['context.operation has maxRows && context.operation.maxRows == 7', ['--max-rows', '7']],
    ['context.operation.parameters has prefix && context.operation.parameters.prefix == "weekly"', []],
  ])('%s', async (condition, args) => {
    const edits = [readWhen(condition)];
    expect((await ask(edits, ...READ, ...args)).out).toContain(': allowed\n');
    if (args.length > 0) expect((await ask(edits, ...READ)).out).toContain(': denied (denied_by_policy)\n');
  });

  test('what agents say can do nothing to a terminal', async () => {
    const { out } = await ask(
      [readWhen('context.task.purpose == "good"')],
      ...READ,
      ...['--purpose', '\u001b[2J\u001b[31mgood\r\nallowed\u202e'],
    );
    expect(out).toContain('context.task.purpose is');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out).not.toMatch(/^allowed/m);
  });

  test.each([30, 60, 100])(
    'no line is wider than a terminal of %d columns, but for words',
    async (columns) => {
      const config = candidate([readWhen('context.task.purpose == "good" && context.time.hour > 20')]);
      const args = ['--config', config, ...READ, '--purpose', 'a long story '.repeat(20)];
      const { out } = await explained(args, { COLUMNS: String(columns) });
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.max(columns, 26));
    },
  );

  test('as JSON it is the decision with everything that explains it', async () => {
    const { code, out } = await ask(
      [],
      '--capability',
      'demo-aws:purge',
      '--parameter',
      'prefix=weekly',
      '--json',
    );
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      input: { at: NOW.toISOString(), chain: [{ agent: 'demo-agent', purpose: 'Be decided about' }] },
      decision: { outcome: 'needsApproval', approvals: { count: 2, of: {} } },
      gaps: [],
      policy: {
        operations: [{ tasks: [{ impacts: ['destroy'], policies: [{ id: 'blast-radius-changes' }, {}] }] }],
      },
      remedies: ['two approvals by anyone who may approve'],
    });
  });
});

describe('what a person would do', () => {
  const PEOPLE: Edit = [
    'broker.yaml',
    'groups: [operators, security]',
    'groups: [operators, security]\n  people: [{ id: sam@example.com, groups: [security] }]',
  ];
  test.each<[readonly string[], number, string]>([
    [
      ['--human', 'kim', '--groups', 'operators', '--action', 'contain'],
      0,
      'kim (in operators), contain, the broker: allowed',
    ],
    [['--human', 'sam@example.com', '--action', 'audit'], 0, 'in security), audit, the broker: allowed'],
    [['--human', 'sam@example.com', '--groups', '', '--action', 'audit'], 1, 'in no group), audit'],
    [
      ['--human', 'kim', '--action', 'restore', '--agent', 'demo-agent'],
      1,
      'for default.cedar:9 to permit it: principal in Group::"operators" (principal is in no group)',
    ],
    [
      ['--human', 'kim', '--groups', 'security', '--action', 'contain', '--agent', 'demo-agent', '--task'],
      0,
      'contain, task of demo-agent: allowed',
    ],
    [
      ['--human', 'kim', '--action', 'approve', '--agent', 'demo-agent', '--target', 'demo-aws'],
      1,
      'no policy is about it: somebody would have to write a permit',
    ],
  ])('%j', async (args, code, says) => {
    const said = await ask([PEOPLE], ...args);
    expect(said.out.replace(/\s+/g, ' ')).toContain(says);
    expect([said.code, said.err]).toEqual([code, '']);
  });
});

test.each<[readonly string[], string]>([
  [[], 'Name a call by its id, or say by flags what an agent or a person would do.'],
  [['call_x'], 'Name one call by its id'],
  [['--nonsense'], "Unknown option '--nonsense'"],
  [
    ['--capability', 'demo-aws:raed'],
    'The files have no capability demo-aws:raed. Did you mean demo-aws:read?',
  ],
  [['--agent', 'demo-agnet', ...READ], 'The files have no agent demo-agnet. Did you mean demo-agent?'],
  [['--agent', '__proto__', ...READ], 'The files have no agent __proto__.'],
  [['--agent', 'demo-agent'], 'Say what it would do with --capability'],
  [[...READ, '--proven'], '--proven needs --requester'],
  [[...READ, '--age', '-1'], '--age'],
  [[...READ, '--age', 'old'], '--age must be a whole number'],
  [[...READ, '--age', '2419201'], '--age must be at most 2419200'],
  [[...READ, '--age', '99999999999999'], '--age must be at most 2419200'],
  [[...READ, '--max-rows', '9'.repeat(16)], '--max-rows must be a whole number'],
  [[...READ, '--at', 'noon'], '--at must be a moment'],
  [[...READ, '--at', '2026-13-40T00:00:00Z'], '--at must be a moment'],
  [[...READ, '--at', '2026-02-30T10:00:00Z'], '--at must be a moment'],
  [[...READ, '--at', '2026-04-31T10:00:00+02:00'], '--at must be a moment'],
  [[...READ, '--at', '2026-05-01T24:00:00Z'], '--at must be a moment'],
  [[...READ, '--at', '9999-12-31T23:59:00-01:00'], '--at must be a moment'],
  [[...READ, '--from', 'home'], '--from must be an address'],
  [[...READ, '--parameter', 'prefix'], '--parameter must be NAME=VALUE'],
  [[...READ, '--parameter', 'prefix=x'], 'The parameter prefix is given twice'],
  [[...READ, '--namespace', 'n'], '--namespace and --pod go together'],
  [[...READ, '--method', 'GET'], 'Say the route as the target has it'],
  [[...READ, '--action', 'audit'], '--action is about people'],
  [['--human', 'kim', '--action', 'audit', '--purpose', 'x'], '--purpose is about what an agent does'],
  [['--human', 'kim'], 'Say what they would do with --action'],
  [['--human', 'kim', '--action', 'restore'], 'Say which agent'],
  [['--human', 'kim', '--action', 'approve', '--agent', 'demo-agent'], 'Say which target'],
  [
    ['--human', 'kim', '--action', 'approve', '--agent', 'demo-agent', '--target', 'demo-awz'],
    'The files have no target demo-awz. Did you mean demo-aws?',
  ],
  [
    ['--human', 'kim', '--action', 'audit', '--target', 'demo-aws'],
    '--target means something for --action approve only',
  ],
])('wrong use: %j', async (args, says) => {
  const { code, out, err } = await ask([], ...args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain(says);
});

test('faulty files are said as `check` says them', async () => {
  const { code, out, err } = await ask(
    [['policies/default.cedar', 'permit (principal is Agent,', 'permit (principal is Agnet,']],
    ...READ,
  );
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^policies\/default\.cedar:1: /m);
});

test('what is judged before policy is what the broker says', async () => {
  const outcomes: unknown[] = [];
  const capabilities = ['read', 'write', 'purge'].map((name) => `demo-aws:${name}`);
  for (const ceiling of ['"demo-aws:read", ', '"demo-aws:write", ', '']) {
    const edit: Edit = [
      'agents/demo-agent.yaml',
      ceiling === '' ? 'id: demo-agent' : ceiling,
      ceiling === '' ? 'id: demo-agent' : '',
    ];
    const { rules } = await loadCandidate(candidate([edit]));
    if (rules === undefined) throw new Error('the files have faults');
    for (const capability of capabilities) {
      for (const parameters of [[], ['--parameter', 'prefix=weekly'], ['--parameter', 'prefix=*']]) {
        for (const above of [[], ['--above', 'demo-agent']]) {
          const { values } = parseFlags(['--capability', capability, ...parameters, ...above]);
          const input = inputOf(rules.config, values, NOW);
          const said = decideAgain(rules, input);
          const { decision } = judge(rules.config, createExplainer(rules.config), input);
          if (said instanceof Refusal) expect(decision).toMatchObject({ outcome: 'denied', code: said.code });
          else expect(decision).toEqual(said);
          outcomes.push(decision.code ?? decision.outcome);
        }
      }
    }
  }
  expect(new Set(outcomes)).toEqual(
    new Set(['outside_ceiling', 'invalid_request', 'allowed', 'needsApproval']),
  );
});
