// What goes to IAM about a role's deny, to the letter, and what each of its answers becomes.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createIamRevoker } from '../../../src/adapters/aws/iam-revoker.ts';
import { clientOptions, impatientOptions } from '../../contract/support/aws.ts';
import { ASSUMED, OWN } from '../../contract/support/fake-iam.ts';
import { closedPort, silentServer } from '../../contract/support/servers.ts';
import { DENY, ROLE, revoking, THERE } from './revoking.ts';

const NAMED = { RoleName: 'bailiwick-reports', PolicyName: 'bailiwick-revoked' };
const by = (Action: string, more: object = { RoleName: 'bailiwick-reports' }) => ({
  Action,
  Version: '2010-05-08',
  ...more,
});

describe('on the wire', () => {
  it('reads, puts and takes away the one policy of the role, by its name without its path', async () => {
    const { revoker, sent, own, sts } = await revoking();
    expect(await revoker.write(ROLE, DENY)).toBe('written');
    expect(await revoker.read(ROLE)).toEqual({ document: DENY });
    expect(await revoker.write(ROLE, undefined)).toBe('written');
    expect(sent()).toEqual([
      by('GetRole'),
      by('PutRolePolicy', { ...NAMED, PolicyDocument: DENY }),
      by('GetRolePolicy', NAMED),
      by('DeleteRolePolicy', NAMED),
    ]);
    expect(own.versions).toEqual([DENY, undefined]);
    expect(sts.asked).toEqual([]);
  });

  it('goes through the role of another account with no more than it needs there', async () => {
    const { revoker, iam, sts, there, own, sent } = await revoking();
    expect(await revoker.write(THERE, DENY)).toBe('written');
    expect(sts.asked).toEqual([
      {
        Action: 'AssumeRole',
        Version: '2011-06-15',
        RoleArn: THERE.revokerRoleArn,
        RoleSessionName: 'bailiwick-revoker',
        ExternalId: 'the external id',
        DurationSeconds: '900',
        Policy: JSON.stringify({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: [
                'iam:GetRole',
                'iam:GetRolePolicy',
                'iam:PutRolePolicy',
                'iam:DeleteRolePolicy',
                'iam:ListRolePolicies',
              ],
              Resource: THERE.roleArn,
            },
          ],
        }),
      },
    ]);
    expect(sent()).toEqual([by('GetRole'), by('PutRolePolicy', { ...NAMED, PolicyDocument: DENY })]);
    expect(iam.asked.map(({ accessKeyId }) => accessKeyId)).toEqual([
      'ASIAEXAMPLEEXAMP0001',
      'ASIAEXAMPLEEXAMP0001',
    ]);
    expect([there.versions, own.versions]).toEqual([[DENY], []]);
  });

  it('sends no external id where there is none', async () => {
    const { revoker, sts } = await revoking();
    const { externalId: _, ...without } = THERE;
    await revoker.read(without);
    expect(sts.asked[0]).not.toHaveProperty('ExternalId');
  });
});

it('goes where the environment says, with its own credentials and with those of a session', async () => {
  const { iam, sts } = await revoking();
  vi.stubEnv('AWS_ENDPOINT_URL_IAM', iam.endpoint);
  vi.stubEnv('AWS_ENDPOINT_URL', sts.endpoint);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { endpoint: _, ...options } = impatientOptions('');
  const revoker = createIamRevoker({ iam: new IAMClient(options), sts: new STSClient(options) });
  expect(await revoker.read(THERE)).toEqual({ document: undefined });
  expect(await revoker.read(ROLE)).toEqual({ document: undefined });
  expect(iam.asked.map(({ accessKeyId }) => accessKeyId.slice(0, 4))).toContain(OWN);
  expect(iam.asked.map(({ accessKeyId }) => accessKeyId.slice(0, 4))).toContain(ASSUMED);
});

describe('whose role it is', () => {
  it.each([
    ['another account', 'arn:aws:iam::999999999999:role/a/path/bailiwick-reports'],
    ['another path', 'arn:aws:iam::111122223333:role/bailiwick-reports'],
    ['another partition', 'arn:aws-cn:iam::111122223333:role/a/path/bailiwick-reports'],
  ])('is looked at before anything is written: of %s, nothing is', async (_, arn) => {
    const { revoker, own, iam } = await revoking(arn);
    for (const answer of [
      await revoker.write(ROLE, DENY),
      await revoker.write(ROLE, undefined),
      await revoker.read(ROLE),
    ]) {
      expect(answer).toMatchObject({
        problem: 'refused',
        detail: expect.stringContaining('revokerRoleArn'),
      });
    }
    expect(own.versions).toEqual([]);
    expect(iam.actions()).toEqual(['GetRole', 'GetRole', 'GetRole']);
  });

  it('is looked at once where it was right', async () => {
    const { revoker, iam } = await revoking();
    await revoker.write(ROLE, DENY);
    await revoker.write(ROLE, DENY);
    await revoker.read(ROLE);
    expect(iam.actions().filter((action) => action === 'GetRole')).toHaveLength(1);
  });

  it('is looked at on either side: a role here is none there', async () => {
    const { revoker, own, there } = await revoking();
    await revoker.write(ROLE, DENY);
    const mixed = { ...THERE, roleArn: ROLE.roleArn };
    expect(await revoker.write(mixed, undefined)).toMatchObject({ problem: 'refused' });
    expect([own.versions, there.versions]).toEqual([[DENY], []]);
  });

  it('is said where there is none', async () => {
    const { revoker, create, iam } = await revoking();
    expect(await revoker.read(ROLE)).toEqual({ document: undefined });
    iam.accounts.clear();
    // Also by one that had seen the role.
    for (const one of [revoker, create()]) {
      for (const answer of [
        await one.read(ROLE),
        await one.write(ROLE, undefined),
        await one.write(ROLE, DENY),
      ]) {
        expect(answer).toMatchObject({ problem: 'refused', detail: expect.stringContaining('no role') });
      }
    }
  });
});

describe('what leaves too little room', () => {
  it.each([1, 2, 100])('is told in characters, %d policies to a page', async (pageSize) => {
    const { revoker, iam, own } = await revoking();
    iam.pageSize = pageSize;
    for (let count = 0; count < 5; count += 1)
      own.policies.set(`own-${count}`, `{ "a":\t"${'x'.repeat(92)}"\n}`);
    own.policies.set(NAMED.PolicyName, DENY);
    const tooLong = `{"a":"${'y'.repeat(10_000)}"}`;
    expect(await revoker.write(ROLE, tooLong)).toMatchObject({ problem: 'tooLarge', room: 10_240 - 500 });
    const fits = `{"a":"${'y'.repeat(10_240 - 500 - 8)}"}`;
    expect(await revoker.write(ROLE, fits)).toBe('written');
    expect(await revoker.write(ROLE, fits.replace('y', 'yy'))).toMatchObject({ room: 10_240 - 500 });
    expect(own.versions).toEqual([fits]);
  });

  it('is said without a number where it may not be counted', async () => {
    const { revoker, iam, own } = await revoking();
    own.policies.set('own', `{"a":"${'x'.repeat(10_000)}"}`);
    iam.failure = { status: 403, code: 'AccessDenied', on: ['ListRolePolicies'] };
    const answer = await revoker.write(ROLE, `{"a":"${'y'.repeat(1000)}"}`);
    expect(answer).toMatchObject({ problem: 'tooLarge' });
    expect(answer).not.toHaveProperty('room');
  });

  it('is not looked for without end', async () => {
    const { revoker, iam, own } = await revoking();
    for (let count = 0; count < 1000; count += 1) own.policies.set(`own-${count}`, '{}');
    iam.failure = { status: 409, code: 'LimitExceeded', on: ['PutRolePolicy'] };
    expect(await revoker.write(ROLE, DENY)).not.toHaveProperty('room');
    expect(iam.actions()).not.toContain('GetRolePolicy');
  });
});

it.each([
  [403, 'AccessDenied', 'refused', 'iam:PutRolePolicy'],
  [400, 'MalformedPolicyDocument', 'refused', 'malformed'],
  [400, 'ValidationError', 'refused', 'malformed'],
  [400, 'UnmodifiableEntity', 'refused', 'AWS service'],
  [404, 'NoSuchEntity', 'refused', 'no role'],
  [403, 'ExpiredToken', 'unavailable', 'credentials'],
  [403, 'SignatureDoesNotMatch', 'unavailable', 'credentials'],
  [400, 'Throttling', 'unavailable', 'in time'],
  [409, 'ConcurrentModification', 'unavailable', 'in time'],
  [500, 'ServiceFailure', 'unavailable', 'in time'],
  [503, 'ServiceUnavailable', 'unavailable', 'in time'],
  [400, 'constructor', 'unavailable', 'in time'],
])('answers %d %s with %s', async (status, code, problem, part) => {
  const { iam, revoker, own } = await revoking();
  // That there is nothing to take away is no failure.
  const on = code === 'NoSuchEntity' ? ['PutRolePolicy'] : ['GetRole', 'PutRolePolicy', 'DeleteRolePolicy'];
  iam.failure = { status, code, on };
  const answer = await revoker.write(ROLE, DENY);
  expect(answer).toMatchObject({ problem, detail: expect.stringContaining(part) });
  expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333/);
  iam.failure = { status, code, on: on.slice(-1) };
  expect(await revoker.write(ROLE, on.length === 1 ? DENY : undefined)).toEqual(answer);
  expect(own.versions).toEqual([]);
});

it.each([
  ['nobody listens', closedPort],
  ['nobody answers', silentServer],
])('is unavailable where %s', async (_, start) => {
  const { endpoint, close } = await start();
  onTestFinished(close);
  const options = impatientOptions(endpoint);
  const revoker = createIamRevoker({ iam: new IAMClient(options), sts: new STSClient(options) });
  for (const role of [ROLE, THERE]) {
    expect(await revoker.read(role)).toMatchObject({ problem: 'unavailable' });
    expect(await revoker.write(role, DENY)).toMatchObject({ problem: 'unavailable' });
  }
});

it('is unavailable at its deadline, however patient its clients are', async () => {
  const { endpoint, close } = await silentServer();
  onTestFinished(close);
  const options = clientOptions(endpoint);
  const clients = { iam: new IAMClient(options), sts: new STSClient(options) };
  const revoker = createIamRevoker({ ...clients, deadlineMilliseconds: 50 });
  for (const role of [ROLE, THERE]) {
    expect(await revoker.read(role)).toMatchObject({ problem: 'unavailable' });
  }
});

it('says so where it has no credentials of its own', async () => {
  const none = async (): Promise<never> => {
    throw Object.assign(new Error('could not load credentials'), { name: 'CredentialsProviderError' });
  };
  const options = { ...impatientOptions('http://127.0.0.1:1'), credentials: none };
  const revoker = createIamRevoker({ iam: new IAMClient(options), sts: new STSClient(options) });
  for (const role of [ROLE, THERE]) {
    const answer = await revoker.read(role);
    expect(answer).toMatchObject({ problem: 'unavailable', detail: expect.stringContaining('credentials') });
  }
});
