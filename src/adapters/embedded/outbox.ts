// Mail and chat of the embedded broker: each message a file of a directory, for whoever looks there.
import { randomUUID } from 'node:crypto';
import { link, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Chat, ChatMessage } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Mail } from '../../ports/mail.ts';
import type { Backend } from '../../shared/errors.ts';
import { asUnavailable } from '../faults.ts';
import { mimeOf } from '../mime.ts';
import { ensureOwnDirectory } from './own-directory.ts';

export interface OutboxDependencies {
  /** Made with the first message. */
  readonly directory: string;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface OutboxMailDependencies extends OutboxDependencies {
  readonly from: () => string;
}

const OWNER_ONLY = 0o600;

/** The text in a file of that name, whole or not at all: until it is whole, it has a name that nobody looks for. */
async function place(directory: string, name: string, text: string): Promise<void> {
  ensureOwnDirectory(directory);
  const draft = join(directory, `.${randomUUID()}.unfinished`);
  try {
    const file = await open(draft, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(text, 'utf8');
      await file.sync();
    } finally {
      await file.close();
    }
    // A link, unlike a rename, never takes the place of another message.
    await link(draft, join(directory, name));
  } finally {
    await rm(draft, { force: true });
  }
}

/** Sorted by name, messages are in the order of their times. */
function nameAt(at: Date, { ids }: OutboxDependencies): string {
  return `${at.toISOString().replaceAll(':', '-')}-${Buffer.from(ids.random(8)).toString('hex')}`;
}

async function guarded<T>(backend: Backend, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUnavailable(backend, error);
  }
}

export function createOutboxMail(dependencies: OutboxMailDependencies): Mail {
  const { directory, clock, ids } = dependencies;
  return {
    async send(message) {
      await guarded('mail', async () => {
        const at = clock.now();
        const random = (bytes: number) => ids.random(bytes);
        const { text } = mimeOf(message, { from: dependencies.from(), at, random });
        await place(directory, `${nameAt(at, dependencies)}.eml`, text);
      });
    },
  };
}

/** Where messages stand that are files. */
const CHANNEL = 'outbox';

export function createOutboxChat(dependencies: OutboxDependencies): Chat {
  const { directory, clock } = dependencies;

  async function write(said: ChatMessage & { readonly changes?: string; readonly to?: string }) {
    return guarded('chat', async () => {
      const name = `${nameAt(clock.now(), dependencies)}.slack.json`;
      const { changes, to, text, blocks } = said;
      await place(directory, name, `${JSON.stringify({ changes, to, text, blocks }, null, 2)}\n`);
      return name;
    });
  }

  return {
    post: async (message) => ({ channel: CHANNEL, id: await write(message) }),
    async update({ id }, message) {
      await write({ ...message, changes: id });
    },
    async whisper(to, text) {
      await write({ to, text, blocks: [] });
    },
  };
}
