// Session credentials from STS AssumeRole, with everything that ties them to their task.
import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { NoSession, Session, SessionIssuer, SessionRequest } from '../../ports/session-issuer.ts';
import { Secret } from '../../shared/secret.ts';
import { withinDeadline } from '../faults.ts';
import { OwnRoleNotAssumed } from './as-own-role.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';
import { isNotAsked, isOfCredentials, nameOf } from './sdk-errors.ts';

export interface StsSessionIssuerDependencies {
  readonly client: STSClient;
  readonly deadlineMilliseconds?: number;
}

/** What STS takes as text; packed it may be too large below that. */
const MOST_POLICY_CHARACTERS = 2048;

const UNAVAILABLE: NoSession = { problem: 'unavailable', detail: 'STS did not answer in time.' };
const NOT_ASKED: NoSession = {
  problem: 'unavailable',
  detail: 'STS could not be asked. Check the AWS region and credentials that the broker itself runs with.',
};
const OWN_CREDENTIALS: NoSession = {
  problem: 'unavailable',
  detail: 'STS did not accept the AWS credentials that the broker itself runs with.',
};
const TOO_LARGE: NoSession = {
  problem: 'policyTooLarge',
  detail: 'Packed by STS, the session policy and the tags are larger than it takes.',
};

/** By the error's name only, without `Exception`: its message quotes ARNs and account ids. */
const PROBLEMS: ReadonlyMap<string, NoSession> = new Map([
  [
    'AccessDenied',
    {
      problem: 'refused',
      detail:
        'STS refused the role. Check that its trust policy lets the broker do sts:AssumeRole, sts:TagSession and ' +
        'sts:SetSourceIdentity, with the external id configured for this target, and that the broker may assume it. ' +
        'Deployed, a role whose sessions sign requests must trust the role MakeCallRoleArn, too.',
    },
  ],
  [
    'ValidationError',
    {
      problem: 'refused',
      detail:
        'STS refused the request. Check the maximum session duration of the role (one hour where the broker itself ' +
        'runs under a role) and the values of its session tags.',
    },
  ],
  [
    'MalformedPolicyDocument',
    {
      problem: 'refused',
      detail:
        "STS refused the session policy. Check the actions, resources and conditions of the target's statements.",
    },
  ],
  [
    'RegionDisabled',
    { problem: 'refused', detail: 'STS is not enabled in the region that the broker uses.' },
  ],
  ['PackedPolicyTooLarge', TOO_LARGE],
]);

function problemOf(error: unknown, request: SessionRequest): NoSession {
  if (error instanceof OwnRoleNotAssumed) return error.problem;
  const name = nameOf(error);
  if (name === 'ValidationError' && request.policy.length > MOST_POLICY_CHARACTERS) return TOO_LARGE;
  if (isOfCredentials(error)) return OWN_CREDENTIALS;
  return PROBLEMS.get(name) ?? (isNotAsked(error) ? NOT_ASKED : UNAVAILABLE);
}

function toCommand(request: SessionRequest): AssumeRoleCommand {
  return new AssumeRoleCommand({
    RoleArn: request.roleArn,
    RoleSessionName: request.sessionName,
    SourceIdentity: request.sourceIdentity,
    Policy: request.policy,
    DurationSeconds: request.durationSeconds,
    Tags: Object.entries(request.tags).map(([Key, Value]) => ({ Key, Value })),
    TransitiveTagKeys: Object.keys(request.tags),
    ...(request.externalId !== undefined && { ExternalId: request.externalId }),
  });
}

export function createStsSessionIssuer(dependencies: StsSessionIssuerDependencies): SessionIssuer {
  const { client, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async issue(request): Promise<Session | NoSession> {
      try {
        const answer = await withinDeadline('sessions', deadlineMilliseconds, async (abortSignal) => {
          // What STS said is a value here; only silence is a fault.
          return client.send(toCommand(request), { abortSignal }).catch((error: unknown) => ({ error }));
        });
        if ('error' in answer) return problemOf(answer.error, request);
        const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
        if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration) return UNAVAILABLE;
        return {
          accessKeyId: AccessKeyId,
          secretAccessKey: new Secret(SecretAccessKey),
          sessionToken: new Secret(SessionToken),
          expiration: Expiration,
          real: true,
        };
      } catch {
        return UNAVAILABLE;
      }
    },
  };
}
