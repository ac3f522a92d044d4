// The page on delegation: its config is sound, and its commands work as they stand there, in a shell.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CODES } from '../../src/shared/codes.ts';
import { brokerForTest, temporaryDirectory } from '../embedded/support/broker.ts';
import { bailiwick, REPOSITORY } from '../support/command.ts';

const EXAMPLE = fileURLToPath(new URL('../../examples/delegation', import.meta.url));
const PAGE = readFileSync(new URL('../../docs/delegation.md', import.meta.url), 'utf8');

/** What stands between the fences, without the first, which starts the broker. */
function commands(): string {
  const [start, ...blocks] = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(start).toBe('npm start -- --config examples/delegation\n');
  return blocks.join('\n');
}

async function bash(script: string): Promise<string> {
  const env = {
    ...process.env,
    npm_config_cache: temporaryDirectory(),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  return (await promisify(execFile)('bash', ['-c', script], { cwd: REPOSITORY, env })).stdout;
}

test('its config has neither fault nor warning', async () => {
  const { code, out, err } = await bailiwick(['check', EXAMPLE]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^ok: 3 agents, 2 targets, /);
});

test('its commands work as they stand there', async () => {
  const data = join(temporaryDirectory(), 'data');
  const broker = await brokerForTest(['--config', EXAMPLE, '--data', data]);
  const here = commands()
    .replaceAll('http://127.0.0.1:8787', broker.url)
    .replaceAll('npx bailiwick demo token', `npx bailiwick demo token --data '${data}'`);
  const answers = (await bash(here))
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const [offer, research, issued, beside, finished, over, read, ...more] = answers;
  expect(more).toEqual([]);
  expect(offer).toMatchObject({
    delegation: { agent: 'researcher', capabilities: [{ parameters: { path: '2026/q1' } }] },
  });
  expect(research).toMatchObject({
    task: {
      ...{ agent: 'researcher', status: 'open', ancestors: [{ agent: 'report-lead' }] },
      requester: { id: 'kim@example.com', proven: false },
    },
  });
  expect(issued).toMatchObject({ credentials: { accessKeyId: expect.stringContaining('NOTREAL') } });
  expect(beside).toMatchObject({ code: 'outside_task' });
  expect(finished).toMatchObject({ task: { status: 'finished' } });
  expect(over).toMatchObject({ code: 'task_over' });
  const events = read?.['events'] as readonly { type: string; ancestors: unknown }[];
  expect(events.map(({ type }) => type)).toEqual([
    ...[
      'task.opened',
      'call.requested',
      'credentials.issued',
      'delegation.refused',
      'call.requested',
      'call.denied',
    ],
  ]);
  for (const { ancestors } of events) expect(ancestors).toMatchObject([{ agent: 'report-lead' }]);
});

test('it names no code that there is not', () => {
  const refusals = PAGE.slice(PAGE.indexOf('## Refusals'));
  const named = [...refusals.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
  expect(named.length).toBeGreaterThan(15);
  for (const code of named) expect(CODES).toContain(code.replaceAll('`', ''));
});
