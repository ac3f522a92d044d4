// The AWS SDK's own default chain, by a profile and by the endpoint, with a broker that runs: nothing in the code is changed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fakeServer } from '../contract/support/servers.ts';
import {
  ask,
  brokerForFile,
  demoAgentToken,
  QUICKSTART,
  temporaryDirectory,
} from '../embedded/support/broker.ts';
import { REPOSITORY, startCommand } from '../support/command.ts';
import { until } from '../support/poll.ts';
import { WANTED } from './support/operating.ts';

const { broker, data } = brokerForFile(QUICKSTART);
const CAPABILITY = 'demo-aws:read';

interface Opened {
  readonly task: { readonly id: string };
  readonly token: string;
}

async function openTask(): Promise<Opened> {
  const body = { purpose: 'read the weekly reports', capabilities: WANTED };
  const opened = await ask(`${broker().url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  expect(opened.status).toBe(201);
  return opened.body as unknown as Opened;
}

/** What AWS saw of each request. */
interface Seen {
  readonly key: string | undefined;
  readonly token: unknown;
}

/** An STS that takes everybody for somebody, and a client of it that is told of no credentials. */
async function identity() {
  const seen: Seen[] = [];
  const sts = await fakeServer(({ headers }, _, response) => {
    const key = /Credential=([A-Z0-9]+)\//.exec(headers.authorization ?? '')?.[1];
    seen.push({ key, token: headers['x-amz-security-token'] });
    response.setHeader('content-type', 'text/xml');
    response.end(
      '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:x</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
  });
  onTestFinished(() => sts.close());
  const client = new STSClient({ endpoint: sts.endpoint, region: 'eu-west-1', maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return { seen, whoAmI: () => client.send(new GetCallerIdentityCommand()) };
}

const REAL_ENOUGH = { key: expect.stringMatching(/^NOTREAL/), token: expect.stringMatching(/^not-real-/) };

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  return () => {
    vi.unstubAllEnvs();
  };
});

describe('a profile with credential_process', () => {
  /** A profile as somebody writes it; the token is in the environment. */
  function profile(task: string, capability = CAPABILITY): void {
    const home = temporaryDirectory();
    mkdirSync(join(home, '.aws'));
    const command = [process.execPath, join(REPOSITORY, 'src/cli/bailiwick.mjs'), 'credentials'];
    const args = ['--task', task, '--capability', capability, '--url', broker().url];
    const line = [...command, ...args].map((word) => `"${word}"`).join(' ');
    writeFileSync(join(home, '.aws', 'config'), `[profile reports]\ncredential_process = ${line}\n`);
    vi.stubEnv('AWS_CONFIG_FILE', join(home, '.aws', 'config'));
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(home, '.aws', 'credentials'));
    vi.stubEnv('AWS_PROFILE', 'reports');
  }

  test('signs as the session', async () => {
    const { task, token } = await openTask();
    profile(task.id);
    vi.stubEnv('BAILIWICK_TOKEN', token);
    const { seen, whoAmI } = await identity();
    await whoAmI();
    await whoAmI();
    expect(seen).toEqual([REAL_ENOUGH, REAL_ENOUGH]);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('signs nothing where the broker refuses', async () => {
    const { task, token } = await openTask();
    profile(task.id, 'demo-aws:write');
    vi.stubEnv('BAILIWICK_TOKEN', token);
    const { seen, whoAmI } = await identity();
    const error = await whoAmI().catch((caught: unknown) => caught);
    // This SDK keeps the reason to itself; the AWS CLI tells it.
    expect(error).toMatchObject({ name: 'CredentialsProviderError' });
    expect(String(error)).not.toContain(token);
    expect(seen).toEqual([]);
  });
});

describe('the endpoint', () => {
  async function serving(): Promise<Opened> {
    const opened = await openTask();
    const { task, token } = opened;
    const args = ['credentials', 'serve', '--task', task.id, '--capability', CAPABILITY];
    const env = { ...process.env, BAILIWICK_URL: broker().url, BAILIWICK_TOKEN: token };
    const served = startCommand(args, { env });
    onTestFinished(async () => {
      served.child.kill('SIGKILL');
      await served.ended;
    });
    const lines = await until('two lines', () => {
      const [...found] = served.out().matchAll(/^export (\w+)=(\S+)$/gm);
      return found.length === 2 ? found : undefined;
    });
    for (const [, name = '', value] of lines) vi.stubEnv(name, value);
    // Nothing else in the chain may answer in its place.
    vi.stubEnv('AWS_CONFIG_FILE', '/dev/null');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    return opened;
  }

  test('signs as the session, the same for all who ask', async () => {
    await serving();
    const clients = await Promise.all(Array.from({ length: 5 }, () => identity()));
    await Promise.all(clients.map(({ whoAmI }) => whoAmI()));
    const all = clients.flatMap(({ seen }) => seen);
    expect(all).toEqual(Array(5).fill(REAL_ENOUGH));
    expect(new Set(all.map(({ key }) => key)).size).toBe(1);
  });

  test('refuses an SDK with another token', async () => {
    await serving();
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', 'another');
    const { seen, whoAmI } = await identity();
    await expect(whoAmI()).rejects.toMatchObject({ name: 'CredentialsProviderError' });
    expect(seen).toEqual([]);
  });
});
