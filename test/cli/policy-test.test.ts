// `bailiwick policy test` as an operator uses it: what it prints, and how it ends.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { directoryOf, filesOf } from '../config/support.ts';
import { bailiwick } from '../support/command.ts';

const BASE = filesOf(fileURLToPath(new URL('../cases/policy-tests/base', import.meta.url)));

/** Together they touch every policy. */
const COVERING = {
  'allow/reads.yaml': 'agent: lead\ncapability: reports:read\nparameters: { prefix: q3 }\n',
  'allow/owner.yaml':
    'human: { id: dana@example.com }\ndoes: approve\nto: { agent: lead, target: reports }\n',
  'allow/operator.yaml': 'human: { id: kim@example.com, groups: [operators] }\ndoes: contain\n',
  'approve/publishes.yaml':
    'agent: support-bot\ncapability: reports:publish\nexpect: { approvals: { of: { orders-owners: 1 } } }\n',
  'deny/people.yaml':
    'about: nobody reads people\nagent: support-bot\ncapability: orders-db:read\noperation: { sql: { reads: [people] } }\n',
};

function configWith(cases: Readonly<Record<string, string>>): string {
  const files = Object.entries(cases).map(([file, text]) => [`policies/tests/${file}`, text]);
  return directoryOf({ ...BASE, ...Object.fromEntries(files) });
}

async function policy(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await main(['policy', ...args], lines);
  // Kinds that have no connector yet are told of every time.
  return { code, out, err: err.filter((line) => !line.includes('do not work yet')) };
}

describe('cases that hold', () => {
  test('and touch every policy are counted, and that is all', async () => {
    const dir = configWith(COVERING);
    const said = { code: 0, out: ['5 cases passed, 0 failed; 5 of 5 policies touched'], err: [] };
    expect(await policy('test', dir)).toEqual(said);
    expect(await policy('test', '--config', dir)).toEqual(said);
  });

  test.each([
    ['allow/reads.yaml', 'default.cedar:1', 1],
    ['allow/owner.yaml', 'owners-decide', 10],
    ['allow/operator.yaml', 'operators-contain', 12],
    ['approve/publishes.yaml', 'publishing-is-approved', 3],
    ['deny/people.yaml', 'no-export', 6],
  ])('but without %s, nothing touches %s', async (file, id, line) => {
    const dir = configWith(COVERING);
    rmSync(join(dir, 'policies/tests', file));
    expect(await policy('test', dir)).toEqual({
      code: 1,
      out: [
        `policies/default.cedar:${line}: no case touches "${id}"`,
        '4 cases passed, 0 failed; 4 of 5 policies touched',
      ],
      err: [],
    });
  });

  test('of which some were asked for are all that is judged', async () => {
    const dir = configWith(COVERING);
    const rest = 'of 5; which policies are touched only all of them can tell';
    expect(await policy('test', dir, '--case', 'allow/')).toEqual({
      code: 0,
      out: [`3 cases passed, 0 failed, ${rest}`],
      err: [],
    });
    const two = await policy('test', dir, '--case', 'owner', '--case', 'deny/');
    expect(two.out).toEqual([`2 cases passed, 0 failed, ${rest}`]);
  });
});

const WRONG = [
  [
    'allow/x.yaml',
    'agent: lead\ncapability: reports:purge',
    1,
    'expected allowed, got denied (outside_ceiling: The agent lead may not ask for reports:purge.)',
  ],
  [
    'allow/x.yaml',
    'agent: support-bot\ncapability: orders-db:read\noperation: { sql: { reads: [people] } }',
    1,
    'expected allowed, got denied (denied_by_policy; by no-export)',
  ],
  [
    'allow/x.yaml',
    'agent: support-bot\ncapability: reports:publish',
    1,
    'expected allowed, got approval needed (one approval by orders-owners; by publishing-is-approved)',
  ],
  [
    'approve/x.yaml',
    'agent: support-bot\ncapability: reports:publish\nexpect:\n  approvals:\n    count: 2',
    4,
    'expected approval needed (2 approvals), got approval needed (one approval by orders-owners; by publishing-is-approved)',
  ],
  [
    'approve/x.yaml',
    'agent: support-bot\ncapability: tickets:read',
    1,
    'expected approval needed, got allowed (by default.cedar:1)',
  ],
  [
    'deny/x.yaml',
    'agent: lead\ncapability: orders-db:read\nexpect:\n  code: denied_by_policy',
    4,
    'expected denied (denied_by_policy), got denied (outside_ceiling: The agent lead may not ask for orders-db:read.)',
  ],
  [
    'deny/x.yaml',
    'agent: support-bot\ncapability: orders-db:read\noperation: { sql: { reads: [people] } }\nexpect: { policies: [] }',
    4,
    'expected denied (by no policy), got denied (denied_by_policy; by no-export)',
  ],
  [
    'deny/x.yaml',
    'human: { id: kim@example.com, groups: [operators] }\ndoes: contain\nto: { agent: lead, task: true }',
    1,
    'expected denied, got allowed (by operators-contain)',
  ],
  [
    'allow/x.yaml',
    'human: { id: kim@example.com, groups: [operators] }\ndoes: restore\nto: { agent: lead }',
    1,
    'expected allowed, got denied (not_permitted; by no policy)',
  ],
  [
    'allow/x.yaml',
    'agent: lead\ncapability: reports:read\nparameters: { prefix: q3 }\nabove: [{ agent: support-bot }]\nat: 2026-05-04T10:00Z\nexpect: { policies: [no-export] }',
    6,
    'expected allowed (by no-export), got allowed (by default.cedar:1)',
  ],
] as const;

describe('a case that does not hold', () => {
  test.each(WRONG)('in %s is told with what came instead: %j', async (file, text, line, said) => {
    const dir = configWith({ ...COVERING, [file]: text });
    expect(await policy('test', dir)).toEqual({
      code: 1,
      out: [`policies/tests/${file}:${line}: ${said}`, '5 cases passed, 1 failed; 5 of 5 policies touched'],
      err: [],
    });
  });
});

describe('for scripts', () => {
  test('all of it is JSON', async () => {
    const { 'allow/operator.yaml': _, ...others } = COVERING;
    const dir = configWith({ ...others, 'deny/reads.yaml': COVERING['allow/reads.yaml'] });
    const { code, out, err } = await policy('test', dir, '--json');
    expect({ code, err }).toEqual({ code: 1, err: [] });
    const report = JSON.parse(out.join('\n'));
    expect(report).toMatchObject({
      configDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      passed: 4,
      failed: 1,
      policies: 5,
      untouched: [{ id: 'operators-contain', file: 'policies/default.cedar', line: 12 }],
    });
    expect(report.cases.slice(-2)).toEqual([
      {
        file: 'policies/tests/deny/people.yaml',
        line: 1,
        about: 'nobody reads people',
        passed: true,
        expected: { outcome: 'denied' },
        came: { outcome: 'denied', code: 'denied_by_policy', policies: ['no-export'] },
      },
      {
        file: 'policies/tests/deny/reads.yaml',
        line: 1,
        passed: false,
        differs: 'outcome',
        expected: { outcome: 'denied' },
        came: { outcome: 'allowed', policies: ['default.cedar:1'] },
      },
    ]);
  });

  test('which says nothing of what is touched, where only some cases were run', async () => {
    const { code, out } = await policy('test', configWith(COVERING), '--case', 'allow', '--json');
    const report = JSON.parse(out.join('\n'));
    expect({ code, outOf: report.outOf, keys: Object.keys(report) }).toEqual({
      code: 0,
      outOf: 5,
      keys: ['configDigest', 'passed', 'failed', 'cases', 'outOf'],
    });
  });
});

describe('nothing can be said', () => {
  test('without cases: it is told how to begin, and what is told works', async () => {
    const dir = directoryOf(BASE);
    const { code, out, err } = await policy('test', dir);
    expect({ code, err }).toEqual({ code: 1, err: [] });
    expect(out[0]).toContain('There are no cases yet.');
    const shown = out.filter((line) => line.startsWith('  ')).map((line) => line.slice(2).replace('…', 'q3'));
    const begun = await policy('test', configWith({ 'allow/every-day.yaml': shown.join('\n') }));
    expect(begun.out.at(-1)).toBe('1 case passed, 0 failed; 1 of 5 policies touched');
    const json = await policy('test', dir, '--json');
    expect(JSON.parse(json.out.join('\n'))).toMatchObject({ passed: 0, failed: 0, cases: [], policies: 5 });
    expect({ code: json.code, err: json.err }).toEqual({ code: 1, err: out });
  });

  test.each([
    [
      'the config',
      { 'agents/lead.yaml': '' },
      'agents/lead.yaml:1: the file must hold a mapping of keys to values',
    ],
    [
      'the policies',
      { 'policies/more.cedar': 'permit (' },
      'policies/more.cedar:1: the policy does not parse',
    ],
    ['the cases', { 'policies/tests/denied/x.yaml': '' }, 'policies/tests/denied:1: is not read'],
  ])('with faults in %s, which are told', async (_, more, fault) => {
    const dir = configWith(COVERING);
    const { code, out, err } = await policy('test', directoryOf({ ...filesOf(dir), ...more }), '--json');
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err).toEqual([expect.stringContaining(fault)]);
  });

  test('and `check` has nothing against cases, nor does it read them', async () => {
    const check = async (dir: string) => {
      const out: string[] = [];
      const code = await main(['check', dir], { out: (line) => void out.push(line), err: () => {} });
      return { code, out };
    };
    const faulty = configWith({ ...COVERING, 'denied/x.yaml': '[' });
    expect(await check(faulty)).toEqual(await check(directoryOf(BASE)));
  });
});

describe('used wrongly', () => {
  const USAGE = expect.stringMatching(/^usage: bailiwick policy /);

  test.each([
    [['test', 'a', 'b'], 'Name one directory.'],
    [['test', 'a', '--config', 'b'], 'Name one directory.'],
    [['test', '--nonsense'], expect.stringContaining("Unknown option '--nonsense'")],
    [['tset'], 'There is no such command of policy. Did you mean test?'],
    [['constructor'], 'There is no such command of policy.'],
    [[], 'Say what of policy.'],
  ])('with %j, it says so', async (args, sentence) => {
    expect(await policy(...args)).toEqual({ code: 2, out: [], err: [sentence, USAGE] });
  });

  test('with a part that no case has in its name', async () => {
    const said = await policy('test', configWith(COVERING), '--case', 'nothing');
    const sentence = 'None of the 5 cases has nothing in its name.';
    expect(said).toEqual({ code: 2, out: [], err: [sentence, USAGE] });
  });

  test('where there is no config', async () => {
    const said = await policy('test', join(directoryOf({}), 'nowhere'));
    expect(said).toMatchObject({ code: 2, out: [] });
    expect(said.err).toEqual([expect.stringMatching(/cannot be read \(ENOENT\)$/)]);
  });
});

test('the command finds it, from the config’s own directory, and its help', async () => {
  const cwd = configWith(COVERING);
  const said = await bailiwick(['policy', 'test'], { cwd });
  expect({ code: said.code, out: said.out }).toEqual({
    code: 0,
    out: '5 cases passed, 0 failed; 5 of 5 policies touched\n',
  });
  const help = await policy('test', '--help');
  expect(help).toMatchObject({ code: 0, err: [] });
  expect(help.out.join('\n')).toMatch(/test \[DIR\][\s\S]*explain CALL[\s\S]*backtest --config DIR/);
});
