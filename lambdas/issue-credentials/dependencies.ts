// What runs in production behind POST /v1/tasks/{task}/credentials.
import { STSClient } from '@aws-sdk/client-sts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { atFirstUse } from '../shared/once.ts';
import { rules } from '../shared/rules.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);
const { tools } = shared;

export const dependencies = {
  ...shared,
  sessions: atFirstUse(() =>
    createStsSessionIssuer({ client: tools.tracer.captureAWSv3Client(new STSClient(clientSettings())) }),
  ),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules,
};
