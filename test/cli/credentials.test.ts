// `bailiwick credentials`: what it prints for `credential_process`, what it says where it can't, and where the token is from.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { runCredentials } from '../../src/cli/credentials.ts';
import { bailiwick } from '../support/command.ts';
import {
  CAPABILITY,
  credentialsFor,
  environmentFor,
  type FakeBroker,
  fakeBroker,
  HOUR,
  refusal,
  TASK,
  TASK_TOKEN,
} from './support/fake-broker.ts';

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'bailiwick-credentials-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** The command without a process for it. Whatever it says on the side, it says no secret. */
async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const lines = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line) };
  const code = await runCredentials(args, lines, environment);
  expect(out.join('\n') + err.join('\n')).not.toContain(TASK_TOKEN);
  expect(err.join('\n')).not.toMatch(/canary|\bat .*:\d+:\d+/);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

const WANTED = ['--capability', CAPABILITY];

describe('prints', () => {
  test.for([
    ['credentials', '--help'],
    ['credentials', 'serve', '-h'],
  ])('%j', async (args) => {
    const { code, out, err } = await bailiwick(args, { env: environmentFor({ url: '' }) });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^bailiwick credentials: [\s\S]*credential_process[\s\S]*Exit codes: /);
  });

  test('what credential_process is to print, and nothing else', async () => {
    const broker = await fakeBroker();
    const said = await bailiwick(['credentials', ...WANTED], { env: environmentFor(broker) });
    expect(said).toMatchObject({ code: 0, err: '' });
    const printed = JSON.parse(said.out) as Record<string, unknown>;
    expect(printed).toEqual({
      Version: 1,
      AccessKeyId: expect.stringMatching(/^ASIAFAKE/),
      SecretAccessKey: expect.stringContaining('canary-secret'),
      SessionToken: expect.stringContaining('canary-session'),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(broker.tokens).toEqual([TASK_TOKEN]);
  });

  test.for([
    [WANTED, { capability: CAPABILITY }],
    [
      [...WANTED, '--parameter', 'prefix=weekly', '--parameter', 'kind=a=b'],
      { capability: CAPABILITY, parameters: { prefix: 'weekly', kind: 'a=b' } },
    ],
    [[...WANTED, '--parameter', 'prefix='], { capability: CAPABILITY, parameters: { prefix: '' } }],
    [
      [...WANTED, '--capability', 'reports:list'],
      { capabilities: [{ capability: CAPABILITY }, { capability: 'reports:list' }] },
    ],
  ] as const)('asks for %j', async ([args, body]) => {
    const broker = await fakeBroker();
    expect((await run([...args], environmentFor(broker))).code).toBe(0);
    expect(broker.asked).toEqual([body]);
  });
});

describe('the token', () => {
  test.for([
    ['--token', { BAILIWICK_TOKEN: 'other', BAILIWICK_TOKEN_FILE: '/nowhere' }, ['--token', TASK_TOKEN]],
    ['BAILIWICK_TOKEN', { BAILIWICK_TOKEN: `${TASK_TOKEN}\n` }, []],
  ] as const)('comes from %s', async ([, more, args]) => {
    const broker = await fakeBroker();
    expect((await run([...WANTED, ...args], environmentFor(broker, more))).code).toBe(0);
    expect(broker.tokens).toEqual([TASK_TOKEN]);
  });

  test.for(['--token-file', 'BAILIWICK_TOKEN_FILE'])(
    'comes from the file of %s, as it is by then',
    async (name) => {
      const broker = await fakeBroker();
      const file = join(directory(), 'token');
      const isFlag = name.startsWith('--');
      const environment = environmentFor(broker, isFlag ? {} : { [name]: file });
      for (const token of ['bwt_one', 'bwt_two']) {
        writeFileSync(file, `${token}\n`);
        expect((await run([...WANTED, ...(isFlag ? [name, file] : [])], environment)).code).toBe(0);
      }
      expect(broker.tokens).toEqual(['bwt_one', 'bwt_two']);
    },
  );

  test.for([
    ['nowhere', { BAILIWICK_TOKEN: undefined }, [], /bwt_…/],
    ['empty', { BAILIWICK_TOKEN: ' ' }, [], /bwt_…/],
    ['in a file that is not there', {}, ['--token-file', '/nowhere/token'], /ENOENT/],
    ['in an empty file', {}, ['--token-file', '/dev/null'], /empty/],
    ['of two lines', { BAILIWICK_TOKEN: 'a\nb' }, [], /blanks/],
    ['given twice', {}, ['--token', 'x', '--token-file', '/x'], /not by both/],
  ] as const)('%s: nothing is asked', async ([, more, args, words]) => {
    const broker = await fakeBroker();
    const { code, out, err } = await run([...WANTED, ...args], environmentFor(broker, more));
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: expect.stringMatching(words) });
    expect(broker.tokens).toEqual([]);
  });
});

describe('wrong use', () => {
  test.for([
    [[], /--capability TARGET:CAPABILITY/],
    [['--capability', 'reports'], /--capability TARGET:CAPABILITY/],
    [['--capability', 'reports:read/../x'], /--capability TARGET:CAPABILITY/],
    [[...WANTED, '--task', 'call_1'], /--task must name a task/],
    [[...WANTED, '--parameter', 'prefix'], /NAME=VALUE/],
    [[...WANTED, '--parameter', '=weekly'], /NAME=VALUE/],
    [[...WANTED, '--parameter', 'a=1', '--parameter', 'a=2'], /twice/],
    [[...WANTED, '--capability', 'reports:list', '--parameter', 'a=1'], /one --capability/],
    [[...WANTED, '--port', '80'], /serve/],
    [[...WANTED, '--json'], /--json/],
    [[...WANTED, TASK_TOKEN], /options only/],
    [[...WANTED, '--', 'aws', 's3', 'ls'], /after `serve/],
    [[...WANTED, '--url', 'http://evil.example.com'], /https:/],
    [['serve', ...WANTED, '--port', '70000'], /--port/],
    [['serve', ...WANTED, '--'], /command after --/],
    [['serve', ...WANTED, 'aws'], /after `serve/],
  ] as const)('%j: nothing is asked', async ([args, words]) => {
    const broker = await fakeBroker();
    const { code, out, err } = await run([...args], environmentFor(broker));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(words);
    expect(err.split('\n')).toHaveLength(2);
    expect(broker.tokens).toEqual([]);
  });

  test('no task', async () => {
    const broker = await fakeBroker();
    const { code, err } = await run(WANTED, environmentFor(broker, { BAILIWICK_TASK: undefined }));
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('--task') });
  });

  test('the task of --task goes before that of the environment', async () => {
    const broker = await fakeBroker();
    const environment = environmentFor(broker, { BAILIWICK_TASK: `task_${'1'.repeat(26)}` });
    expect((await run([...WANTED, '--task', TASK], environment)).code).toBe(0);
    expect((await run(WANTED, environment)).err).toMatch(/^not_found: /);
  });
});

/** One line on the side, exit code 1, and nothing for an SDK to read. */
async function refusedLine(broker: FakeBroker): Promise<string> {
  const { code, out, err } = await run(WANTED, environmentFor(broker));
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).not.toContain('\n');
  return err;
}

describe('where there are no credentials', () => {
  test.for([
    [403, 'task_over', /^task_over: It is refused\. \(request id req_1\)$/],
    [401, 'unauthenticated', /^unauthenticated: .*the task's own token/],
    [403, 'proof_required', /^proof_required: .*DPoP/],
    [503, 'target_unavailable', /^target_unavailable: /],
    [403, 'code_of_a_later_version', /^code_of_a_later_version: /],
  ] as const)('%d %s', async ([status, code, words]) => {
    const broker = await fakeBroker();
    broker.issue = () => refusal(status, code);
    expect(await refusedLine(broker)).toMatch(words);
  });

  test('says which field is wrong, and which policies decided', async () => {
    const broker = await fakeBroker();
    const errors = [{ path: 'parameters.prefix', problem: 'must match [a-z]+ as a whole' }];
    const decision = { outcome: 'denied', policies: ['environments-stay-apart'], configDigest: 'x' };
    const { status, body } = refusal(403, 'denied_by_policy', 'Policy does not allow it.');
    broker.issue = () => ({ status, body: { ...body, errors, decision } });
    expect(await refusedLine(broker)).toBe(
      'denied_by_policy: Policy does not allow it. parameters.prefix must match [a-z]+ as a whole. Decided by environments-stay-apart. (request id req_1)',
    );
  });

  test('says in one line what a broker says in several', async () => {
    const broker = await fakeBroker();
    broker.issue = () => refusal(403, 'task_over', 'Over.\n{"Version": 1}\u001b[2J');
    expect(await refusedLine(broker)).toMatch(/^\P{C}+$/u);
  });

  test('people have to approve first', async () => {
    const broker = await fakeBroker();
    const approval = { id: 'appr_1', needed: { count: 1, of: {} }, expiresAt: '2030-01-01T00:00:00.000Z' };
    const statusUrl = 'https://bailiwick.example.com/v1/calls/call_1';
    broker.issue = () => ({ status: 202, body: { call: 'call_1', approval, statusUrl } });
    expect(await refusedLine(broker)).toMatch(
      /^approval_pending: .*https:\/\/bailiwick\.example\.com\/v1\/calls\/call_1 /,
    );
  });

  test('no broker answers', async () => {
    const broker = await fakeBroker();
    await broker.close();
    expect(await refusedLine(broker)).toMatch(/^broker_unavailable: .*ECONNREFUSED/);
  });

  test('what answers is of another version', async () => {
    const broker = await fakeBroker();
    const { body } = credentialsFor(HOUR);
    broker.issue = () => ({ status: 200, body: { things: body } });
    expect(await refusedLine(broker)).toMatch(/^broker_unavailable: .*another version/);
  });
});
