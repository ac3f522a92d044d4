// What goes to STS, to the letter, and what each of its answers becomes.
import { STSClient } from '@aws-sdk/client-sts';
import { expect, it, onTestFinished } from 'vitest';
import { createStsSessionIssuer } from '../../../src/adapters/aws/sts-session-issuer.ts';
import type { Places } from '../../../src/credentials/bound-to.ts';
import { sessionRequest } from '../../../src/credentials/index.ts';
import { makeId } from '../../../src/shared/ids.ts';
import type { Task } from '../../../src/tasks/index.ts';
import { REQUEST } from '../../contract/session-issuer.ts';
import { clientOptions, impatientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { startFakeSts } from '../../contract/support/fake-sts.ts';
import { closedPort, silentServer } from '../../contract/support/servers.ts';
import { awsCapability, awsTarget } from '../../support/config.ts';

async function setUp() {
  const sts = await startFakeSts(movableClock());
  onTestFinished(sts.close);
  const issuer = createStsSessionIssuer({ client: new STSClient(impatientOptions(sts.endpoint)) });
  return { sts, issuer };
}

it('sends everything that ties a session to its task', async () => {
  const { sts, issuer } = await setUp();
  expect(await issuer.issue(REQUEST)).toMatchObject({ real: true });
  expect(sts.asked).toEqual([
    {
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: REQUEST.roleArn,
      RoleSessionName: 'task_01',
      SourceIdentity: 'support-summarizer',
      ExternalId: 'the external id',
      DurationSeconds: '900',
      Policy: REQUEST.policy,
      'Tags.member.1.Key': 'agent',
      'Tags.member.1.Value': 'support-summarizer',
      'Tags.member.2.Key': 'task',
      'Tags.member.2.Value': 'task_01',
      'Tags.member.3.Key': 'root',
      'Tags.member.3.Value': 'task_01',
      'Tags.member.4.Key': 'environment',
      'Tags.member.4.Value': 'production',
      'TransitiveTagKeys.member.1': 'agent',
      'TransitiveTagKeys.member.2': 'task',
      'TransitiveTagKeys.member.3': 'root',
      'TransitiveTagKeys.member.4': 'environment',
    },
  ]);
});

const NOW = new Date('2026-03-02T12:00:00.400Z');
const ROOT = makeId('task', NOW, new Uint8Array(10).fill(2));

/** A task under another, with what is left of it. */
function taskOf(seconds: number): Task {
  return {
    id: makeId('task', NOW, new Uint8Array(10)),
    agent: 'report-builder',
    owner: { team: 'Data', email: 'data@example.com' },
    status: 'open',
    purpose: 'p',
    capabilities: [],
    ancestors: [{ task: ROOT, agent: 'coordinator' }],
    openedAt: NOW.toISOString(),
    expiresAt: new Date(NOW.getTime() + seconds * 1000).toISOString(),
    configDigest: 'd',
    tokenHash: 't',
    requestHash: 'r',
    openedEvent: 'e',
  };
}

const CAPABILITIES = [
  { actions: ['s3:GetObject'], resources: ['arn:aws:s3:::acme/${prefix}/*'] },
  {
    actions: ['s3:ListBucket'],
    resources: ['arn:aws:s3:::acme'],
    conditions: {
      StringLike: { 's3:prefix': '${prefix}/*' },
      DateLessThan: { 'aws:CurrentTime': '2026-03-02T12:10:00Z' },
    },
  },
].map((statement) => ({
  definition: awsCapability({ statements: [statement], maxSessionSeconds: 1200 }),
  parameters: { prefix: 'a/b' },
}));

const statementsOf = (...ends: readonly (string | readonly string[])[]) => [
  {
    Effect: 'Allow',
    Action: ['s3:GetObject'],
    Resource: ['arn:aws:s3:::acme/a/b/*'],
    Condition: { DateLessThan: { 'aws:CurrentTime': ends[0] } },
  },
  {
    Effect: 'Allow',
    Action: ['s3:ListBucket'],
    Resource: ['arn:aws:s3:::acme'],
    Condition: {
      StringLike: { 's3:prefix': 'a/b/*' },
      DateLessThan: { 'aws:CurrentTime': ends[1] },
    },
  },
];
const ELSEWHERE = {
  Effect: 'Deny',
  Action: '*',
  Resource: '*',
  Condition: {
    NotIpAddressIfExists: { 'aws:SourceIp': ['10.0.0.0/8'] },
    StringNotEqualsIfExists: { 'aws:SourceVpce': ['vpce-0a1b2c3d'] },
    BoolIfExists: { 'aws:ViaAWSService': 'false' },
  },
};
const PLACES = { addresses: ['10.0.0.0/8'], endpoints: ['vpce-0a1b2c3d'] };
/** What the operator wrote is kept as a list. */
const OWN_END = ['2026-03-02T12:10:00Z'];

it.each<[string, number, Places | undefined, readonly object[], string]>([
  ['of a long task', 3600, undefined, statementsOf('2026-03-02T13:00:00Z', OWN_END), '1200'],
  ['of a short task', 60, undefined, statementsOf('2026-03-02T12:01:00Z', '2026-03-02T12:01:00Z'), '900'],
  ['of a bound one', 1000, PLACES, [...statementsOf('2026-03-02T12:16:40Z', OWN_END), ELSEWHERE], '1000'],
])(
  'sends a session %s, compiled from several capabilities, to the letter',
  async (_, left, places, statements, seconds) => {
    const { sts, issuer } = await setUp();
    const connection = {
      roleArn: 'arn:aws:iam::444455556666:role/a/path/reports',
      externalId: 'an external id',
      boundary: 'arn:aws:iam::444455556666:policy/bailiwick/reports',
    };
    const target = awsTarget('reports', { connection, environment: 'staging' });
    const task = taskOf(left);
    const call = makeId('call', NOW, new Uint8Array(10).fill(1));
    await issuer.issue(sessionRequest(target, CAPABILITIES, task, call, NOW, places));
    const [{ Policy = '', ...rest } = {}] = sts.asked;
    expect(Policy).toBe(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    expect(rest).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: connection.roleArn,
      RoleSessionName: `${task.id}-${call.slice(-16)}`,
      SourceIdentity: 'report-builder',
      ExternalId: 'an external id',
      DurationSeconds: seconds,
      'Tags.member.1.Key': 'agent',
      'Tags.member.1.Value': 'report-builder',
      'Tags.member.2.Key': 'task',
      'Tags.member.2.Value': task.id,
      'Tags.member.3.Key': 'root',
      'Tags.member.3.Value': ROOT,
      'Tags.member.4.Key': 'environment',
      'Tags.member.4.Value': 'staging',
      'TransitiveTagKeys.member.1': 'agent',
      'TransitiveTagKeys.member.2': 'task',
      'TransitiveTagKeys.member.3': 'root',
      'TransitiveTagKeys.member.4': 'environment',
    });
  },
);

it('sends no external id where there is none', async () => {
  const { sts, issuer } = await setUp();
  const { externalId: _, ...without } = REQUEST;
  await issuer.issue(without);
  expect(sts.asked[0]).not.toHaveProperty('ExternalId');
});

it.each([
  [403, 'AccessDenied', 'refused', 'sts:SetSourceIdentity'],
  [400, 'ValidationError', 'refused', 'maximum session duration'],
  [400, 'MalformedPolicyDocument', 'refused', 'statements'],
  [403, 'RegionDisabledException', 'refused', 'region'],
  [400, 'PackedPolicyTooLarge', 'policyTooLarge', 'larger than it takes'],
  [403, 'ExpiredToken', 'unavailable', 'credentials that the broker itself'],
  [403, 'InvalidClientTokenId', 'unavailable', 'credentials that the broker itself'],
  [400, 'Throttling', 'unavailable', 'did not answer'],
  [500, 'InternalFailure', 'unavailable', 'did not answer'],
  [503, 'ServiceUnavailable', 'unavailable', 'did not answer'],
  [400, 'constructor', 'unavailable', 'did not answer'],
])('answers %d %s with %s', async (status, code, problem, part) => {
  const { sts, issuer } = await setUp();
  sts.failure = { status, code };
  const answer = await issuer.issue(REQUEST);
  expect(answer).toMatchObject({ problem, detail: expect.stringContaining(part) });
  expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333/);
});

it('blames the policy where STS says only that something is invalid, and the policy is too long', async () => {
  const { sts, issuer } = await setUp();
  sts.failure = { status: 400, code: 'ValidationError' };
  const answer = await issuer.issue({ ...REQUEST, policy: ' '.repeat(2049) });
  expect(answer).toMatchObject({ problem: 'policyTooLarge' });
});

it.each([
  ['nobody listens', closedPort],
  ['nobody answers', silentServer],
])('is unavailable where %s', async (_, start) => {
  const { endpoint, close } = await start();
  onTestFinished(close);
  const issuer = createStsSessionIssuer({ client: new STSClient(impatientOptions(endpoint)) });
  expect(await issuer.issue(REQUEST)).toMatchObject({ problem: 'unavailable' });
});

it('is unavailable at its deadline, however patient its client is', async () => {
  const { endpoint, close } = await silentServer();
  onTestFinished(close);
  const client = new STSClient(clientOptions(endpoint));
  const issuer = createStsSessionIssuer({ client, deadlineMilliseconds: 50 });
  expect(await issuer.issue(REQUEST)).toMatchObject({ problem: 'unavailable' });
});
