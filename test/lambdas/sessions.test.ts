// By whom a function asks for sessions of targets, and looks at their roles.
import { expect, it, onTestFinished, vi } from 'vitest';
import { boundedSessions } from '../../lambdas/shared/sessions.ts';
import { createTools } from '../../lambdas/shared/tools.ts';
import type { OwnRole } from '../../src/adapters/aws/as-own-role.ts';
import { systemClock } from '../../src/adapters/system.ts';
import { REQUEST } from '../contract/session-issuer.ts';
import { ASSUMED, addRole, fakeRole, OWN, startFakeIam } from '../contract/support/fake-iam.ts';
import { startFakeSts } from '../contract/support/fake-sts.ts';

const CALLER = { roleArn: 'arn:aws:iam::111122223333:role/make-call', sessionName: 'execute-call' };
const FIRST_SESSION = 'ASIAEXAMPLEEXAMP0001';

async function issuing(as?: OwnRole) {
  const [iam, sts] = await Promise.all([startFakeIam(), startFakeSts(systemClock)]);
  const variables = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'example',
    AWS_ENDPOINT_URL_IAM: iam.endpoint,
    AWS_ENDPOINT_URL_STS: sts.endpoint,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await Promise.all([iam.close(), sts.close()]);
  });
  const boundary = 'arn:aws:iam::111122223333:policy/bailiwick/reports';
  for (const asker of [OWN, ASSUMED])
    addRole(iam, asker, fakeRole(REQUEST.roleArn, { boundary, tag: 'blue' }));
  const sessions = boundedSessions(createTools(), 'blue', as);
  const issued = [await sessions.issue(REQUEST), await sessions.issue(REQUEST)];
  expect(issued).toMatchObject([{ real: true }, { real: true }]);
  return { iam: iam.asked.map(({ accessKeyId }) => accessKeyId), sts };
}

it('is its own role', async () => {
  const { iam, sts } = await issuing();
  expect(iam).toEqual(['AKIDEXAMPLE']);
  expect(sts.by).toEqual(['AKIDEXAMPLE', 'AKIDEXAMPLE']);
  expect(sts.asked.map(({ RoleArn }) => RoleArn)).toEqual([REQUEST.roleArn, REQUEST.roleArn]);
});

it('is the role that it is told to ask as, whose one session does for both', async () => {
  const { iam, sts } = await issuing(CALLER);
  expect(iam).toEqual([FIRST_SESSION]);
  expect(sts.by).toEqual(['AKIDEXAMPLE', FIRST_SESSION, FIRST_SESSION]);
  expect(sts.asked.map(({ RoleArn }) => RoleArn)).toEqual([CALLER.roleArn, REQUEST.roleArn, REQUEST.roleArn]);
});
