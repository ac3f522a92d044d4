// What an embedded broker with `--aws` vends and revokes sessions with: the AWS credentials of its environment.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { createBoundedSessions } from '../adapters/aws/bounded-sessions.ts';
import { clientSettings } from '../adapters/aws/client-settings.ts';
import { createIamRevoker } from '../adapters/aws/iam-revoker.ts';
import { createStsSessionIssuer } from '../adapters/aws/sts-session-issuer.ts';
import type { Revoker } from '../ports/revoker.ts';
import type { SessionIssuer } from '../ports/session-issuer.ts';

export function embeddedAws(): { readonly sessions: SessionIssuer; readonly revoker: Revoker } {
  const iam = new IAMClient(clientSettings());
  const sts = new STSClient(clientSettings());
  const sessions = createStsSessionIssuer({ client: sts });
  return {
    sessions: createBoundedSessions({ sessions, iam, accept: 'any' }),
    revoker: createIamRevoker({ iam, sts }),
  };
}
