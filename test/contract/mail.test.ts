// Mail, by SES and into the outbox.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { describe, expect } from 'vitest';
import { createSesMail } from '../../src/adapters/aws/ses-mail.ts';
import { createOutboxMail } from '../../src/adapters/embedded/outbox.ts';
import { systemIds as ids } from '../../src/adapters/system.ts';
import type { Mail } from '../../src/ports/mail.ts';
import { FROM, MESSAGE, mailContract, type Readable } from './mail.ts';
import { clientOptions, impatientOptions } from './support/aws.ts';
import { movableClock } from './support/clock.ts';
import { startFakeSes } from './support/fake-ses.ts';
import { closedPort, fakeServer, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

const from = () => FROM;

const bySes: Open<Readable> = async () => {
  const { endpoint, delivered, close } = await startFakeSes();
  const clock = movableClock();
  const mail = createSesMail({ client: new SESv2Client(clientOptions(endpoint)), from, clock, ids });
  const sent = async () =>
    delivered.splice(0).map(({ raw, ...envelope }) => {
      // The envelope is what counts: it must be what the headers say.
      expect(raw).toContain(`From: ${envelope.from}\r\nTo: ${envelope.to}\r\n`);
      return raw;
    });
  return { port: { ...mail, sent }, clock, close };
};

const intoOutbox: Open<Readable> = async () => {
  const { path, remove } = await temporaryDirectory();
  const directory = join(path, 'outbox');
  const clock = movableClock();
  const mail = createOutboxMail({ directory, from, clock, ids });
  const sent = async () => {
    const names = await readdir(directory);
    return Promise.all(
      names.map(async (name) => {
        const file = join(directory, name);
        expect(name).toMatch(/^[-0-9T.]+Z-[0-9a-f]{16}\.eml$/);
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        const raw = await readFile(file, 'latin1');
        await rm(file);
        return raw;
      }),
    );
  };
  return { port: { ...mail, sent }, clock, close: remove };
};

describe('Mail by SES', () => mailContract(bySes));
describe('Mail into the outbox', () => mailContract(intoOutbox));

const CALLS = { send: (mail: Mail) => mail.send(MESSAGE) };

const sesAt =
  (start: () => Promise<Listening>): Open<Mail> =>
  async () => {
    const { endpoint, close } = await start();
    const clock = movableClock();
    const client = new SESv2Client(impatientOptions(endpoint));
    return { port: createSesMail({ client, from, clock, ids }), clock, close };
  };

const refusing = (error: string) => () =>
  fakeServer((_, __, response) => {
    response.writeHead(400, { 'content-type': 'application/json', 'x-amzn-errortype': error }).end('{}');
  });

const whereAFileIs: Open<Mail> = async () => {
  const { path, remove } = await temporaryDirectory();
  const directory = join(path, 'outbox');
  await writeFile(directory, '');
  const clock = movableClock();
  return { port: createOutboxMail({ directory, from, clock, ids }), clock, close: remove };
};

faultsAreTyped('Mail where nobody listens', 'mail', sesAt(closedPort), CALLS);
faultsAreTyped('Mail where nobody answers', 'mail', sesAt(silentServer), CALLS);
faultsAreTyped('Mail of a sender who is not verified', 'mail', sesAt(refusing('MessageRejected')), CALLS);
faultsAreTyped('Mail while sending is paused', 'mail', sesAt(refusing('SendingPausedException')), CALLS);
faultsAreTyped('Mail where the outbox is a file', 'mail', whereAFileIs, CALLS);
