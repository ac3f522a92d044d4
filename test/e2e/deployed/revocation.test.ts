// Sessions that are out stop working when their task is ended or their agent disabled, and no other session does.
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until } from '../../support/poll.ts';
import { eventsOf, finish, send, type Wanted } from '../support/broker.ts';
import { operatorToken } from '../support/tokens.ts';
import { invoke } from './aws.ts';
import { DELIVERIES, DELIVERIES_EXTERNAL_ID } from './names.ts';
import { output } from './outputs.ts';
import { passTime } from './pass-time.ts';
import {
  denyOn,
  document,
  endedTasks,
  inForce,
  isDenied,
  type Opening,
  type Out,
  out,
  outcome,
} from './sessions-out.ts';

const MONDAY: Wanted = { capability: 'deliveries:read', parameters: { day: 'mon' } };
const OURS = 'mon/parcel';
const THEIRS = 'tue/parcel';
const Bucket = DELIVERIES;

const owner = new S3Client({ forcePathStyle: true });
const iam = new IAMClient({});
const sts = new STSClient({});
const clients = [owner, iam, sts];

beforeAll(async () => {
  await owner.send(new CreateBucketCommand({ Bucket }));
  for (const Key of [OURS, THEIRS]) await owner.send(new PutObjectCommand({ Bucket, Key, Body: Key }));
});
afterAll(() => {
  for (const client of clients) client.destroy();
});

const courier = { agent: 'courier', wanted: MONDAY, object: { Bucket, Key: OURS } } as const;
const dismissed = { ...courier, agent: 'dismissed' } as const;
const deny = () => denyOn(iam, DELIVERIES);

/** Forgotten when the tests are done. */
async function vend(opening: Opening): Promise<Out> {
  const one = await out(opening);
  clients.push(one.s3);
  return one;
}

const asOperator = (path: string) =>
  send('POST', path, { token: operatorToken(), body: { reason: 'A test' } });

const reconcile = () => invoke(output('ReconcileFunction'), {});

/** As if every session on the role had ended by itself a while ago. */
async function laterOn(): Promise<void> {
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: DELIVERIES }));
  await passTime(output('StateTable'), Role?.Arn ?? '');
  await reconcile();
  // By a function that the table's stream calls: after others have kept the emulator busy, that may be behind.
  const isGone = async () => ((await deny()) === undefined ? true : undefined);
  await until('the deny to go', isGone, 50_000);
}

/** Whether policies are enforced where this runs; most emulators let everybody do everything. */
const ENFORCED = process.env['BAILIWICK_E2E_IAM'] === 'enforced';

describe.runIf(ENFORCED)('sessions of the deployed broker', () => {
  beforeEach(laterOn);

  test('are of a role that is bounded, and says whose it is', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: DELIVERIES }));
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toMatch(/:policy\/bailiwick\//);
    expect(Role?.Tags).toContainEqual({ Key: 'bailiwick', Value: 'bailiwick' });
  });

  test('are had by the broker alone', async () => {
    const RoleArn = String((await iam.send(new GetRoleCommand({ RoleName: DELIVERIES }))).Role?.Arn);
    const asking = {
      ...{ RoleArn, RoleSessionName: 'x', ExternalId: DELIVERIES_EXTERNAL_ID, SourceIdentity: 'courier' },
      Tags: Object.entries({
        agent: 'courier',
        task: 'task_1',
        root: 'task_1',
        environment: 'production',
      }).map(([Key, Value]) => ({ Key, Value })),
    };
    expect(await outcome(sts.send(new AssumeRoleCommand(asking)))).toMatch(/^AccessDenied/);
  });

  test('do what the task is for, and nothing near it', async () => {
    const { read, s3 } = await vend(courier);
    expect(await read()).toBe('done');
    expect(await read(THEIRS)).toBe('AccessDenied');
    const near = [
      () => s3.send(new PutObjectCommand({ Bucket, Key: OURS, Body: 'new' })),
      () => s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'mon/' })),
      () => s3.send(new GetObjectCommand({ Bucket, Key: 'mon' })),
      () => s3.send(new GetObjectCommand({ Bucket, Key: 'monday/parcel' })),
    ];
    for (const ask of near) expect(await outcome(ask())).toBe('AccessDenied');
  });

  test('end with the task by themselves, and nothing is written on the role', async () => {
    const short = await vend({ ...courier, ttlSeconds: 3 });
    expect(await short.read()).toBe('done');
    await isDenied('the session of a task that is over', short);
    // The policy's deadline is cut to the second, and so comes first.
    await until('the task to be over', async () => {
      const { body } = await send('GET', `/v1/tasks/${short.opened.task.id}`, { token: short.opened.token });
      return (body as { task: { status: string } }).task.status === 'expired' ? true : undefined;
    });
    await reconcile();
    expect((await finish(short.opened)).body).toMatchObject({ revocation: 'inForce' });
    expect(await deny()).toBeUndefined();
  });

  test('are denied once their task is finished, as no other is', async () => {
    const [ended, later, open] = [await vend(courier), await vend(courier), await vend(courier)];
    expect([await ended.read(), await later.read(), await open.read()]).toEqual(['done', 'done', 'done']);
    await inForce(() => finish(ended.opened));
    expect(await deny()).toEqual(endedTasks(ended));
    await isDenied('the session of the finished task', ended);
    expect([await later.read(), await open.read()]).toEqual(['done', 'done']);
    const told = (await eventsOf(ended.opened.task.id)).filter(({ type }) => type === 'credentials.revoked');
    expect(told).toEqual([expect.objectContaining({ roleArn: expect.stringContaining(DELIVERIES) })]);

    await inForce(() => asOperator(`/v1/tasks/${later.opened.task.id}/revoke`));
    expect(await deny()).toEqual(endedTasks(ended, later));
    await isDenied('the session of the revoked task', later);
    expect(await open.read()).toBe('done');
  });

  test('are denied when their agent is disabled, and it begins anew when it is reinstated', async () => {
    await asOperator('/v1/agents/dismissed/reinstate');
    const [one, another, other] = [await vend(dismissed), await vend(dismissed), await vend(courier)];
    expect([await one.read(), await another.read(), await other.read()]).toEqual(['done', 'done', 'done']);
    expect((await asOperator('/v1/agents/dismissed/disable')).status).toBe(200);
    await isDenied('the first session of the agent', one);
    await isDenied('the other one', another);
    expect(await deny()).toEqual(
      document('DisabledAgent0', {
        StringEquals: { 'aws:PrincipalTag/agent': 'dismissed' },
        DateLessThan: { 'aws:TokenIssueTime': expect.stringMatching(/^[\d-]{10}T[\d:]{8}Z$/) },
      }),
    );
    await inForce(() => asOperator(`/v1/tasks/${one.opened.task.id}/revoke`));
    expect(await other.read()).toBe('done');

    expect((await asOperator('/v1/agents/dismissed/reinstate')).status).toBe(200);
    const again = await vend(dismissed);
    await until('the agent to begin anew', async () => ((await again.read()) === 'done' ? true : undefined));
    expect(await deny()).toEqual(endedTasks(one, another));
    expect([await one.read(), await another.read()]).toEqual(['AccessDenied', 'AccessDenied']);
  });
});
