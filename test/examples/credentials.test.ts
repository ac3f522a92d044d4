// The page on credentials: its walk works as it stands there, in a shell.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { brokerForTest, temporaryDirectory } from '../embedded/support/broker.ts';
import { REPOSITORY } from '../support/command.ts';

const PAGE = readFileSync(new URL('../../docs/credentials.md', import.meta.url), 'utf8');

test('its walk works as it stands there', async () => {
  const data = join(temporaryDirectory(), 'data');
  const broker = await brokerForTest(['--data', data]);
  const [start, ...blocks] = [...PAGE.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text ?? '');
  expect(start).toBe('npm start\n');
  // An answer ends without a line's end, so that the next would begin on the same line.
  const script = `curl() { command curl "$@"; echo; }\n${blocks.join('\n')}`
    .replaceAll('http://127.0.0.1:8787', broker.url)
    .replaceAll('npx bailiwick demo token', `npx bailiwick demo token --data '${data}'`);
  const env = {
    ...process.env,
    npm_config_cache: temporaryDirectory(),
    npm_config_offline: 'true',
    npm_config_update_notifier: 'false',
  };
  const { stdout } = await promisify(execFile)('bash', ['-c', script], { cwd: REPOSITORY, env });
  const [byRest = '', ...more] = stdout.trim().split('\n');
  const [byEndpoint = '', ...printed] = more.reverse();
  expect(JSON.parse(byRest)).toMatchObject({
    credentials: { accessKeyId: expect.stringMatching(/^NOTREAL/) },
  });
  expect(JSON.parse(printed.reverse().join(''))).toMatchObject({
    Version: 1,
    AccessKeyId: expect.any(String),
  });
  expect(JSON.parse(byEndpoint)).toMatchObject({
    AccessKeyId: expect.any(String),
    Token: expect.any(String),
  });
});
