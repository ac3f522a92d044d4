// Revoker: on IAM, in the broker's own account and in another, and where denies are recorded only.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { describe } from 'vitest';
import { createIamRevoker } from '../../src/adapters/aws/iam-revoker.ts';
import { createRecordedRevoker } from '../../src/adapters/embedded/recorded-revoker.ts';
import type { Revoker, VendedRole } from '../../src/ports/revoker.ts';
import { revokerContract } from './revoker.ts';
import { clientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { ASSUMED, addRole, fakeRole, OWN, startFakeIam } from './support/fake-iam.ts';
import { startFakeSts } from './support/fake-sts.ts';
import type { Open } from './support/subject.ts';

const ROLES: readonly [VendedRole, VendedRole] = [
  { roleArn: 'arn:aws:iam::111122223333:role/bailiwick-reports' },
  { roleArn: 'arn:aws:iam::111122223333:role/a/path/bailiwick-orders' },
];

const elsewhere = ({ roleArn }: VendedRole): VendedRole => ({
  roleArn,
  revokerRoleArn: 'arn:aws:iam::111122223333:role/bailiwick-revoker',
  externalId: 'the external id',
});

const onIam =
  (asker: string): Open<Revoker> =>
  async () => {
    const clock = movableClock();
    const [iam, sts] = await Promise.all([startFakeIam(), startFakeSts(clock)]);
    for (const { roleArn } of ROLES) {
      const policies = new Map([['ours-not', '{ "Statement": [] }']]);
      // Roles have policies of their own, but for the one whose deny is to be as large as IAM lets it be.
      addRole(iam, asker, fakeRole(roleArn, roleArn === ROLES[0].roleArn ? {} : { policies }));
    }
    const port = createIamRevoker({
      iam: new IAMClient(clientOptions(iam.endpoint)),
      sts: new STSClient(clientOptions(sts.endpoint)),
    });
    const close = async () => {
      await Promise.all([iam.close(), sts.close()]);
    };
    return { port, clock, close };
  };

const recorded: Open<Revoker> = async () => ({
  port: createRecordedRevoker(),
  clock: movableClock(),
  close: async () => undefined,
});

describe("denies in IAM, in the broker's own account", () => revokerContract(onIam(OWN), ROLES));
describe('denies in IAM, in another account', () =>
  revokerContract(onIam(ASSUMED), [elsewhere(ROLES[0]), elsewhere(ROLES[1])]));
describe('denies that are recorded only', () => revokerContract(recorded, ROLES));
