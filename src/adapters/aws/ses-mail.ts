// Mail by Amazon SES, version 2 of its API: the whole message is made here, the same as the embedded broker's.
import { type SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Mail } from '../../ports/mail.ts';
import { withinDeadline } from '../faults.ts';
import { mimeOf } from '../mime.ts';
import { DEADLINE_MILLISECONDS } from './client-settings.ts';

export interface SesMailDependencies {
  readonly client: SESv2Client;
  /** An address, or one of a domain, that SES has verified. */
  readonly from: () => string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly deadlineMilliseconds?: number;
}

export function createSesMail(dependencies: SesMailDependencies): Mail {
  const { client, clock, ids, deadlineMilliseconds = DEADLINE_MILLISECONDS } = dependencies;
  return {
    async send(message) {
      await withinDeadline('mail', deadlineMilliseconds, async (abortSignal) => {
        const { from, to, text } = mimeOf(message, {
          from: dependencies.from(),
          at: clock.now(),
          random: (bytes) => ids.random(bytes),
        });
        const command = new SendEmailCommand({
          FromEmailAddress: from,
          Destination: { ToAddresses: [to] },
          Content: { Raw: { Data: Buffer.from(text, 'ascii') } },
        });
        await client.send(command, { abortSignal });
      });
    },
  };
}
