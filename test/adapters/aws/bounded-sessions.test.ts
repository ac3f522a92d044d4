// Which roles give sessions, what is asked to find out, and that it is asked once.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type Accepted,
  type BoundedSessionsDependencies,
  createBoundedSessions,
} from '../../../src/adapters/aws/bounded-sessions.ts';
import { createStsSessionIssuer } from '../../../src/adapters/aws/sts-session-issuer.ts';
import type { SessionRequest } from '../../../src/ports/session-issuer.ts';
import { REQUEST } from '../../contract/session-issuer.ts';
import { clientOptions, impatientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { ASSUMED, addRole, fakeRole, OWN, startFakeIam } from '../../contract/support/fake-iam.ts';
import { startFakeSts } from '../../contract/support/fake-sts.ts';
import { closedPort, silentServer } from '../../contract/support/servers.ts';

const ACCOUNT = 'arn:aws:iam::111122223333';
const OURS = `${ACCOUNT}:policy/bailiwick/reports`;
const THEIRS = `${ACCOUNT}:policy/team/boundary`;

/** Of the broker whose sessions these are. */
const NAME = 'blue';
const OF_BROKER: Accepted = { broker: NAME };

async function setUp(boundary: string | undefined, accept: Accepted = OF_BROKER, asker = OWN) {
  const clock = movableClock();
  const [iam, sts] = await Promise.all([startFakeIam(), startFakeSts(clock)]);
  onTestFinished(iam.close);
  onTestFinished(sts.close);
  const bounded = (one: string | undefined) => (one === undefined ? {} : { boundary: one });
  const role = (one: string | undefined, roleArn = REQUEST.roleArn, of = asker, tag = NAME) =>
    addRole(iam, of, fakeRole(roleArn, { ...bounded(one), tag }));
  role(boundary);
  const sessions = createBoundedSessions({
    sessions: createStsSessionIssuer({ client: new STSClient(impatientOptions(sts.endpoint)) }),
    iam: new IAMClient(impatientOptions(iam.endpoint)),
    accept,
  });
  return { iam, sts, role, sessions };
}

const REAL = { real: true };
const LOOK_ONLY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'iam:GetRole', Resource: REQUEST.roleArn }],
});

describe('the boundary', () => {
  it.each<[string, 'any' | 'ours', string | undefined, string | undefined, string | undefined]>([
    ['ours', 'ours', OURS, undefined, undefined],
    ['ours, however deep', 'ours', `${ACCOUNT}:policy/bailiwick/a/b`, undefined, undefined],
    ['any other', 'ours', THEIRS, undefined, '/bailiwick/'],
    ['one whose path only begins so', 'ours', `${ACCOUNT}:policy/bailiwick-x/b`, undefined, '/bailiwick/'],
    ['one whose name is that', 'ours', `${ACCOUNT}:policy/bailiwick`, undefined, '/bailiwick/'],
    ['one of a path within a path', 'ours', `${ACCOUNT}:policy/x/bailiwick/b`, undefined, '/bailiwick/'],
    ['of another account', 'ours', 'arn:aws:iam::444455556666:policy/bailiwick/b', undefined, 'own account'],
    ['of AWS', 'ours', 'arn:aws:iam::aws:policy/PowerUserAccess', undefined, '/bailiwick/'],
    ['none', 'ours', undefined, undefined, 'no permissions boundary'],
    ['the one that is named', 'ours', THEIRS, THEIRS, undefined],
    ['ours, but another is named', 'ours', OURS, THEIRS, 'connection.boundary'],
    ['one that only begins as the named', 'ours', `${THEIRS}s`, THEIRS, 'connection.boundary'],
    ['none where one is named', 'ours', undefined, THEIRS, 'no permissions boundary'],
    ['any', 'any', THEIRS, undefined, undefined],
    ['none where any will do', 'any', undefined, undefined, 'no permissions boundary'],
    ['the one that is named, where any will do', 'any', OURS, OURS, undefined],
    ['another than the named, where any will do', 'any', OURS, THEIRS, 'connection.boundary'],
  ])('%s (%s)', async (_, accept, carried, named, part) => {
    const { sessions, sts, iam } = await setUp(carried, accept === 'ours' ? OF_BROKER : accept);
    const answer = await sessions.issue({ ...REQUEST, ...(named === undefined ? {} : { boundary: named }) });
    expect(iam.actions()).toEqual(['GetRole']);
    if (part === undefined) expect(answer).toMatchObject(REAL);
    else {
      expect(answer).toMatchObject({ problem: 'refused', detail: expect.stringContaining(part) });
      expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333/);
      expect(sts.asked).toEqual([]);
    }
  });
});

describe('the tag', () => {
  const NONE = '';

  async function tagged(tag: string, accept: Accepted) {
    const parts = await setUp(OURS, accept);
    addRole(parts.iam, OWN, fakeRole(REQUEST.roleArn, { boundary: OURS, ...(tag === NONE ? {} : { tag }) }));
    return parts;
  }

  it.each([
    ['none', NONE],
    ['another broker’s', 'green'],
    ['one that only begins so', `${NAME}r`],
  ])('%s gives no session, by whatever boundary', async (_, tag) => {
    const { sessions, iam, sts } = await tagged(tag, OF_BROKER);
    for (const request of [REQUEST, { ...REQUEST, boundary: OURS }]) {
      const answer = await sessions.issue(request);
      expect(answer).toMatchObject({
        problem: 'refused',
        detail: expect.stringContaining('tag `bailiwick`'),
      });
      expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333/);
    }
    expect(sts.asked).toEqual([]);
    // Nothing more is asked for it than for the boundary; a refusal is not remembered.
    expect(iam.actions()).toEqual(['GetRole', 'GetRole']);
    addRole(iam, OWN, fakeRole(REQUEST.roleArn, { boundary: OURS, tag: NAME }));
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
  });

  it('is asked for of no role where any will do', async () => {
    const { sessions } = await tagged(NONE, 'any');
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
  });
});

describe('the look-up', () => {
  it('asks for the role by its name without its path', async () => {
    const { sessions, iam, role } = await setUp(OURS);
    const roleArn = `${ACCOUNT}:role/a/path/orders`;
    role(OURS, roleArn);
    expect(await sessions.issue({ ...REQUEST, roleArn })).toMatchObject(REAL);
    expect(iam.asked.map(({ parameters }) => parameters)).toEqual([
      { Action: 'GetRole', Version: '2010-05-08', RoleName: 'orders' },
    ]);
  });

  it('is made once for each role, and never again in a warm call', async () => {
    const { sessions, iam, sts, role } = await setUp(OURS);
    const roleArn = `${ACCOUNT}:role/bailiwick-orders`;
    role(OURS, roleArn);
    for (let count = 0; count < 5; count += 1) {
      expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
      expect(await sessions.issue({ ...REQUEST, roleArn })).toMatchObject(REAL);
    }
    expect(iam.actions()).toEqual(['GetRole', 'GetRole']);
    expect(sts.asked).toHaveLength(10);
    // Whatever becomes of IAM.
    iam.failure = { status: 500, code: 'ServiceFailure', on: ['GetRole'] };
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
  });

  it('is made once for many at once', async () => {
    const { sessions, iam, sts } = await setUp(OURS);
    const answers = await Promise.all(Array.from({ length: 10 }, () => sessions.issue(REQUEST)));
    for (const answer of answers) expect(answer).toMatchObject(REAL);
    expect(iam.actions()).toEqual(['GetRole']);
    expect(sts.asked).toHaveLength(10);
  });

  it('changes nothing of what is asked for', async () => {
    const { sessions, sts } = await setUp(OURS);
    await sessions.issue(REQUEST);
    const plain = await setUp(OURS);
    await createStsSessionIssuer({ client: new STSClient(clientOptions(plain.sts.endpoint)) }).issue(REQUEST);
    expect(sts.asked).toEqual(plain.sts.asked);
  });

  it('is made again after a refusal, and after silence', async () => {
    const { sessions, iam, role } = await setUp(undefined);
    expect(await sessions.issue(REQUEST)).toMatchObject({ problem: 'refused' });
    role(THEIRS);
    expect(await sessions.issue(REQUEST)).toMatchObject({ problem: 'refused' });
    iam.failure = { status: 500, code: 'ServiceFailure', on: ['GetRole'] };
    expect(await sessions.issue(REQUEST)).toMatchObject({ problem: 'unavailable' });
    iam.failure = undefined;
    role(OURS);
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
  });

  it('is made again where another target wants another boundary of the same role', async () => {
    const { sessions, role } = await setUp(OURS);
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
    const other = { ...REQUEST, boundary: THEIRS };
    expect(await sessions.issue(other)).toMatchObject({ problem: 'refused' });
    role(THEIRS);
    expect(await sessions.issue(other)).toMatchObject(REAL);
    expect(await sessions.issue(REQUEST)).toMatchObject({ problem: 'refused' });
  });
});

describe('a role of another account', () => {
  /** The broker's account has none, has one of the same name, or does not let it look. */
  const HERE = ['none', 'another of that name', 'no permission'] as const;

  async function elsewhere(here: (typeof HERE)[number], boundary: string | undefined) {
    const parts = await setUp(boundary, OF_BROKER, ASSUMED);
    const { iam, role } = parts;
    if (here !== 'none') role(OURS, 'arn:aws:iam::999999999999:role/bailiwick-reports', OWN);
    if (here === 'no permission') iam.accounts.delete(OWN);
    return parts;
  }

  it.each(HERE)('is asked itself (here: %s), with nothing but that', async (here) => {
    const { sessions, iam, sts } = await elsewhere(here, OURS);
    expect(await sessions.issue(REQUEST)).toMatchObject(REAL);
    const [look, vend] = sts.asked;
    expect(look).toEqual({ ...vend, Policy: LOOK_ONLY, DurationSeconds: '900' });
    expect(vend).toMatchObject({ Policy: REQUEST.policy, ExternalId: REQUEST.externalId });
    expect(look).toMatchObject({
      SourceIdentity: REQUEST.sourceIdentity,
      'Tags.member.2.Key': 'task',
      'TransitiveTagKeys.member.4': 'environment',
    });
    expect(iam.asked.map(({ accessKeyId }) => accessKeyId)).toEqual(['AKIDEXAMPLE', 'ASIAEXAMPLEEXAMP0001']);
    // Never in a warm call.
    await sessions.issue(REQUEST);
    expect([iam.asked.length, sts.asked.length]).toEqual([2, 3]);
  });

  it.each([
    ['carries no boundary', undefined, NAME, 'no permissions boundary'],
    ['carries another', THEIRS, NAME, '/bailiwick/'],
    ['has another broker’s tag', OURS, 'green', 'tag `bailiwick`'],
  ])('that %s gives no session', async (_, boundary, tag, part) => {
    const { sessions, sts, role } = await elsewhere('none', boundary);
    role(boundary, REQUEST.roleArn, ASSUMED, tag);
    const answer = await sessions.issue(REQUEST);
    expect(answer).toMatchObject({ problem: 'refused', detail: expect.stringContaining(part) });
    expect(sts.asked.map(({ Policy }) => Policy)).toEqual([LOOK_ONLY]);
  });

  it('that may not look at itself gives no session, and the refusal says what to do', async () => {
    const { sessions, iam, sts } = await elsewhere('none', OURS);
    iam.failure = { status: 403, code: 'AccessDenied', on: ['GetRole'] };
    const answer = await sessions.issue(REQUEST);
    expect(answer).toMatchObject({ problem: 'refused', detail: expect.stringContaining('iam:GetRole') });
    expect(JSON.stringify(answer)).not.toMatch(/arn:|111122223333|ASIA|canary/);
    expect(sts.asked).toHaveLength(1);
  });

  it('that STS refuses is refused for the same reason as a session of it', async () => {
    const { sessions, sts } = await elsewhere('none', OURS);
    sts.failure = { status: 403, code: 'AccessDenied' };
    expect(await sessions.issue(REQUEST)).toMatchObject({
      problem: 'refused',
      detail: expect.stringContaining('sts:SetSourceIdentity'),
    });
  });

  it('refuses one agent what it allows another that asks at the same time', async () => {
    const { iam, sts } = await elsewhere('none', OURS);
    const issuer = createStsSessionIssuer({ client: new STSClient(impatientOptions(sts.endpoint)) });
    const onlyWelcome: BoundedSessionsDependencies['sessions'] = {
      issue: async (request) =>
        request.sourceIdentity === 'welcome'
          ? issuer.issue(request)
          : { problem: 'refused', detail: 'the trust policy names others' },
    };
    const sessions = createBoundedSessions({
      sessions: onlyWelcome,
      iam: new IAMClient(impatientOptions(iam.endpoint)),
      accept: OF_BROKER,
    });
    const as = (sourceIdentity: string): SessionRequest => ({ ...REQUEST, sourceIdentity });
    const [first, second] = await Promise.all([
      sessions.issue(as('stranger')),
      sessions.issue(as('welcome')),
    ]);
    expect([first, second]).toMatchObject([{ problem: 'refused' }, REAL]);
  });
});

describe('where IAM does not say', () => {
  it.each([
    [500, 'ServiceFailure', 'in time'],
    [400, 'Throttling', 'in time'],
    [403, 'ExpiredToken', 'credentials'],
  ])('%d %s, there is no session', async (status, code, part) => {
    const { sessions, iam, sts } = await setUp(OURS);
    iam.failure = { status, code, on: ['GetRole'] };
    const answer = await sessions.issue(REQUEST);
    expect(answer).toMatchObject({ problem: 'unavailable', detail: expect.stringContaining(part) });
    expect(sts.asked).toEqual([]);
  });

  it.each([
    ['nobody listens', closedPort, {}, impatientOptions],
    ['nobody answers', silentServer, {}, impatientOptions],
    ['nobody answers by its deadline', silentServer, { deadlineMilliseconds: 50 }, clientOptions],
  ])('as %s, there is no session', async (_, start, given, options) => {
    const { endpoint, close } = await start();
    onTestFinished(close);
    const never: BoundedSessionsDependencies['sessions'] = {
      issue: () => Promise.reject(new Error('nobody may ask')),
    };
    const iam = new IAMClient(options(endpoint));
    const sessions = createBoundedSessions({ sessions: never, iam, accept: 'any', ...given });
    expect(await sessions.issue(REQUEST)).toMatchObject({ problem: 'unavailable' });
  });
});
