// Secrets of Secrets Manager, read when they are first needed.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createSecretsManagerSecrets } from '../../src/adapters/aws/secrets-manager.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

export function secretsManager({ tracer }: Tools): Secrets {
  return atFirstUse(() => {
    const client = tracer.captureAWSv3Client(new SecretsManagerClient(clientSettings()));
    return createSecretsManagerSecrets({ client, clock });
  });
}
