// The walk: every command that the broker prints works as printed, in a shell, in the repository's directory.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { REPOSITORY } from '../support/command.ts';
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

test.for([['plain', 'data'] as const, ['with a name that a shell must not see', "it's here $(no)"] as const])(
  'every command works as printed, its data directory %s',
  async ([, name]) => {
    const broker = await brokerForTest(['--data', join(temporaryDirectory(), name)]);
    const walk = await until('the end of the walk', () =>
      broker.out().endsWith('\n\n') ? walkIn(broker.out()) : undefined,
    );
    const { stdout } = await bash(walk);
    const [opened, issued, refused, finished, read, ...more] = valuesIn(stdout);
    expect(more).toEqual([]);
    expect(opened).toMatchObject({ task: { status: 'open', agent: 'demo-agent' }, token: expect.stringMatching(/^bwt_/) });
    expect(issued).toMatchObject({ credentials: { accessKeyId: expect.stringContaining('NOTREAL') } });
    expect(refused).toMatchObject({ code: 'outside_task', status: 403 });
    expect(finished).toMatchObject({ task: { status: 'finished' }, revocation: 'none' });
    const events = read?.['events'] as readonly { type: string }[];
    expect(events.map(({ type }) => type)).toEqual([
      'task.opened',
      'call.requested',
      'credentials.issued',
      'call.requested',
      'call.denied',
      'task.finished',
    ]);
  },
);

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
