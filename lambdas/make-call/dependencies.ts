// What runs in production behind /v1/tasks/{task}/http/{target}.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { createOutbound } from '../../src/adapters/network/outbound.ts';
import { createTargetCredentials } from '../../src/broker/index.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { atFirstUse } from '../shared/once.ts';
import { rulesWith } from '../shared/rules.ts';
import { boundedSessions } from '../shared/sessions.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);
const { tools, clock } = shared;

const secrets = atFirstUse(() => {
  const client = tools.tracer.captureAWSv3Client(new SecretsManagerClient(clientSettings()));
  return createSecretsManagerSecrets({ client, clock });
});
// As any range that is nobody else's business: only where a target lists it. Lambda's own runtime is refused even then.
const outbound = createOutbound({ clock, loopback: 'listed' });
const sessions = boundedSessions(tools, env.BROKER_NAME);

export const dependencies = {
  ...shared,
  outbound,
  credentials: createTargetCredentials({ secrets, outbound, sessions, clock }),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules: rulesWith(shared.masking),
};
