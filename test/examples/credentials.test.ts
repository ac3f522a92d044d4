// The page on credentials: its walk works as it stands there, in a shell.
import { execFile } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CAPABILITY, environmentFor, fakeBroker, TASK } from '../cli/support/fake-broker.ts';
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

test('what it says of a file with the exports keeps that file to its owner', async () => {
  const block = /```\n(rm -f endpoint\.sh\n[\s\S]*?)```/.exec(PAGE)?.[1] ?? '';
  expect(block).toContain(`--task task_… --capability ${CAPABILITY}`);
  const directory = temporaryDirectory();
  symlinkSync(join(REPOSITORY, 'src/cli/bailiwick.mjs'), join(directory, 'bailiwick'));
  const file = join(directory, 'endpoint.sh');
  writeFileSync(file, 'of another day', { mode: 0o666 });
  const wait =
    'until [ "$(grep -c ^export endpoint.sh)" = 2 ]; do sleep 0.05; done; ls -l endpoint.sh | cut -c 1-10';
  const script = `umask 022; trap 'kill $!' EXIT\n${block}`
    .replace('task_…', TASK)
    .replace('# once endpoint.sh has two lines', wait);
  const path = [directory, dirname(process.execPath), process.env['PATH']].join(delimiter);
  const env = environmentFor(await fakeBroker(), { PATH: path, AWS_PROFILE: 'mine' });
  const asked =
    'curl -s -H "Authorization: $AWS_CONTAINER_AUTHORIZATION_TOKEN" $AWS_CONTAINER_CREDENTIALS_FULL_URI';
  const all = `${script}\n${asked}; echo "$AWS_PROFILE"`;
  const { stdout } = await promisify(execFile)('bash', ['-c', all], { cwd: directory, env, timeout: 20_000 });
  const [mode, ...rest] = stdout.split('\n');
  expect(mode).toBe('-rw-------');
  expect(JSON.parse(rest.join(''))).toMatchObject({ AccessKeyId: expect.stringMatching(/^ASIAFAKE/) });
  expect(() => statSync(file)).toThrow('ENOENT');
});
