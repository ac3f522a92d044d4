// Sessions from STS, of roles that carry what a role of the broker must.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { createBoundedSessions } from '../../src/adapters/aws/bounded-sessions.ts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import type { SessionIssuer } from '../../src/ports/session-issuer.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

/** `broker` as the tag `bailiwick` of the roles has it. */
export function boundedSessions({ tracer }: Tools, broker: string): SessionIssuer {
  return atFirstUse(() => {
    const sts = tracer.captureAWSv3Client(new STSClient(clientSettings()));
    const iam = tracer.captureAWSv3Client(new IAMClient(clientSettings()));
    return createBoundedSessions({
      sessions: createStsSessionIssuer({ client: sts }),
      iam,
      accept: { broker },
    });
  });
}
