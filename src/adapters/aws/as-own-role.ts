// Sessions of a role of the broker's own, for a function that asks AWS as another function does.
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { NoSession } from '../../ports/session-issuer.ts';
import type { AssumedCredentials } from './iam-roles.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

/** The shortest that STS gives, and far longer than what is done with one. */
const SECONDS = 900;

/** Of all that the role may do, what sessions of targets take. Which targets, the role itself says. */
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity', 'iam:GetRole'],
      Resource: '*',
    },
  ],
});

const REFUSED: NoSession = {
  problem: 'unavailable',
  detail:
    'STS refused the broker a session of its own role MakeCallRoleArn, which sessions for approved calls are asked for ' +
    'with. Deploy the broker anew, so that its roles fit.',
};
const NOT_ASKED: NoSession = {
  problem: 'unavailable',
  detail:
    'STS could not be asked for a session of the role MakeCallRoleArn, or did not accept the AWS credentials that the ' +
    'broker itself runs with.',
};
const UNAVAILABLE: NoSession = { problem: 'unavailable', detail: 'STS did not answer in time.' };

const REFUSALS = ['AccessDenied', 'ValidationError', 'RegionDisabled', 'MalformedPolicyDocument'];

/** Thrown through whichever client needs credentials: what it says is not about what that client asked. */
export class OwnRoleNotAssumed extends Error {
  override readonly name = 'OwnRoleNotAssumed';
  readonly problem: NoSession;

  constructor(error: unknown) {
    super('the role of the broker to go through was not assumed');
    if (REFUSALS.includes(nameOf(error))) this.problem = REFUSED;
    else this.problem = isNotAsked(error) || isOfCredentials(error) ? NOT_ASKED : UNAVAILABLE;
  }
}

export interface OwnRole {
  readonly roleArn: string;
  readonly sessionName: string;
}

/**
 * As a client takes its credentials: it keeps a session, and asks for another one five minutes before that ends. Without
 * tags and source identity, which only the session of a target has, and could not set again.
 */
export function asOwnRole(
  sts: STSClient,
  { roleArn, sessionName }: OwnRole,
): () => Promise<AssumedCredentials> {
  const asking = { RoleArn: roleArn, RoleSessionName: sessionName, DurationSeconds: SECONDS, Policy: POLICY };
  return async () => {
    const answer = await sts.send(new AssumeRoleCommand(asking)).catch((error: unknown) => {
      throw new OwnRoleNotAssumed(error);
    });
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) {
      throw new OwnRoleNotAssumed(undefined);
    }
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    };
  };
}
