// An embedded broker with `--aws`, and the AWS CLI as people use it: by a profile, and by the container endpoint.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, demoAgentToken, QUICKSTART } from '../../embedded/support/broker.ts';
import { type Broker, REPOSITORY, startBroker } from '../../support/command.ts';
import { until } from '../../support/poll.ts';

/** Comes with `npm run test:aws`; whoever brings an AWS of his own may name one, too. */
const CLI = process.env['BAILIWICK_E2E_AWS_CLI'] ?? '';
const ENFORCED = process.env['BAILIWICK_E2E_IAM'] === 'enforced';

const NAME = `bailiwick-e2e-embedded-${Date.now().toString(36)}`;
const OURS = 'weekly/report.csv';
const THEIRS = 'monthly/report.csv';
const CAPABILITY = 'demo-aws:read';

const iam = new IAMClient({});
const s3 = new S3Client({ forcePathStyle: true });
const directory = mkdtempSync(join(tmpdir(), 'bailiwick-embedded-aws-'));
const data = join(directory, 'data');
const undo: (() => Promise<unknown>)[] = [];
let broker: Broker;

/** A bucket with a file of ours and one of others. */
async function makeBucket(): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket: NAME }));
  undo.push(() => s3.send(new DeleteBucketCommand({ Bucket: NAME })));
  for (const Key of [OURS, THEIRS]) {
    await s3.send(new PutObjectCommand({ Bucket: NAME, Key, Body: Key }));
    undo.push(() => s3.send(new DeleteObjectCommand({ Bucket: NAME, Key })));
  }
}

/** As an operator makes it: bounded, marked, and granted by a managed policy. It could do far more than any task. */
async function makeRole(principal: string): Promise<string> {
  const resources = [`arn:aws:s3:::${NAME}`, `arn:aws:s3:::${NAME}/*`];
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: resources };
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const made = await iam.send(
    new CreatePolicyCommand({ PolicyName: NAME, Path: '/bailiwick/', PolicyDocument }),
  );
  const PolicyArn = made.Policy?.Arn ?? '';
  undo.push(() => iam.send(new DeletePolicyCommand({ PolicyArn })));
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
  };
  const { Role } = await iam.send(
    new CreateRoleCommand({
      RoleName: NAME,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
      PermissionsBoundary: PolicyArn,
      Tags: [{ Key: 'bailiwick', Value: 'bailiwick' }],
    }),
  );
  undo.push(() => iam.send(new DeleteRoleCommand({ RoleName: NAME })));
  await iam.send(new AttachRolePolicyCommand({ RoleName: NAME, PolicyArn }));
  undo.push(() => iam.send(new DetachRolePolicyCommand({ RoleName: NAME, PolicyArn })));
  // The broker's own, if it has written one by then.
  undo.push(() => iam.send(new DeleteRolePolicyCommand({ RoleName: NAME, PolicyName: 'bailiwick-revoked' })));
  return Role?.Arn ?? '';
}

/** The quickstart, with that role and that bucket. */
function makeConfig(roleArn: string): string {
  const config = join(directory, 'config');
  cpSync(QUICKSTART, config, { recursive: true });
  const file = join(config, 'targets', 'demo-aws.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text
      .replaceAll('arn:aws:iam::111122223333:role/bailiwick-demo', roleArn)
      .replaceAll('arn:aws:s3:::acme-reports', `arn:aws:s3:::${NAME}`),
  );
  return config;
}

beforeAll(async () => {
  const { Account = '' } = await new STSClient({}).send(new GetCallerIdentityCommand());
  await makeBucket();
  const roleArn = await makeRole(`arn:aws:iam::${Account}:root`);
  broker = await startBroker(['--config', makeConfig(roleArn), '--data', data, '--aws']);
}, 60_000);

afterAll(async () => {
  await broker?.stop('SIGKILL');
  for (const one of undo.reverse()) await one().catch(() => {});
  rmSync(directory, { recursive: true, force: true });
  iam.destroy();
  s3.destroy();
});

interface Opened {
  readonly id: string;
  readonly token: string;
}

async function openTask(): Promise<Opened> {
  const capabilities = [{ capability: CAPABILITY, parameters: { prefix: 'weekly' } }];
  const body = { purpose: 'read the weekly reports', capabilities };
  const opened = await ask(`${broker.url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  expect(opened.status).toBe(201);
  const { task, token } = opened.body as { task: { id: string }; token: string };
  return { id: task.id, token };
}

/** The environment of whoever uses the CLI: of the AWS under test, but nobody's credentials. */
function around(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(
    ([name]) => !/^AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|PROFILE)$/.test(name),
  );
  const none = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  return { ...Object.fromEntries(others), ...none, BAILIWICK_URL: broker.url, ...more };
}

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function run(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Said> {
  const [name = '', ...args] = command;
  const child = spawn(name, args, { env, cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (ended) => resolve(ended ?? 128));
  });
  return { code, out, err };
}

const BAILIWICK = [process.execPath, join(REPOSITORY, 'src/cli/bailiwick.mjs'), 'credentials'];

type Aws = (...args: readonly string[]) => Promise<Said>;

function byProfile({ id, token }: Opened): Aws {
  const command = [...BAILIWICK, '--task', id, '--capability', CAPABILITY];
  const file = join(directory, `${id}.config`);
  const line = command.map((word) => `"${word}"`).join(' ');
  writeFileSync(file, `[profile weekly]\ncredential_process = ${line}\n`);
  const env = around({ BAILIWICK_TOKEN: token, AWS_CONFIG_FILE: file, AWS_PROFILE: 'weekly' });
  return (...args) => run([CLI, ...args], env);
}

function byEndpoint({ id, token }: Opened): Aws {
  const command = [...BAILIWICK, 'serve', '--task', id, '--capability', CAPABILITY, '--', CLI];
  // What is in the environment goes before an endpoint, so that it must not be there any more by then.
  const env = around({ BAILIWICK_TOKEN: token, AWS_ACCESS_KEY_ID: 'other', AWS_SECRET_ACCESS_KEY: 'other' });
  return (...args) => run([...command, ...args], env);
}

const get = (key: string) => ['s3api', 'get-object', '--bucket', NAME, '--key', key, 'got'];

describe.runIf(CLI !== '').each([
  ['credential_process', byProfile],
  ['the container endpoint', byEndpoint],
] as const)('the AWS CLI by %s', (_, way) => {
  let task: Opened;
  let aws: Aws;
  beforeAll(async () => {
    task = await openTask();
    aws = way(task);
  });

  it('is a session of the task', async () => {
    const { code, out, err } = await aws('sts', 'get-caller-identity');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const session = new RegExp(`:assumed-role/${NAME}/${task.id}-\\w+$`);
    expect(JSON.parse(out)).toMatchObject({ Arn: expect.stringMatching(session) });
  });

  it('reads what the task is for', async () => {
    expect(await aws(...get(OURS))).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(directory, 'got'), 'utf8')).toBe(OURS);
    const listed = await aws('s3api', 'list-objects-v2', '--bucket', NAME, '--prefix', 'weekly/x');
    expect(listed).toMatchObject({ code: 0, err: '' });
  });

  it.runIf(ENFORCED).each([
    ['what is beside it', get(THEIRS)],
    ['a whole bucket', ['s3api', 'list-objects-v2', '--bucket', NAME]],
    ['a list of what is beside it', ['s3api', 'list-objects-v2', '--bucket', NAME, '--prefix', 'monthly/']],
    ['to write', ['s3api', 'put-object', '--bucket', NAME, '--key', OURS]],
    ['to delete', ['s3api', 'delete-object', '--bucket', NAME, '--key', OURS]],
    ['another service', ['iam', 'list-roles']],
  ])('may not have %s', async (_name, args) => {
    const { code, err } = await aws(...args);
    expect({ code: code > 0, err }).toEqual({ code: true, err: expect.stringContaining('AccessDenied') });
  });
});

describe.runIf(CLI !== '')('when the task is finished', () => {
  it('its credentials are denied, and there are no others', async () => {
    const task = await openTask();
    const { id, token } = task;
    const printed = await run(
      [...BAILIWICK, '--task', id, '--capability', CAPABILITY],
      around({ BAILIWICK_TOKEN: token }),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken } = JSON.parse(printed.out) as Record<string, string>;
    const held = around({
      ...{ AWS_ACCESS_KEY_ID: AccessKeyId, AWS_SECRET_ACCESS_KEY: SecretAccessKey },
      AWS_SESSION_TOKEN: SessionToken,
    });
    expect(await run([CLI, ...get(OURS)], held)).toMatchObject({ code: 0 });

    await until('a deny that is in force', async () => {
      const { body } = await ask(`${broker.url}/v1/tasks/${id}/finish`, 'POST', token);
      return body['revocation'] === 'inForce' ? true : undefined;
    });
    if (ENFORCED) {
      const { code, err } = await run([CLI, ...get(OURS)], held);
      expect({ code: code > 0, err }).toEqual({ code: true, err: expect.stringContaining('AccessDenied') });
    }
    // The CLI says what `bailiwick credentials` says.
    const refused = await byProfile(task)('sts', 'get-caller-identity');
    expect(refused).toMatchObject({ out: '', err: expect.stringContaining('task_over: ') });
    expect(refused.err).not.toContain(token);
    // The other task's credentials go on working.
    expect(await byEndpoint(await openTask())(...get(OURS))).toMatchObject({ code: 0 });
  });
});
