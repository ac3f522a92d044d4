// Sessions from STS, of roles that carry what a role of the broker must.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { asOwnRole, type OwnRole } from '../../src/adapters/aws/as-own-role.ts';
import { createBoundedSessions } from '../../src/adapters/aws/bounded-sessions.ts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import type { SessionIssuer } from '../../src/ports/session-issuer.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

/** `broker` as the tag `bailiwick` of the roles has it. `as` is who asks for sessions, and looks at roles. */
export function boundedSessions({ tracer }: Tools, broker: string, as?: OwnRole): SessionIssuer {
  return atFirstUse(() => {
    const own = tracer.captureAWSv3Client(new STSClient(clientSettings()));
    const sts = as === undefined ? own : tracer.captureAWSv3Client(stsAs(own, as));
    // The same credentials for both, so that one session of the role will do.
    const { credentials } = sts.config;
    const iam = tracer.captureAWSv3Client(new IAMClient({ ...clientSettings(), credentials }));
    return createBoundedSessions({
      sessions: createStsSessionIssuer({ client: sts }),
      iam,
      accept: { broker },
    });
  });
}

function stsAs(own: STSClient, role: OwnRole): STSClient {
  return new STSClient({ ...clientSettings(), credentials: asOwnRole(own, role) });
}
