// What runs in production when Secrets Manager rotates the keys of task tokens, or of pseudonyms.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools,
  client: tools.tracer.captureAWSv3Client(new SecretsManagerClient(clientSettings())),
  secrets: { tokenKeys: env.TOKEN_KEYS_SECRET, maskingKeys: env.MASKING_KEYS_SECRET },
  clock,
  ids,
  log: logOver(tools),
};
