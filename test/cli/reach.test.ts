// `bailiwick agents show AGENT --reach` as somebody uses it who reviews an agent before it is deployed.
import { describe, expect, test } from 'vitest';
import type { Reach } from '../../src/agents/reach/index.ts';
import { runAgents } from '../../src/cli/agents.ts';
import { BASE, directoryOf, emptyDirectory, QUICKSTART } from '../config/support.ts';
import { bailiwick } from '../support/command.ts';

async function show(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  // As wide as it is, whatever terminal the tests run in.
  const code = await runAgents(['show', ...args], lines, {});
  return { code, out, err };
}

const STATEMENT = '- actions: ["s3:GetObject"]';

/** The base with other actions in its one capability. */
function configWith(actions: readonly string[], effect = 'read'): string {
  const target = BASE['targets/store.yaml'] ?? '';
  const file = target.replace(STATEMENT, `- actions: ${JSON.stringify(actions)}`);
  return directoryOf({ ...BASE, 'targets/store.yaml': file.replace('effect: read', `effect: ${effect}`) });
}

async function reachWith(actions: readonly string[], effect?: string): Promise<readonly string[]> {
  const { code, out, err } = await show('worker', '--reach', '--config', configWith(actions, effect));
  expect({ code, err }).toEqual({ code: 0, err: [] });
  return out;
}

describe('the sheet', () => {
  test('tells of agent, target and capability what their files say', async () => {
    const { code, out } = await show('demo-agent', '--reach', '--config', QUICKSTART);
    expect(code).toBe(0);
    const text = out.join('\n');
    expect(text).toMatch(/^agent +demo-agent$/m);
    expect(text).toMatch(/^in all +6 actions on 2 targets: 1 list, 2 read, 2 write, 1 manage permissions$/m);
    expect(text).toMatch(/^admin +demo-aws:purge$/m);
    expect(text).toMatch(/^outlives +none$/m);
    expect(text).toMatch(/^delegating +Nothing: /m);
    expect(text).toContain(
      [
        'capability  demo-aws:read',
        'effect      read',
        'for         Read reports below one prefix',
        'parameters  prefix: [a-z0-9-]{1,40}',
        'session     at most 1 h, from anywhere',
        'reads       s3:GetObject',
        'on          arn:aws:s3:::acme-reports/${prefix}/*',
        'lists       s3:ListBucket',
        'on          arn:aws:s3:::acme-reports',
        'if          StringLike s3:prefix: ${prefix}/*',
      ].join('\n'),
    );
  });

  test.each([
    [['s3:PutObject'], 'read', /^but +it says `read`, which changes nothing, and holds s3:PutObject$/],
    [['s3:PutObjectAcl'], 'write', /^but +it says `write` without `grant`, and holds s3:PutObjectAcl$/],
    [['s3:Get*'], 'admin', /^outlives +credentials of the grant's own role [^:]*: s3:GetDataAccess$/],
    [
      ['iam:PassRole'],
      'write',
      /^escalates +gives any service that it can use any role [^:]*: iam:PassRole$/,
    ],
    [['s3:BrandNew'], 'read', /^unknown +s3:BrandNew$/],
    [['s3:GetObject*'], 'read', /^may +s3:GetObject\*$/],
    [['s3:GetObject*'], 'read', /^reads +\d+: (?:s3:GetObject\w*, ){5}s3:GetObject\w* and \d+ more$/],
    [['ec2:*', 'sqs:*'], 'admin', /^writes +\d+: \d+ of ec2, \d+ of sqs$/],
  ])('of %j that says %s has a line for what stands out', async (actions, effect, line) => {
    expect(await reachWith(actions, effect)).toContainEqual(expect.stringMatching(line));
  });

  test('of an HTTP target has the base URL and the routes, and which of them have rules', async () => {
    const api = [
      'id: api',
      'kind: http',
      'environment: production',
      'sensitivity: internal',
      'owner: { team: Api, email: api@example.com }',
      'connection: { baseUrl: "https://api.example.com/v1/" }',
      'capabilities:',
      '  edit:',
      '    effect: write',
      '    impacts: [public]',
      '    routes: ["GET /things/{id}", { route: POST /things, query: {}, body: { kind: bug } }]',
      '  purge: { effect: admin, routes: [DELETE /things] }',
    ].join('\n');
    const worker = (BASE['agents/worker.yaml'] ?? '').replace('store:read"', 'store:read", "api:edit"');
    const dir = directoryOf({ ...BASE, 'agents/worker.yaml': worker, 'targets/api.yaml': api });
    const { out } = await show('worker', '--reach', '--config', dir);
    expect(out.join('\n')).toContain(
      [
        'target  api (production, internal)',
        'kind    http, at https://api.example.com/v1',
        'may     api:edit: write, public',
        '          GET /things/{id}',
        '          POST /things (by rules for its query and body)',
      ].join('\n'),
    );
    expect(out.join('\n')).not.toContain('DELETE');
  });

  test('is no wider than the terminal', async () => {
    const environment = { ...process.env, COLUMNS: '60' };
    const dir = configWith(['iam:*', 'ec2:*'], 'admin');
    const args = ['agents', 'show', 'worker', '--reach', '--config', dir];
    const { code, out } = await bailiwick(args, { env: environment });
    expect(code).toBe(0);
    const long = out.split('\n').filter((line) => line.length > 60);
    expect(long.filter((line) => !/^(?:config|role|IAM) /.test(line))).toEqual([]);
  });

  test('as JSON has every action, each with its marks', async () => {
    const dir = configWith(['s3:*'], 'admin');
    const { code, out } = await show('worker', '--reach', '--json', '--config', dir);
    expect(code).toBe(0);
    const { targets } = JSON.parse(out.join('\n')) as Reach;
    const actions = targets[0]?.capabilities[0]?.statements[0]?.actions ?? [];
    expect(actions.length).toBeGreaterThan(150);
    expect(actions.filter(({ marks }) => marks.includes('mints')).map(({ action }) => action)).toEqual([
      's3:GetDataAccess',
    ]);
  });
});

describe('wrong use', () => {
  test.each([
    [['--reach'], 'Name an agent by its id.'],
    [['worker', 'other', '--reach'], 'Name an agent by its id.'],
    [['worker', '--reach', '--hours', '3'], "Unknown option '--hours'"],
    [['worker', '--reach', '--token', 'very-private'], '--reach asks no broker'],
    [['wroker', '--reach'], 'Did you mean worker?'],
    [['constructor', '--reach'], 'There is no such agent'],
  ])('%j is told, and how it is right', async (args, problem) => {
    const { code, out, err } = await show(...args, '--config', directoryOf(BASE));
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err[0]).toContain(problem);
    expect(err[1]).toMatch(/^usage: bailiwick agents show AGENT --reach /);
    expect(err.join('\n')).not.toContain('very-private');
  });

  test('a config with faults is said to be one', async () => {
    const said = await show('worker', '--reach', '--config', configWith(['sts:AssumeRole']));
    expect(said).toMatchObject({ code: 2, out: [] });
    expect(said.err).toEqual([expect.stringMatching(/^targets\/store\.yaml:13: `sts:AssumeRole` mints /)]);
  });

  test('without --reach, it asks a broker as it always did', async () => {
    const { code, err } = await show('worker', '--data', emptyDirectory(), '--token', 'x');
    expect(code).toBe(2);
    expect(err[0]).toMatch(/^There is no broker to ask/);
  });
});
