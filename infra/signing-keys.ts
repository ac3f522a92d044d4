// The keys that digests of the audit are signed with, one a generation: whoever looks after them can't sign with them.
import { RemovalPolicy } from 'aws-cdk-lib';
import { ArnPrincipal, type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { FunctionDesign } from './functions.ts';
import { lookedAfter } from './sealing-key.ts';

/** So many keys were asked for as there can't be. */
export class WrongGenerations extends Error {}

/** Their ARNs must fit what a function may have as its environment. */
const MOST = 20;

/** The oldest first. Kept when the stack goes: whoever verifies may still want to ask AWS for a public key. */
export function signingKeys(scope: Construct, broker: string, generations: number): readonly Key[] {
  if (!Number.isSafeInteger(generations) || generations < 1 || generations > MOST) {
    throw new WrongGenerations(
      `signingKeyGenerations is a whole number from 1 to ${MOST}, unlike ${generations}`,
    );
  }
  return Array.from({ length: generations }, (_, place) => signingKey(scope, broker, place + 1));
}

function signingKey(scope: Construct, broker: string, generation: number): Key {
  const key = new Key(scope, `SigningKey${generation}`, {
    description: `Bailiwick: signs digests of the audit, generation ${generation}`,
    keySpec: KeySpec.ECC_NIST_P256,
    keyUsage: KeyUsage.SIGN_VERIFY,
    removalPolicy: RemovalPolicy.RETAIN,
    policy: lookedAfter(),
  });
  key.addAlias(`alias/bailiwick/${broker}/signing-${generation}`);
  return key;
}

/** By their own policies as well as by the role's: either alone would do, and both say the same. */
export function maySign(keys: readonly Key[], { signs }: FunctionDesign, role: IRole): PolicyStatement[] {
  if (!signs) return [];
  const actions = ['kms:Sign', 'kms:GetPublicKey'];
  const principals = [new ArnPrincipal(role.roleArn)];
  for (const key of keys) {
    key.addToResourcePolicy(
      new PolicyStatement({ sid: 'SignDigests', actions, principals, resources: ['*'] }),
    );
  }
  return [new PolicyStatement({ sid: 'SignDigests', actions, resources: keys.map(({ keyArn }) => keyArn) })];
}
