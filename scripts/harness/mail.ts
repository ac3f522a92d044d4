// Makes SES know the sender of the broker's mails, as an operator does before deploying.
import { CreateEmailIdentityCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { clientOf } from './client.ts';
import type { Reach } from './environment.ts';

export async function makeSender(
  environment: NodeJS.ProcessEnv,
  reach: Pick<Reach, 'endpoint' | 'certificate'>,
  sender: string,
): Promise<void> {
  const client = new SESv2Client(clientOf(environment, reach));
  try {
    await client.send(new CreateEmailIdentityCommand({ EmailIdentity: sender }));
  } finally {
    client.destroy();
  }
}
