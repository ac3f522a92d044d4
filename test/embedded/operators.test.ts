// What operators do, by the command, against a broker that runs.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { operating, WANTED } from '../cli/support/operating.ts';
import { until } from '../support/poll.ts';
import { ask, demoAgentToken, QUICKSTART } from './support/broker.ts';

const AGENT_FILE = `id: ID
owner: { team: Reports, email: reports@example.com }
purpose: Build the weekly reports and put them where everybody finds them on Monday
environment: development
identities: [{ issuer: demo, claims: { sub: ID } }]
capabilities: ["demo-aws:read"]
`;
const LATE = 'reviewBy: 2020-01-01\n';

/** The quickstart's, with an agent for each test that changes one, and people who may look at nothing. */
function configForFile(): string {
  const config = mkdtempSync(join(tmpdir(), 'bailiwick-operators-'));
  cpSync(QUICKSTART, config, { recursive: true });
  for (const id of ['busy-agent', 'changed-agent', 'idle-agent', 'late-agent']) {
    const more = ['idle-agent', 'late-agent'].includes(id) ? LATE : '';
    writeFileSync(join(config, 'agents', `${id}.yaml`), AGENT_FILE.replaceAll('ID', id) + more);
  }
  const broker = join(config, 'broker.yaml');
  const groups = 'groups: [operators, security';
  writeFileSync(broker, readFileSync(broker, 'utf8').replace(groups, `${groups}, interns`));
  writeFileSync(
    join(config, 'policies', 'interns.cedar'),
    '@id("interns-look-elsewhere")\nforbid (principal in Group::"interns", action, resource);\n',
  );
  return config;
}

const config = configForFile();
const { broker, data, token, tokenOf, run, operate, printed, openTask } = operating(config);
afterAll(() => rmSync(config, { recursive: true, force: true }));

const answered = async (path: string) => (await ask(`${broker().url}${path}`, 'GET', token())).body;

describe('agents', () => {
  test('are listed with what their files and the broker say', async () => {
    await openTask('demo-agent', 'Look at the reports');
    const [titles, ...rows] = (await printed('agents', 'list')).trimEnd().split('\n');
    expect(titles).toMatch(/^AGENT +OWNER +PURPOSE +STATUS +SEEN \(UTC\) +REVIEW +OPEN$/);
    expect(rows.map((row) => row.split(' ')[0])).toEqual([
      ...['busy-agent', 'changed-agent', 'demo-agent', 'idle-agent', 'late-agent'],
    ]);
    expect(rows[2]).toMatch(
      /^demo-agent +Demo, demo@example\.com +Show what .* +active +\d{4}-\d\d-\d\d \d\d:\d\d +- +\d+$/,
    );
    expect(rows[3]).toMatch(/ on Monday +active +never +2020-01-01, overdue +0$/);
    expect(JSON.parse(await printed('agents', 'list', '--json'))).toEqual(await answered('/v1/agents'));
  });

  test.for([60, 80, 100, 200])('fit into %d columns', async (columns) => {
    const { out } = await run(['agents', 'list', '--data', data], { COLUMNS: String(columns) });
    expect(out).toMatch(columns > 70 ? /^AGENT +OWNER/ : /^AGENT +busy-agent\nOWNER/);
    expect(out).toContain('2020-01-01');
    // A list of fields is not broken: what is long there, the terminal breaks.
    if (columns > 70) expect(out.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });

  test('are shown one by one, with all that is known and their open tasks', async () => {
    const task = await openTask('demo-agent', 'Look again');
    const out = await printed('agents', 'show', 'demo-agent');
    for (const lines of [
      /^purpose +Show what a credential broker does$/m,
      /^people +dana@example\.com$/m,
      /^last seen +\d{4}-\d\d-\d\d \d\d:\d\d UTC from 127\.0\.0\.1$/m,
      /^review +no date\nattested +never$/m,
      /^capabilities +demo-aws:read\n +demo-aws:write\n +demo-aws:purge$/m,
      /^longest task +1 h$/m,
      new RegExp(`^${task} +demo-agent +Look again +nobody +`, 'm'),
    ]) {
      expect(out).toMatch(lines);
    }
    const json = JSON.parse(await printed('agents', 'show', 'demo-agent', '--json'));
    expect(json).toMatchObject({ agent: { id: 'demo-agent' } });
    expect(json.tasks.map(({ id }: { id: string }) => id)).toContain(task);
  });

  test('are contained and let go, and each time it is said what holds now', async () => {
    const change = (name: string, reason: string, ...more: string[]) =>
      printed('agents', name, 'late-agent', '--reason', reason, ...more);
    const attested = await change('attest', 'Looked at it');
    expect(attested).toMatch(/^review +by 2020-01-01$/m);
    expect(attested).toMatch(/^attested +[\d: -]+UTC, by kim@example\.com: Looked at it$/m);
    const read = await operate('agents', 'attest', 'late-agent', '--reason', 'x', '--digest', 'f'.repeat(64));
    expect(read).toEqual({ code: 1, out: '', err: expect.stringMatching(/^conflict: Nothing is attested/) });
    const digest =
      /^digest of its file +(\w+)$/m.exec(await printed('agents', 'show', 'late-agent'))?.[1] ?? '';
    expect(await change('attest', 'Read it', '--digest', digest)).toContain(': Read it\n');
    await openTask('late-agent', 'x');

    const SHOWN = 'Odd\ufffd\\[2J behaviour';
    expect(await change('quarantine', 'Odd\u200b[2J behaviour')).toMatch(
      new RegExp(`^status +quarantined since [\\d: -]+UTC, by kim@example\\.com: ${SHOWN}$`, 'm'),
    );
    expect(await printed('agents', 'list')).toMatch(new RegExp(`^late-agent .* quarantined: ${SHOWN} `, 'm'));
    const disabled = await change('disable', 'It is odd');
    expect(disabled).toMatch(/^status +disabled since [\d: -]+UTC, by kim@example\.com: It is odd$/m);
    expect(disabled).toMatch(/^open tasks +0$/m);
    const again = await operate('agents', 'quarantine', 'late-agent', '--reason', 'x');
    expect(again).toEqual({ code: 1, out: '', err: expect.stringMatching(/^conflict: .* is disabled: /) });
    expect(JSON.parse(await change('reinstate', 'Mended', '--json'))).toMatchObject({
      agent: { id: 'late-agent', status: 'active', reason: 'Mended' },
    });
  });

  test('of which the file has changed since say so', async () => {
    await openTask('changed-agent', 'x');
    await printed('agents', 'attest', 'changed-agent', '--reason', 'Looked at it');
    const file = join(config, 'agents', 'changed-agent.yaml');
    const wider = '"demo-aws:read", "demo-aws:write"';
    writeFileSync(file, readFileSync(file, 'utf8').replace('"demo-aws:read"', wider));
    const list = await until('the changed file', async () => {
      const out = await printed('agents', 'list');
      return out.includes('changed since review') ? out : undefined;
    });
    expect(list).toMatch(/changed since review; awaits attestation: demo-aws:write; attested on \d{4}-/);
    const shown = await printed('agents', 'show', 'changed-agent');
    expect(shown).toMatch(/^review +no date\n +changed since review$/m);
    expect(shown).toMatch(/^awaits attestation +demo-aws:write$/m);
  });
});

describe('strangers', () => {
  test('with good tokens are listed whole', async () => {
    const nobody = await printed('agents', 'unknown');
    expect(nobody).toBe('Nobody came with a good token of no registered agent.\n');
    const stranger = demoAgentToken(data, 'shadow-\u001b[31magent');
    const asked = { purpose: 'x', capabilities: WANTED };
    for (const _ of [1, 2]) {
      const { body } = await ask(`${broker().url}/v1/tasks`, 'POST', stranger, asked);
      expect(body).toMatchObject({ code: 'unknown_agent' });
    }
    const out = await printed('agents', 'unknown');
    expect(out).toMatch(/^issuer +demo\nsubject +shadow-\ufffd\[31magent\n/);
    expect(out).toMatch(
      /^seen +\d times?\nfirst +[\d: -]+UTC\nlast +[\d: -]+UTC\nfrom +127\.0\.0\.1: \d times?, /m,
    );
    expect(JSON.parse(await printed('agents', 'unknown', '--json'))).toEqual(await answered('/v1/sightings'));
  });

  test('with refused tokens are counted', async () => {
    await ask(`${broker().url}/v1/agents`, 'GET', 'no-token-at-all');
    const out = await printed('agents', 'refused', '--hours', '1');
    expect(out).toMatch(/^MINUTE \(UTC\) +TOKENS +WHY +FROM +ISSUER\n/);
    expect(out).toMatch(/^[\d-]{10} [\d:]{5} +\d+ +\w+ +127\.0\.0\.1 +unknown$/m);
    const { refusedTokens } = JSON.parse(await printed('agents', 'refused', '--json'));
    expect(refusedTokens).toContainEqual(
      expect.objectContaining({ issuer: 'unknown', address: '127.0.0.1' }),
    );
  });
});

describe('tasks', () => {
  const PURPOSE = 'Read\u200b]0;owned\u2028 the\nreports \u200fylno 検査';
  const SHOWN = 'Read\ufffd]0;owned\ufffd the reports \ufffdylno 検査';

  test('are listed, shown and revoked, and what agents wrote stays text', async () => {
    const task = await openTask('demo-agent', PURPOSE);
    expect(await printed('tasks', 'list', '--agent', 'demo-agent')).toContain(
      `${task}  demo-agent  ${SHOWN}`,
    );
    const json = await printed('tasks', 'list', '--json');
    expect(json.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(JSON.parse(json).tasks).toContainEqual(expect.objectContaining({ id: task, purpose: PURPOSE }));

    const shown = await printed('tasks', 'show', task);
    expect(shown).toMatch(/^status +open$/m);
    expect(shown).toMatch(/^capabilities +demo-aws:read prefix=weekly: allowed by default\.cedar:\d+$/m);
    expect(shown).toContain(`  ${SHOWN}\n`);

    const revoked = await printed('tasks', 'revoke', task, '--reason', 'It looks odd');
    expect(revoked).toMatch(/^status +revoked$/m);
    expect(revoked).toMatch(/^revocation: none \(.*\)$/m);
    expect(await printed('tasks', 'list')).not.toContain(task);
    expect(JSON.parse(await printed('tasks', 'show', task, '--json'))).toEqual(
      await answered(`/v1/tasks?task=${task}`),
    );
  });

  test('are all listed, however many pages they are', async () => {
    const none = await printed('tasks', 'list', '--agent', 'busy-agent');
    expect(none).toBe('There are no open tasks that you may see.\n');
    const opening = Array.from({ length: 120 }, (_, place) => openTask('busy-agent', `Task ${place}`));
    const ids = await Promise.all(opening);
    const { tasks } = JSON.parse(await printed('tasks', 'list', '--agent', 'busy-agent', '--json'));
    expect(tasks.map(({ id }: { id: string }) => id).sort()).toEqual(ids.sort());
    expect(await printed('agents', 'show', 'busy-agent')).toMatch(/^open tasks +120$/m);
  });
});

describe('a refusal', () => {
  const REQUEST_ID = 'request id req_[a-z0-9]+\\n$';

  test.for([
    ['of what there is not', ['agents', 'show', 'nobody'], 'not_found: There is no such agent\\.'],
    [
      'of changing it',
      ['agents', 'disable', 'nobody', '--reason', 'x'],
      'not_found: There is no such agent\\.',
    ],
    [
      'of a task',
      ['tasks', 'show', 'task_01m7xwf4mnttq8h1nxppma3178'],
      'not_found: There is no such task\\.',
    ],
    [
      'of a reason that is too long',
      ['agents', 'disable', 'demo-agent', '--reason', 'x'.repeat(1001)],
      'invalid_request: .*\\n {2}reason .*1000.*',
    ],
  ] as const)('%s', async ([, args, words]) => {
    const { code, out, err } = await operate(...args);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(new RegExp(`^${words}\\n${REQUEST_ID}`));
  });

  test.for([
    ['interns,operators', 'decided by interns-look-elsewhere'],
    ['demo-owners', 'no policy permits it'],
  ] as const)('by policy of somebody in %s says: %s', async ([groups, line]) => {
    const BAILIWICK_TOKEN = await tokenOf('--human', 'sam@example.com', '--groups', groups);
    const asked = ['agents', 'quarantine', 'demo-agent', '--reason', 'x', '--data', data];
    const { code, out, err } = await run(asked, { BAILIWICK_TOKEN });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(new RegExp(`^not_permitted: [^\\n]*\\n${line}\\n${REQUEST_ID}`));
    expect(await printed('agents', 'show', 'demo-agent')).toMatch(/^status +active$/m);
  });

  test('of a token that proves no person', async () => {
    for (const BAILIWICK_TOKEN of ['no-token-at-all', await tokenOf('demo-agent')]) {
      const { code, out, err } = await run(['agents', 'list', '--data', data], { BAILIWICK_TOKEN });
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toMatch(/^unauthenticated: .*\nThis takes a person's own token /);
    }
  });
});
