// A revoker on a fake IAM and a fake STS, with a role in the broker's own account and one in another.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { onTestFinished } from 'vitest';
import { createIamRevoker } from '../../../src/adapters/aws/iam-revoker.ts';
import type { VendedRole } from '../../../src/ports/revoker.ts';
import { impatientOptions } from '../../contract/support/aws.ts';
import { movableClock } from '../../contract/support/clock.ts';
import { ASSUMED, addRole, fakeRole, OWN, startFakeIam } from '../../contract/support/fake-iam.ts';
import { startFakeSts } from '../../contract/support/fake-sts.ts';

export const ROLE: VendedRole = { roleArn: 'arn:aws:iam::111122223333:role/a/path/bailiwick-reports' };
export const THERE: VendedRole = {
  roleArn: 'arn:aws:iam::444455556666:role/bailiwick-reports',
  revokerRoleArn: 'arn:aws:iam::444455556666:role/bailiwick-revoker',
  externalId: 'the external id',
};
export const DENY = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}';
export async function revoking(arn = ROLE.roleArn) {
  const clock = movableClock();
  const [iam, sts] = await Promise.all([startFakeIam(), startFakeSts(clock)]);
  onTestFinished(iam.close);
  onTestFinished(sts.close);
  const own = addRole(iam, OWN, fakeRole(arn));
  const there = addRole(iam, ASSUMED, fakeRole(THERE.roleArn));
  const create = () =>
    createIamRevoker({
      iam: new IAMClient(impatientOptions(iam.endpoint)),
      sts: new STSClient(impatientOptions(sts.endpoint)),
    });
  const sent = () => iam.asked.map(({ parameters }) => parameters);
  return { iam, sts, clock, own, there, sent, create, revoker: create() };
}
