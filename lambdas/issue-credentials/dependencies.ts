// What runs in production behind POST /v1/tasks/{task}/credentials.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { createBoundedSessions } from '../../src/adapters/aws/bounded-sessions.ts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { atFirstUse } from '../shared/once.ts';
import { rulesWith } from '../shared/rules.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);
const { tools } = shared;

export const dependencies = {
  ...shared,
  sessions: atFirstUse(() => {
    const sts = tools.tracer.captureAWSv3Client(new STSClient(clientSettings()));
    const iam = tools.tracer.captureAWSv3Client(new IAMClient(clientSettings()));
    return createBoundedSessions({
      sessions: createStsSessionIssuer({ client: sts }),
      iam,
      accept: { broker: env.BROKER_NAME },
    });
  }),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules: rulesWith(shared.masking),
};
