// Chat, in Slack and into the outbox.
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { createOutboxChat } from '../../src/adapters/embedded/outbox.ts';
import { createSlackChat } from '../../src/adapters/network/slack-chat.ts';
import { systemIds as ids } from '../../src/adapters/system.ts';
import type { Chat } from '../../src/ports/chat.ts';
import { Secret } from '../../src/shared/secret.ts';
import { chatContract, MESSAGE, type Readable } from './chat.ts';
import { movableClock } from './support/clock.ts';
import { CHANNEL, messageOf, startFakeSlack, TOKEN } from './support/fake-slack.ts';
import { closedPort, type Listening, silentServer } from './support/servers.ts';
import { faultsAreTyped, type Open } from './support/subject.ts';
import { temporaryDirectory } from './support/temporary.ts';

function slackAt(endpoint: string): { port: Chat; clock: ReturnType<typeof movableClock> } {
  const clock = movableClock();
  const port = createSlackChat({
    secrets: { read: async () => ({ botToken: new Secret(TOKEN) }) },
    settings: () => ({ secret: 'slack-app', channel: CHANNEL }),
    clock,
    allowLoopback: true,
    baseUrl: `${endpoint}/api`,
    timeoutMilliseconds: 2000,
  });
  return { port, clock };
}

/** As Slack shows it. */
function shownOf(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

const inSlack: Open<Readable> = async () => {
  const { endpoint, asked, whispers, responseUrl, close } = await startFakeSlack();
  const { port, clock } = slackAt(endpoint);
  let count = 0;
  const whispered = () =>
    whispers.splice(0).map(({ said: { response_type, replace_original, text } }, at) => {
      expect([response_type, replace_original]).toEqual(['ephemeral', false]);
      return { id: `whisper ${at}`, to: responseUrl, text: shownOf(String(text)), blocks: [] };
    });
  const said: Readable['said'] = async () => [
    ...whispered(),
    ...asked.splice(0).map((one) => {
      const { ts } = one.form;
      // The fake numbers what is posted in the order in which it comes.
      if (ts !== undefined) return { id: ts, changes: ts, ...messageOf(one) };
      count += 1;
      return { id: `1531420618.${String(count - 1).padStart(6, '0')}`, ...messageOf(one) };
    }),
  ];
  return { port: { ...port, said, clicked: responseUrl }, clock, close };
};

const intoOutbox: Open<Readable> = async () => {
  const { path, remove } = await temporaryDirectory();
  const directory = join(path, 'outbox');
  const clock = movableClock();
  const chat = createOutboxChat({ directory, clock, ids });
  const said: Readable['said'] = async () => {
    const names = await readdir(directory);
    return Promise.all(
      names.map(async (name) => {
        const file = join(directory, name);
        expect(name).toMatch(/^[-0-9T.]+Z-[0-9a-f]{16}\.slack\.json$/);
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        const text = await readFile(file, 'utf8');
        await rm(file);
        return { id: name, ...JSON.parse(text) };
      }),
    );
  };
  return { port: { ...chat, said, clicked: 'https://hooks.slack.com/actions/1' }, clock, close: remove };
};

describe('Chat in Slack', () => chatContract(inSlack));
describe('Chat into the outbox', () => chatContract(intoOutbox));

const CALLS = {
  post: (chat: Chat) => chat.post(MESSAGE),
  update: (chat: Chat) => chat.update({ channel: CHANNEL, id: '1531420618.000001' }, MESSAGE),
};

const slackOf =
  (start: () => Promise<Listening>): Open<Chat> =>
  async () => {
    const { endpoint, close } = await start();
    return { ...slackAt(endpoint), close };
  };

const whereAFileIs: Open<Chat> = async () => {
  const { path, remove } = await temporaryDirectory();
  const directory = join(path, 'outbox');
  await writeFile(directory, '');
  const clock = movableClock();
  return { port: createOutboxChat({ directory, clock, ids }), clock, close: remove };
};

/** Faults of the address that came with the click. */
const whisperTo =
  (start: () => Promise<Listening>): Open<Chat> =>
  async () => {
    const { endpoint, close } = await start();
    const { port, clock } = slackAt(endpoint);
    return {
      port: { ...port, whisper: (_, text) => port.whisper(`${endpoint}/actions/1`, text) },
      clock,
      close,
    };
  };

const ALL = { ...CALLS, whisper: (chat: Chat) => chat.whisper('', 'Recorded.') };

faultsAreTyped('Chat where nobody listens', 'chat', whisperTo(closedPort), ALL);
faultsAreTyped('Chat where nobody answers', 'chat', whisperTo(silentServer), ALL);
faultsAreTyped('Chat in which there is no such message', 'chat', slackOf(startFakeSlack), {
  update: CALLS.update,
});
faultsAreTyped('Chat where the outbox is a file', 'chat', whereAFileIs, ALL);
