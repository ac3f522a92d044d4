// Puts the secrets that the broker uses in tests where the deployed one reads them.
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { SecretValues } from '../../test/e2e/support/target/place.ts';
import { clientOf } from './client.ts';
import type { Reach } from './environment.ts';

export async function putSecrets(
  environment: NodeJS.ProcessEnv,
  reach: Pick<Reach, 'endpoint' | 'certificate'>,
  secrets: SecretValues,
): Promise<void> {
  const client = new SecretsManagerClient(clientOf(environment, reach));
  try {
    for (const [Name, fields] of Object.entries(secrets)) {
      await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(fields) }));
    }
  } finally {
    client.destroy();
  }
}
