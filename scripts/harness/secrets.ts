// Puts the secrets that the broker uses in tests where the deployed one reads them.
import { readFileSync } from 'node:fs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { SecretValues } from '../../test/e2e/support/target/place.ts';
import type { Reach } from './environment.ts';

export async function putSecrets(
  environment: NodeJS.ProcessEnv,
  { endpoint, certificate }: Pick<Reach, 'endpoint' | 'certificate'>,
  secrets: SecretValues,
): Promise<void> {
  const client = new SecretsManagerClient({
    endpoint,
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    // The certificate is younger than this process, which therefore does not trust it by itself.
    requestHandler: new NodeHttpHandler({
      ...(certificate === undefined ? {} : { httpsAgent: { ca: readFileSync(certificate) } }),
    }),
  });
  try {
    for (const [Name, fields] of Object.entries(secrets)) {
      await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(fields) }));
    }
  } finally {
    client.destroy();
  }
}
