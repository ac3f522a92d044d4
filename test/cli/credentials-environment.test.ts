// What a command is given that `credentials serve` runs, and when a watched task is found to be over.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { TaskState } from '../../src/cli/credentials/ask.ts';
import { commandEnvironment } from '../../src/cli/credentials/command-environment.ts';
import { watchTask } from '../../src/cli/credentials/watch-task.ts';
import { CallRefused, NoAnswer } from '../../src/cli/remote/trouble.ts';

const ENDPOINT = {
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/credentials',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
};

function configFile(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-credentials-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'config');
  writeFileSync(file, text);
  return file;
}

test('no other credentials, and not the token of the task', async () => {
  const file = configFile('[default]\nregion = eu-west-1\n');
  const around = {
    ...{ PATH: '/bin', AWS_REGION: 'us-east-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:2', BAILIWICK_URL: 'x' },
    AWS_CONFIG_FILE: file,
  };
  const others = [
    ...[
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'AWS_PROFILE',
      'AWS_DEFAULT_PROFILE',
    ],
    ...['AWS_ROLE_ARN', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'],
    ...['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE', 'BAILIWICK_TOKEN', 'BAILIWICK_TOKEN_FILE'],
    ...['AWS_SHARED_CREDENTIALS_FILE', 'AWS_CONTAINER_AUTHORIZATION_TOKEN', 'BOTO_CONFIG'],
    ...['AWS_BEARER_TOKEN_BEDROCK', 'AWS_BEARER_TOKEN_LATER_SERVICE'],
  ];
  const given = { ...around, ...Object.fromEntries(others.map((name) => [name, 'of-this-machine'])) };
  expect(await commandEnvironment(given, ENDPOINT)).toEqual({
    ...{ ...around, ...ENDPOINT },
    ...{ AWS_SHARED_CREDENTIALS_FILE: devNull, BOTO_CONFIG: devNull },
  });
});

describe("the user's own settings", () => {
  test.for([
    '[default]\nregion = eu-west-1\nendpoint_url = http://127.0.0.1:2\n',
    '[default]\nregion = eu-west-1\n[profile other]\naws_access_key_id = AKIAOTHER\nrole_arn = arn:x\n',
    '[default]\n  region = eu-west-1\ns3 =\n  addressing_style = path\n# role_arn = arn:x\n; role_arn = x\n',
    '[default]\nregion = eu-west-1\n[profile other] ; mine\n  role_arn = arn:x\n[other]\nrole_arn = arn:x\n',
    '[sso-session default]\nsso_start_url = https://x\n',
    '',
  ])('are kept: %j', async (text) => {
    const file = configFile(text);
    expect(await commandEnvironment({ AWS_CONFIG_FILE: file }, ENDPOINT)).toMatchObject({
      AWS_CONFIG_FILE: file,
    });
  });

  test.for([
    '[default]\naws_access_key_id = AKIAMACHINE\nregion = eu-west-1\n',
    '[default]\r\nregion=eu-west-1\r\ncredential_process=/bin/x\r\n',
    '[other]\nregion = x\n[default]\nregion = eu-west-1\nrole_arn = arn:x\n',
    '[ profile default ]\nregion : eu-west-1\nSSO_Session = corp\n',
    '[profile "default"]\nregion = eu-west-1\nweb_identity_token_file = /x\n',
    '[default] ; mine\nregion = eu-west-1\nlogin_session = arn:x\n',
    '[default]\n  region = eu-west-1\n  aws_access_key_id = AKIAMACHINE\n',
    '  [default]\n\tregion = eu-west-1\n\trole_arn = arn:x\n',
    '[DEFAULT]\nregion = eu-west-1\naws_access_key_id = AKIAMACHINE\n[profile other]\nregion = x\n',
    '[default]\nregion = eu-west-1\n[DEFAULT]\nrole_arn = arn:x\n',
    // A heading to some, the rest of the region to others.
    '[default]\nregion = eu-west-1\n  [profile other]\nrole_arn = arn:x\n',
    '[default]\nregion = eu-west-1\n[profile other];mine\nrole_arn = arn:x\n',
    '[default]\nregion = eu-west-1\ns3 =\n  role_arn = arn:x\n',
    " [profile 'def'ault]\nregion = eu-west-1\nrole_arn = arn:x\n",
    '\ufeff[default]\rregion = eu-west-1\rrole_arn = arn:x\r',
  ])('are not, where they give credentials, but for the region: %j', async (text) => {
    const around = { AWS_CONFIG_FILE: configFile(text) };
    expect(await commandEnvironment(around, ENDPOINT)).toMatchObject({
      ...{ AWS_CONFIG_FILE: devNull, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-west-1' },
    });
    const said = await commandEnvironment({ ...around, AWS_REGION: 'us-east-2' }, ENDPOINT);
    expect(said).toMatchObject({ AWS_CONFIG_FILE: devNull, AWS_REGION: 'us-east-2' });
  });

  test('are not, where the file is named in a way that only some understand', async () => {
    const said = await commandEnvironment({ AWS_CONFIG_FILE: '~/of/mine' }, ENDPOINT);
    expect(said).toEqual({
      ...ENDPOINT,
      ...{ AWS_CONFIG_FILE: devNull, AWS_SHARED_CREDENTIALS_FILE: devNull, BOTO_CONFIG: devNull },
    });
  });
});

describe('a watched task', () => {
  const START = Date.parse('2026-03-02T12:00:00Z');

  type Look = (seconds: number) => TaskState['status'] | Error;

  /** When it is found to be over, in seconds, and how often the broker was asked. */
  async function foundOver(seconds: number, look: Look) {
    let now = START;
    let asked = 0;
    const expiresAt = new Date(START + seconds * 1000);
    const { code } = await watchTask({
      task: async () => {
        asked += 1;
        const found = look((now - START) / 1000);
        if (found instanceof Error) throw found;
        return { status: found, expiresAt };
      },
      expiresAt,
      now: () => now,
      sleep: async (milliseconds) => {
        now += milliseconds;
      },
    });
    expect(code).toBe('task_over');
    return { at: (now - START) / 1000, asked };
  }

  const away = new NoAnswer('No broker answers.');
  const refused = (code: string) => new CallRefused({ code, detail: 'It is refused.' });

  test.for<readonly [string, number, Look, number]>([
    ['finished early', 3600, (at: number) => (at < 300 ? 'open' : 'finished'), 300],
    ['revoked, while the broker was away at times', 3600, (at: number) => (at < 300 ? away : 'revoked'), 300],
    ['said by a refusal', 3600, (at: number) => (at < 300 ? 'open' : refused('task_over')), 300],
    ['short', 2, () => 'expired', 3],
    ['at its end, by a clock that is ahead', 90, (at: number) => (at < 200 ? 'open' : 'expired'), 211 + 60],
    ['at its end, with nobody there to say so', 90, () => away, 211 + 60],
    ['at its end, refused for another reason', 90, () => refused('unauthenticated'), 211 + 60],
  ])('%s', async ([, seconds, look, latest]) => {
    const { at, asked } = await foundOver(seconds, look);
    expect(at).toBeLessThanOrEqual(latest);
    expect(asked).toBeLessThanOrEqual(at / 60 + 8);
  });
});
