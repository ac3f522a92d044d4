// Who asks IAM about a role: the broker itself, or, in another account, a role there that may do no more than is needed.
import type { IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { NotRevoked, VendedRole } from '../../ports/revoker.ts';
import { type AssumedCredentials, clientAs } from './iam-roles.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

const SECONDS = 900;

const ACTIONS = [
  'iam:GetRole',
  'iam:GetRolePolicy',
  'iam:PutRolePolicy',
  'iam:DeleteRolePolicy',
  'iam:ListRolePolicies',
];

const UNAVAILABLE: NotRevoked = {
  problem: 'unavailable',
  detail: 'STS did not give a session of the revokerRoleArn in time.',
};
const NOT_ASKED: NotRevoked = {
  problem: 'unavailable',
  detail:
    'STS could not be asked for a session of the revokerRoleArn, or did not accept the AWS credentials that the ' +
    'broker itself runs with.',
};
const REFUSED: NotRevoked = {
  problem: 'refused',
  detail:
    "STS refused the revokerRoleArn. Check that it exists, that its trust policy lets the broker's revoker do " +
    'sts:AssumeRole with the external id configured for this target, and that the revoker may assume it.',
};

/** Thrown through the IAM client, which asks for credentials when it needs some. */
export class NotAssumed extends Error {
  override readonly name = 'NotAssumed';
  readonly problem: NotRevoked;

  constructor(error: unknown) {
    super('the role to go through was not assumed');
    const refusals = ['AccessDenied', 'ValidationError', 'RegionDisabled', 'MalformedPolicyDocument'];
    if (refusals.includes(nameOf(error))) this.problem = REFUSED;
    else this.problem = isNotAsked(error) || isOfCredentials(error) ? NOT_ASKED : UNAVAILABLE;
  }
}

function policyFor(roleArn: string): string {
  const statement = { Effect: 'Allow', Action: ACTIONS, Resource: roleArn };
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}

async function assume(sts: STSClient, role: VendedRole): Promise<AssumedCredentials> {
  const { revokerRoleArn, roleArn, externalId } = role;
  const command = new AssumeRoleCommand({
    RoleArn: revokerRoleArn,
    RoleSessionName: 'bailiwick-revoker',
    DurationSeconds: SECONDS,
    Policy: policyFor(roleArn),
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
  });
  const answer = await sts.send(command).catch((error: unknown) => {
    throw new NotAssumed(error);
  });
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) throw new NotAssumed(undefined);
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
  };
}

export interface RevokerAccess {
  clientFor(role: VendedRole): IAMClient;
  /** What was known of the role, a session included, may not be so any more. */
  forget(role: VendedRole): void;
}

/** A client keeps its session, and gets another one a few minutes before that ends. */
export function createRevokerAccess(iam: IAMClient, sts: STSClient): RevokerAccess {
  const clients = new Map<string, IAMClient>();
  return {
    clientFor(role) {
      if (role.revokerRoleArn === undefined) return iam;
      const key = keyOf(role);
      const client = clients.get(key) ?? clientAs(iam, () => assume(sts, role));
      clients.set(key, client);
      return client;
    },
    forget(role) {
      clients.delete(keyOf(role));
    },
  };
}

/** Of everything that shapes who asks, and about what. */
export function keyOf({ roleArn, revokerRoleArn, externalId }: VendedRole): string {
  return JSON.stringify([roleArn, revokerRoleArn, externalId]);
}
