// Makes SES know the sender of the broker's mails, as an operator does before deploying.
import { readFileSync } from 'node:fs';
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Reach } from './environment.ts';

export async function makeSender(
  environment: NodeJS.ProcessEnv,
  { endpoint, certificate }: Pick<Reach, 'endpoint' | 'certificate'>,
  sender: string,
): Promise<void> {
  const client = new SESv2Client({
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
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: sender }));
  } finally {
    client.destroy();
  }
}
