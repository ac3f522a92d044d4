// The mails that the broker sent in a black-box run: files of its outbox, or what the emulator's SES keeps.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { until } from '../../../support/poll.ts';
import { readMail } from '../../../support/read-mail.ts';

export interface Sent {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the emulator says of one that it was sent. */
interface Kept {
  readonly To: readonly string[];
  readonly Subject: string;
  readonly BodyText: string;
  readonly BodyHtml: string | null;
}

function whole(raw: string): Sent {
  const mail = readMail(raw);
  const to = mail.headers.get('to')?.[0] ?? '';
  return { to, subject: mail.subject, text: mail.text, html: mail.html };
}

function ofEmulator({ To: [to = ''], Subject: subject, BodyText: text, BodyHtml: html }: Kept): Sent {
  return { to, subject, text, html: html ?? '' };
}

/** By the account that sent them. */
async function inEmulator(): Promise<readonly Sent[]> {
  const response = await fetch(`${process.env['AWS_ENDPOINT_URL'] ?? ''}/_ministack/ses/messages`);
  const { messages } = (await response.json()) as { readonly messages: Readonly<Record<string, Kept[]>> };
  return Object.values(messages).flat().map(ofEmulator);
}

/** Those of a directory whose draft has become a mail. */
export function mailsIn(outbox: string): readonly Sent[] {
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .filter((name) => name.endsWith('.eml') && !name.startsWith('.'))
    .sort()
    .map((name) => whole(readFileSync(join(outbox, name), 'utf8')));
}

async function sentMails(): Promise<readonly Sent[]> {
  const outbox = inject('outbox');
  return outbox === undefined ? inEmulator() : mailsIn(outbox);
}

/** Those of one approval, once so many people have theirs. */
export function mailsOf(approval: string, people: number): Promise<readonly Sent[]> {
  return until(`${people} mails of ${approval}`, async () => {
    const mails = (await sentMails()).filter(({ text }) => text.includes(`/approve/${approval}`));
    return mails.length >= people ? mails : undefined;
  });
}

/** The address in a mail, as a person opens it. */
export function linkIn({ text }: Pick<Sent, 'text'>): URL {
  const [link] = /https?:\/\/\S+\/approve\/\S+/u.exec(text) ?? [];
  if (link === undefined) throw new Error('there is no link in the mail');
  return new URL(link);
}
