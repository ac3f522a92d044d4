// Roles as IAM knows them: by name, in the account of whoever asks. An answer about another role of that name is none.
import { GetRoleCommand, IAMClient, type Role } from '@aws-sdk/client-iam';

/** An ARN may have a path; the name is what comes last. */
export function roleNameOf(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}

/** What the role that has this name is, if it is the one that is meant; undefined if it is one of another account. */
export async function getRole(
  client: IAMClient,
  roleArn: string,
  abortSignal: AbortSignal,
): Promise<Role | undefined> {
  const { Role } = await client.send(new GetRoleCommand({ RoleName: roleNameOf(roleArn) }), { abortSignal });
  return Role?.Arn === roleArn ? Role : undefined;
}

export interface AssumedCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** The same client, but for whom it asks as. */
export function clientAs(
  { config }: IAMClient,
  credentials: AssumedCredentials | (() => Promise<AssumedCredentials>),
): IAMClient {
  const { region, requestHandler, maxAttempts, endpoint } = config;
  return new IAMClient({
    region,
    requestHandler,
    maxAttempts,
    credentials,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
}
