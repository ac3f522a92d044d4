// How a deployed broker reaches people: by SES and by Slack, where the packed config says so.
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createSesMail } from '../../src/adapters/aws/ses-mail.ts';
import { createSlackChat } from '../../src/adapters/network/slack-chat.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import type { Config } from '../../src/config/index.ts';
import type { Chat } from '../../src/ports/chat.ts';
import type { Mail } from '../../src/ports/mail.ts';
import type { Secrets } from '../../src/ports/secrets.ts';
import type { Tools } from './tools.ts';

export function mailBy({ tracer }: Tools, { broker }: Config): Mail | undefined {
  const email = broker.notify?.email;
  if (email === undefined) return undefined;
  const client = tracer.captureAWSv3Client(new SESv2Client(clientSettings()));
  return createSesMail({ client, from: () => email.from, clock, ids });
}

export function chatBy(secrets: Secrets, { broker }: Config): Chat | undefined {
  const slack = broker.notify?.slack;
  return slack === undefined ? undefined : createSlackChat({ secrets, settings: () => slack, clock });
}
