// How people are asked in tests: what was sent to them is kept, and the workflow takes its steps when it is told to.
import { createKeySealer } from '../../src/adapters/embedded/key-sealer.ts';
import type { Chat, ChatMessage, Posted } from '../../src/ports/chat.ts';
import type { Mail, Message } from '../../src/ports/mail.ts';
import type { Sealer, Unsealer } from '../../src/ports/sealer.ts';
import type { Workflow } from '../../src/ports/workflow.ts';
import { Secret } from '../../src/shared/secret.ts';

export interface AskedPeople {
  readonly mails: Message[];
  readonly posted: ChatMessage[];
  readonly updated: { readonly posted: Posted; readonly message: ChatMessage }[];
  readonly whispered: { readonly to: string; readonly text: string }[];
  /** Approvals whose workflow was started, as often as it was. */
  readonly started: string[];
  /** Tokens that were woken. */
  readonly woken: string[];
  readonly ports: {
    readonly mail: Mail;
    readonly chat: Chat;
    readonly workflow: Workflow;
    readonly sealer: Sealer;
    readonly unsealer: Unsealer;
  };
}

type Through = <Port extends object>(name: string, port: Port) => Port;

const KEY = new Secret('sealing-key-of-the-tests-'.repeat(2));

export function askedPeople(through: Through): AskedPeople {
  const [mails, posted, updated, whispered, started, woken]: [
    Message[],
    ChatMessage[],
    { posted: Posted; message: ChatMessage }[],
    { to: string; text: string }[],
    string[],
    string[],
  ] = [[], [], [], [], [], []];
  const sealer = createKeySealer({ key: async () => KEY });
  const ports = {
    mail: through('mail', { send: async (message: Message) => void mails.push(message) }),
    chat: through('chat', {
      post: async (message: ChatMessage) => ({ channel: 'C1', id: String(posted.push(message)) }),
      update: async (where: Posted, message: ChatMessage) => void updated.push({ posted: where, message }),
      whisper: async (to: string, text: string) => void whispered.push({ to, text }),
    }),
    workflow: through('workflow', {
      start: async (approval: string) => void started.push(approval),
      wake: async (token: string) => void woken.push(token),
    }),
    sealer: through('sealer', { seal: sealer.seal }),
    unsealer: through('unsealer', { unseal: sealer.unseal }),
  };
  return { mails, posted, updated, whispered, started, woken, ports };
}
