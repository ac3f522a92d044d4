// `bailiwick policy backtest` against what a broker has recorded: exactly the calls that a change of the files touches.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ask,
  brokerForFile,
  brokerForTest,
  demoAgentToken,
  demoAuditorToken,
  temporaryDirectory,
} from '../embedded/support/broker.ts';
import { bailiwick } from '../support/command.ts';
import { backtested, CONFIG, candidate } from './support/backtesting.ts';

const { broker, data } = brokerForFile(CONFIG);

const wanted = (name: string) => ({ capability: `demo-aws:${name}`, parameters: { prefix: 'weekly' } });

interface Opened {
  readonly task: { readonly id: string };
  readonly token: string;
}

async function open(url: string, token: string, ...names: readonly string[]): Promise<Opened> {
  const body = { purpose: 'Write the report', capabilities: names.map(wanted) };
  return (await ask(`${url}/v1/tasks`, 'POST', token, body)).body as unknown as Opened;
}

/** The call's id, whatever becomes of it. */
async function issue(url: string, { task, token }: Opened, name: string): Promise<string> {
  const path = `${url}/v1/tasks/${task.id}/credentials`;
  const { body } = await ask(path, 'POST', token, { capability: `demo-aws:${name}` });
  return String(body['call']);
}

let task: string;
const calls: Record<string, string> = {};
beforeAll(async () => {
  const { url } = broker();
  const token = demoAgentToken(data);
  const opened = await open(url, token, 'read', 'write', 'purge');
  task = opened.task.id;
  for (const name of ['read', 'write', 'purge']) calls[name] = await issue(url, opened, name);
  await issue(url, opened, 'nonesuch');
  await open(url, token, 'fly');
});

type Edit = readonly [file: string, from: string, to: string];
const NO_WRITING: Edit = [
  'policies/default.cedar',
  'permit (principal is Agent, action in Action::"write", resource);',
  '',
];
const HARMLESS: Edit = ['targets/demo-aws.yaml', 'impacts: [destroy]', 'impacts: []'];
const WITHOUT_APPROVALS: Edit = ['policies/default.cedar', 'when { context.approvals.count >= 2 };', ';'];

interface Change {
  readonly call?: string;
  readonly task?: string;
  readonly change: string;
  readonly capabilities: readonly string[];
}

const changesIn = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as Change);

describe('one widening and one narrowing change', () => {
  const both = () => candidate([NO_WRITING, HARMLESS, WITHOUT_APPROVALS]);

  test('are shown for exactly the calls and the openings that they touch', async () => {
    const { code, out } = await backtested(['--config', both(), '--data', data, '--jsonl']);
    expect(code).toBe(1);
    const shown = changesIn(out).map(({ call, task: its, change, capabilities }) => [
      call ?? its,
      change,
      ...capabilities,
    ]);
    expect(shown.sort()).toEqual(
      [
        [calls['write'], 'narrower', 'demo-aws:write'],
        [calls['purge'], 'wider', 'demo-aws:purge'],
        [task, 'narrower', 'demo-aws:write'],
        [task, 'wider', 'demo-aws:purge'],
      ].sort(),
    );
  });

  test('each alone is shown alone', async () => {
    for (const [edits, change] of [
      [[NO_WRITING], 'narrower'],
      [[HARMLESS, WITHOUT_APPROVALS], 'wider'],
    ] as const) {
      const { out } = await backtested(['--config', candidate(edits), '--data', data, '--jsonl']);
      expect(changesIn(out).map((one) => one.change)).toEqual([change, change]);
    }
  });

  test('are a table for people, grouped, and one object for scripts', async () => {
    const config = both();
    const { out, err } = await backtested(['--config', config, '--data', data]);
    expect(err).toEqual([]);
    expect(out[0]).toMatch(/^AGENT +TARGET +CAPABILITY +OF +CHANGE +WAS +WOULD BE +COUNT /);
    expect(out.slice(1, 5).map((line) => line.split(/ {2,}/).slice(0, 8).join(' | '))).toEqual([
      'demo-agent | demo-aws | purge | call | wider | 2 approvals | allowed | 1',
      'demo-agent | demo-aws | purge | opening | wider | 2 approvals | allowed | 1',
      'demo-agent | demo-aws | write | call | narrower | allowed | denied (denied_by_policy) | 1',
      'demo-agent | demo-aws | write | opening | narrower | allowed | denied (denied_by_policy) | 1',
    ]);
    expect(out.at(-1)).toMatch(
      /^4 operations would be decided otherwise \(2 wider, 2 narrower\): 7 operations decided again, from \d+ events of /,
    );
    const json = await backtested(['--config', config, '--data', data, '--json']);
    const report = JSON.parse(json.out.join('\n'));
    expect(report).toMatchObject({ operations: 7, changed: 4, skipped: 0, groups: { length: 4 } });
    expect(report.groups[0]).toMatchObject({
      ...{ agent: 'demo-agent', target: 'demo-aws', capabilities: ['demo-aws:purge'], count: 1 },
      was: { outcome: 'needsApproval', approvals: { count: 2, of: {} } },
      examples: [calls['purge']],
    });
    const check = await bailiwick(['check', config]);
    expect(check.out).toContain(`digest ${report.configDigest}`);
  });

  test('are the same by the address of the broker as in its data directory', async () => {
    const config = both();
    const args = ['--config', config, '--since', '1h', '--json'];
    const there = await backtested([...args, '--url', broker().url], {
      BAILIWICK_TOKEN: demoAuditorToken(data),
    });
    // A directory that is named goes before an address in the environment.
    const here = await backtested([...args, '--data', data], { BAILIWICK_URL: 'http://127.0.0.1:1' });
    expect(there).toMatchObject({ code: 1, err: [] });
    const [remote, local] = [there, here].map(({ out }) => JSON.parse(out.join('')));
    // That the first of them has read is an event, too, which the second finds.
    const events = local.events - 1;
    expect(remote).toEqual({ ...local, events, since: remote.since, until: remote.until });
  });
});

describe('nothing', () => {
  test.for([[], ['--json'], ['--jsonl']])('is shown for the config as it is: %j', async (form) => {
    const { code, out } = await backtested(['--config', CONFIG, '--data', data, ...form]);
    expect(code).toBe(0);
    const text = out.join('\n');
    expect(text).not.toContain('demo-a');
    if (form[0] === '--jsonl') expect(out).toEqual([]);
    else if (form[0] === '--json')
      expect(JSON.parse(text)).toMatchObject({ operations: 7, changed: 0, groups: [] });
    else
      expect(text).toMatch(/^Nothing would change: 7 operations decided again, from \d+ events of [^\n]*\.$/);
  });

  test('is decided again outside of the span, and of other agents', async () => {
    const config = candidate([NO_WRITING]);
    const early = ['--since', '2026-01-01', '--until', '2026-01-02T00:00:00+02:00'];
    for (const more of [early, ['--agent', 'someone-else']]) {
      const { code, out } = await backtested(['--config', config, '--data', data, ...more]);
      expect({ code, out }).toEqual({
        code: 0,
        out: [expect.stringMatching(/^There was nothing to decide again/)],
      });
    }
  });
});

test('the directory of a broker that has stopped is read, and left as it was', async () => {
  const own = temporaryDirectory();
  const { url, stop } = await brokerForTest(['--config', CONFIG, '--data', own]);
  const opened = await open(url, demoAgentToken(own), 'write');
  await issue(url, opened, 'write');
  await stop();
  const before = readdirSync(own);
  const { code, out } = await backtested(['--config', candidate([NO_WRITING]), '--data', own, '--jsonl']);
  expect(code).toBe(1);
  expect(changesIn(out).map((change) => change.change)).toEqual(['narrower', 'narrower']);
  expect(readdirSync(own)).toEqual(before);
});

test('by the command itself', async () => {
  const said = await bailiwick(['policy', 'backtest', '--since', '1h', '--config', CONFIG, '--data', data]);
  expect(said).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^Nothing would change: /) });
  const narrow = ['policy', 'backtest', '--config', candidate([NO_WRITING]), '--data', data, '--jsonl'];
  const changed = await bailiwick(narrow);
  expect(changed.code).toBe(1);
  expect(changesIn(changed.out.trim().split('\n'))).toHaveLength(2);
});
