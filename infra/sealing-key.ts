// The key that operations are sealed under while people decide: its policy leaves to IAM who looks after it, and to
// nobody but its functions that it is used.
import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  ArnPrincipal,
  type IRole,
  PolicyDocument,
  PolicyStatement,
} from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { FunctionDesign } from './functions.ts';
import type { Conditions } from './statement.ts';

/** As the sealer binds every data key: nothing else is ever made with the key. */
const SEALING: Conditions = {
  StringEquals: { 'kms:EncryptionContext:purpose': 'bailiwick-sealed-operation' },
};

const USES = { none: [], seal: ['kms:GenerateDataKey'], open: ['kms:Decrypt'] } as const;

/** Without `CreateGrant`, by which whoever looks after the key could use it. */
const ADMINISTRATION = [
  ...['CancelKeyDeletion', 'CreateAlias', 'DeleteAlias', 'Describe*', 'Disable*', 'Enable*', 'Get*', 'List*'],
  ...[
    'Put*',
    'Revoke*',
    'RotateKeyOnDemand',
    'ScheduleKeyDeletion',
    'TagResource',
    'UntagResource',
    'Update*',
  ],
].map((action) => `kms:${action}`);

/** The policy of a key that the account may look after and not use. */
export function lookedAfter(): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'LookAfterIt',
        principals: [new AccountRootPrincipal()],
        actions: ADMINISTRATION,
        resources: ['*'],
      }),
    ],
  });
}

/** Kept when the stack goes, since what waits could not be opened without it. */
export function sealingKey(scope: Construct, broker: string): Key {
  const key = new Key(scope, 'SealingKey', {
    description: 'Bailiwick: seals operations while people decide',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.RETAIN,
    policy: lookedAfter(),
  });
  key.addAlias(`alias/bailiwick/${broker}/sealing`);
  return key;
}

/** By its own policy as well as by the role's: either alone would do, and both say the same. */
export function mayUse(key: Key, { sealing }: FunctionDesign, role: IRole): PolicyStatement[] {
  const actions = USES[sealing].map((action) => action);
  if (actions.length === 0) return [];
  const what = { sid: 'SealingKey', actions, conditions: SEALING };
  const { sid, ...same } = what;
  const principals = [new ArnPrincipal(role.roleArn)];
  key.addToResourcePolicy(new PolicyStatement({ ...same, principals, resources: ['*'] }));
  return [new PolicyStatement({ ...what, resources: [key.keyArn] })];
}
