// The keys of task tokens, from Secrets Manager.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { type TokenKeys, tokenKeysOf } from '../../src/tasks/index.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

export function tokenKeysFrom({ tracer }: Tools, secret: string): () => Promise<TokenKeys> {
  const secrets = atFirstUse(() => {
    const client = tracer.captureAWSv3Client(new SecretsManagerClient(clientSettings()));
    return createSecretsManagerSecrets({ client, clock });
  });
  return async () => tokenKeysOf(await secrets.read(secret));
}
