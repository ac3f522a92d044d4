// What goes to STS, to the letter, and what each of its answers becomes.
import { STSClient } from '@aws-sdk/client-sts';
import { expect, it, onTestFinished } from 'vitest';
import { createStsSessionIssuer } from '../../../src/adapters/aws/sts-session-issuer.ts';
import { REQUEST } from '../../contract/session-issuer.ts';
import { clientOptions, impatientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { startFakeSts } from '../../contract/support/fake-sts.ts';
import { closedPort, silentServer } from '../../contract/support/servers.ts';

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
