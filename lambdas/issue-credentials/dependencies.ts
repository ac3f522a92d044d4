// What runs in production behind POST /v1/tasks/{task}/credentials.
import { STSClient } from '@aws-sdk/client-sts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createStsSessionIssuer } from '../../src/adapters/aws/sts-session-issuer.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { publicUrl } from '../shared/config.ts';
import { atFirstUse } from '../shared/once.ts';
import { rules } from '../shared/rules.ts';
import { stores } from '../shared/stores.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools: { ...tools, publicUrl },
  ...stores(tools, env),
  sessions: atFirstUse(() =>
    createStsSessionIssuer({ client: tools.tracer.captureAWSv3Client(new STSClient(clientSettings())) }),
  ),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules,
  clock,
  ids,
  log: logOver(tools.logger),
};
