// A role of another account, made by the template for those who use no CDK: its sessions are vended, and revoked there.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf, finish } from '../support/broker.ts';
import { STOCK, STOCK_ACCOUNT } from './names.ts';
import { output } from './outputs.ts';
import { denyOn, endedTasks, inForce, isDenied, type Out, out } from './sessions-out.ts';

/** Emulators take an account's number for the key of its owner; an account that is given has no second one. */
const CLI = process.env['BAILIWICK_E2E_AWS_CLI'] ?? '';
const ENFORCED = process.env['BAILIWICK_E2E_IAM'] === 'enforced';

const TEMPLATE = fileURLToPath(new URL('../../../templates/brokered-role.yaml', import.meta.url));
const credentials = { accessKeyId: STOCK_ACCOUNT, secretAccessKey: 'test' };
const iam = new IAMClient({ credentials });
const owner = new S3Client({ credentials, forcePathStyle: true });
const clients: { destroy(): void }[] = [iam, owner];
const object = { Bucket: STOCK, Key: 'open/list' };

/** As docs/deploying.md has it. */
async function deployTemplate(): Promise<void> {
  const parameters = {
    RoleName: STOCK,
    IssuerRoleArn: output('IssueCredentialsRoleArn'),
    RevokerRoleArn: output('RevokerRoleArn'),
    AllowedActions: 's3:GetObject,s3:ListBucket',
    AllowedResources: `arn:aws:s3:::${STOCK},arn:aws:s3:::${STOCK}/*`,
    ExternalId: 'e2e-stock',
    Environment: 'production',
  };
  const args = [
    ...['cloudformation', 'deploy', '--stack-name', STOCK, '--template-file', TEMPLATE],
    ...['--capabilities', 'CAPABILITY_NAMED_IAM', '--parameter-overrides'],
    ...Object.entries(parameters).map(([name, value]) => `${name}=${value}`),
  ];
  const { accessKeyId, secretAccessKey } = credentials;
  await promisify(execFile)(CLI, args, {
    env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  });
}

describe.runIf(ENFORCED && CLI !== '')('sessions of a role of another account', () => {
  beforeAll(async () => {
    await deployTemplate();
    await owner.send(new CreateBucketCommand({ Bucket: STOCK }));
    for (const Key of [object.Key, 'closed/list']) {
      await owner.send(new PutObjectCommand({ Bucket: STOCK, Key, Body: Key }));
    }
  }, 60_000);
  afterAll(() => {
    for (const client of clients) client.destroy();
  });

  async function vend(): Promise<Out> {
    const one = await out({ agent: 'courier', wanted: { capability: 'stock:read' }, object });
    clients.push(one.s3);
    return one;
  }

  test('do what the task is for, and are revoked through the role that the target names', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: STOCK }));
    expect(Role?.Arn).toBe(`arn:aws:iam::${STOCK_ACCOUNT}:role/${STOCK}`);
    const [ended, open] = [await vend(), await vend()];
    expect([await ended.read(), await open.read()]).toEqual(['done', 'done']);
    expect(await ended.read('closed/list')).toBe('AccessDenied');
    await inForce(() => finish(ended.opened));
    expect(await denyOn(iam, STOCK)).toEqual(endedTasks(ended));
    await isDenied('the session of the finished task', ended);
    expect(await open.read()).toBe('done');
    const told = (await eventsOf(ended.opened.task.id)).filter(({ type }) => type === 'credentials.revoked');
    expect(told).toEqual([expect.objectContaining({ roleArn: Role?.Arn })]);
  });
});
