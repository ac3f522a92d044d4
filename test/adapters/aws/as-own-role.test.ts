// Sessions of targets that are asked for by a session of a role of the broker's own: how long that one is kept, and what its
// failures become.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished } from 'vitest';
import { asOwnRole } from '../../../src/adapters/aws/as-own-role.ts';
import { createBoundedSessions } from '../../../src/adapters/aws/bounded-sessions.ts';
import { createStsSessionIssuer } from '../../../src/adapters/aws/sts-session-issuer.ts';
import { systemClock } from '../../../src/adapters/system.ts';
import { REQUEST } from '../../contract/session-issuer.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { OWN, startFakeIam } from '../../contract/support/fake-iam.ts';
import { type FakeSts, startFakeSts } from '../../contract/support/fake-sts.ts';
import { closedPort, silentServer } from '../../contract/support/servers.ts';
import { MINUTE } from '../../support/clock.ts';

const ROLE = { roleArn: 'arn:aws:iam::111122223333:role/make-call', sessionName: 'execute-call' };

const endpointOf = async (started: Promise<{ endpoint: string; close: () => Promise<void> }>) => {
  const { endpoint, close } = await started;
  onTestFinished(close);
  return endpoint;
};

/** Each hop at an STS of its own. The SDK goes by the real time, so what has passed is taken off the sessions. */
async function chained({ passed = 0 } = {}) {
  const clock = { ...systemClock, now: () => new Date(Date.now() - passed) };
  const [first, second, iam] = await Promise.all([startFakeSts(clock), startFakeSts(clock), startFakeIam()]);
  for (const { close } of [first, second, iam]) onTestFinished(close);
  return { first, second, iam, ...through(first.endpoint, second.endpoint, iam.endpoint) };
}

function through(first: string, second: string, iam: string) {
  const credentials = asOwnRole(new STSClient(impatientOptions(first)), ROLE);
  const client = new STSClient({ ...impatientOptions(second), credentials });
  const sessions = createStsSessionIssuer({ client });
  const looking = new IAMClient({ ...impatientOptions(iam), credentials: client.config.credentials });
  return { sessions, bounded: createBoundedSessions({ sessions, iam: looking, accept: 'any' }) };
}

it('asks for the role alone: no tags and no source identity, for as short as may be, and for nothing else than sessions', async () => {
  const { first, sessions } = await chained();
  expect(await sessions.issue(REQUEST)).toMatchObject({ real: true });
  const [asked = {}] = first.asked;
  expect(asked).toEqual({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: ROLE.roleArn,
    RoleSessionName: 'execute-call',
    DurationSeconds: '900',
    Policy: expect.any(String),
  });
  expect(JSON.parse(asked['Policy'] ?? '').Statement).toEqual([
    {
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'],
      Resource: '*',
    },
  ]);
  expect(first.by).toEqual([expect.stringMatching(new RegExp(`^${OWN}`))]);
});

it('asks for the target by that session, with all that ties it to its task', async () => {
  const { second, sessions } = await chained();
  await sessions.issue(REQUEST);
  expect(second.by).toEqual(['ASIAEXAMPLEEXAMP0001']);
  expect(second.asked).toMatchObject([
    {
      RoleArn: REQUEST.roleArn,
      SourceIdentity: 'support-summarizer',
      'Tags.member.2.Value': 'task_01',
      'TransitiveTagKeys.member.4': 'environment',
    },
  ]);
});

describe('the session of the role', () => {
  it.each([
    ['is kept while it lasts', 0, 1],
    ['is kept until a few minutes before it ends', 9 * MINUTE, 1],
    ['is replaced a few minutes before it ends', 11 * MINUTE, 3],
    ['is replaced when it has ended', 16 * MINUTE, 3],
  ])('%s', async (_, passed, different) => {
    const { first, second, sessions } = await chained({ passed });
    for (let each = 0; each < 3; each += 1) await sessions.issue(REQUEST);
    expect(second.asked).toHaveLength(3);
    expect(new Set(second.by).size).toBe(different);
    expect(first.asked.length === 1).toBe(different === 1);
  });
});

describe('where the role is not to be had', () => {
  const refused = (sts: FakeSts, code: string) => {
    sts.failure = { status: code.startsWith('Service') ? 503 : 403, code };
  };

  it.each([
    ['AccessDenied', 'MakeCallRoleArn'],
    ['ValidationError', 'MakeCallRoleArn'],
    ['RegionDisabledException', 'MakeCallRoleArn'],
    ['ExpiredToken', 'credentials'],
    ['InvalidClientTokenId', 'credentials'],
    ['ServiceUnavailable', 'in time'],
  ])('%s is unavailable, and nobody blames the target', async (code, part) => {
    const { first, second, iam, sessions, bounded } = await chained();
    refused(first, code);
    for (const one of [sessions, bounded]) {
      const answer = await one.issue(REQUEST);
      expect(answer).toMatchObject({ problem: 'unavailable', detail: expect.stringContaining(part) });
      expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333/);
    }
    expect([...second.asked, ...iam.asked]).toEqual([]);
    // The next one asks again.
    first.failure = undefined;
    expect(await sessions.issue(REQUEST)).toMatchObject({ real: true });
  });

  it.each([
    ['nobody listens', closedPort],
    ['nobody answers', silentServer],
  ])('it is unavailable, too, where %s', async (_, start) => {
    const { second, iam } = await chained();
    const { sessions, bounded } = through(await endpointOf(start()), second.endpoint, iam.endpoint);
    for (const one of [sessions, bounded]) {
      expect(await one.issue(REQUEST)).toMatchObject({ problem: 'unavailable' });
    }
  });
});
