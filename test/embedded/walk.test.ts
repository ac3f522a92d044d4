// The walk: every command that the broker prints works as printed, in a shell, in the repository's directory.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type Broker, REPOSITORY } from '../support/command.ts';
import { until } from '../support/poll.ts';
import { brokerForTest, temporaryDirectory } from './support/broker.ts';

/** The printed lines after the one that says ready. */
function walkIn(out: string): string {
  const [, ...lines] = out.split('\n');
  return lines.join('\n');
}

/** JSON values that stand one after the other, each on its line. */
function valuesIn(text: string): readonly Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** With caches of npm's in a directory of the test's own, and without the network. */
async function bash(script: string) {
  const env = {
    ...process.env,
    npm_config_cache: temporaryDirectory(),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  return promisify(execFile)('bash', ['-c', script], { cwd: REPOSITORY, env });
}

/** An empty line stands before it and one after it, which may come by themselves. */
async function walkOf(broker: Broker): Promise<string> {
  return until('the end of the walk', () => {
    const walk = walkIn(broker.out());
    return /^\n#.+\n\n$/s.test(walk) ? walk : undefined;
  });
}

test('every command works as printed', async () => {
  const broker = await brokerForTest(['--data', join(temporaryDirectory(), 'data')]);
  const { stdout } = await bash(await walkOf(broker));
  const [opened, issued, refused, ticket, seen, uncovered, asked, done, reply, finished, read, ...more] =
    valuesIn(stdout);
  expect(more).toEqual([]);
  expect(opened).toMatchObject({
    task: { status: 'open', agent: 'demo-agent' },
    token: expect.stringMatching(/^bwt_/),
  });
  expect(issued).toMatchObject({ credentials: { accessKeyId: expect.stringContaining('NOTREAL') } });
  expect(refused).toMatchObject({ code: 'outside_task', status: 403 });
  expect(ticket).toMatchObject({
    id: '42',
    customer: { name: '[PERSON]', email: '[EMAIL]', phone: '[PHONE]' },
    card: '[CREDIT_CARD:…1111]',
    text: expect.stringContaining('[EMAIL]'),
  });
  const requests = seen?.['requests'] as readonly { headers: readonly string[] }[];
  const [request, ...others] = requests;
  expect(others).toEqual([]);
  expect(request).toMatchObject({ request: 'GET /tickets/42', status: 200 });
  expect(request?.headers).toContainEqual(expect.stringMatching(/^authorization: Bearer [\w-]{20,}$/i));
  // The agent's own token stays with the broker, and the key of the target never comes to the agent.
  expect(JSON.stringify(request)).not.toContain(opened?.['token']);
  const [, key = ''] = /Bearer ([\w-]+)/.exec(JSON.stringify(request)) ?? [];
  expect(stdout.split(key)).toHaveLength(2);
  expect(uncovered).toMatchObject({ code: 'outside_task', status: 403 });
  expect(asked).toMatchObject({
    call: expect.stringMatching(/^call_/),
    approval: { id: expect.stringMatching(/^appr_/), needed: { count: 1 } },
  });
  expect(stdout).toContain('POST /tickets/42/replies');
  expect(done).toMatchObject({
    call: { status: 'succeeded', approval: { decisions: [{ by: 'lee@example.com', decision: 'approve' }] } },
  });
  expect(reply).toMatchObject({ ticket: '42', reply: { text: 'We pay it back today.' } });
  // Each who was asked has a link of their own where the broker runs, and nobody else has one.
  const printed = [...broker.out().matchAll(/^ {2}(\S+): (http\S+\/approve\/\S+)$/gm)];
  expect(printed.map(([, to]) => to).sort()).toEqual(['lee@example.com', 'sam@example.com']);
  expect(new Set(printed.map(([, , link]) => link)).size).toBe(2);
  expect(await fetch(printed[0]?.[2] ?? '').then((page) => page.text())).toContain('Already decided');
  expect(broker.out()).toMatch(/^Approve\? .*tickets-api/m);
  expect(finished).toMatchObject({ task: { status: 'finished' }, revocation: 'none' });
  const events = read?.['events'] as readonly { type: string }[];
  expect(events.map(({ type }) => type)).toEqual([
    'task.opened',
    'call.requested',
    'credentials.issued',
    'call.requested',
    'call.denied',
    'call.requested',
    'call.succeeded',
    'call.requested',
    'call.denied',
    ...[
      'call.requested',
      'call.awaiting',
      'approval.asked',
      'call.decided',
      'call.executing',
      'call.succeeded',
    ],
    'task.finished',
  ]);
});

test('a name of the data directory means nothing to the shell', async () => {
  const broker = await brokerForTest(['--data', join(temporaryDirectory(), 'it\'s here $(touch x) `x` "y')]);
  const [first = ''] = (await walkOf(broker)).split('\n').filter((line) => line.startsWith('TOKEN='));
  const { stdout } = await bash(`${first}\necho "$TOKEN"`);
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
});

test('the page at / shows it, and holds no token and no script', async () => {
  const broker = await brokerForTest(['--data', temporaryDirectory()]);
  const response = await fetch(`${broker.url}/`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).toContain('npx bailiwick demo token demo-agent');
  expect(page).not.toMatch(/bwt_|eyJ|<script|\son\w+=/);
});
