// How the embedded broker asks people: the workflow in this process, an outbox on disk, Slack where the files name it.
import { join } from 'node:path';
import { createKeySealer } from '../adapters/embedded/key-sealer.ts';
import { createOutboxChat, createOutboxMail } from '../adapters/embedded/outbox.ts';
import { approvalMachine } from '../adapters/embedded/workflow/approval-machine.ts';
import { clockTimers } from '../adapters/embedded/workflow/timers.ts';
import { createEmbeddedWorkflow, type EmbeddedWorkflow } from '../adapters/embedded/workflow.ts';
import { createSlackChat } from '../adapters/network/slack-chat.ts';
import {
  type ApprovalDependencies,
  approvalStep,
  type ExecuteDependencies,
  executeApproved,
  type Rules,
} from '../broker/index.ts';
import type { Chat } from '../ports/chat.ts';
import type { Clock } from '../ports/clock.ts';
import type { Ids } from '../ports/ids.ts';
import type { Log } from '../ports/log.ts';
import type { Mail, Message } from '../ports/mail.ts';
import type { Sealer, Unsealer } from '../ports/sealer.ts';
import type { Secrets } from '../ports/secrets.ts';
import { openSealingKey } from './sealing-key.ts';

export interface PeopleOptions {
  readonly data: string;
  readonly secrets: Secrets;
  readonly rules: () => Rules;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Whoever starts the broker sees what it sends. */
  readonly onMail: (message: Message) => void;
  /** Another than Slack's own, on this machine. */
  readonly slackUrl?: string;
}

export interface People {
  readonly mail: Mail;
  readonly chat: Chat;
  readonly sealer: Sealer & Unsealer;
  /** Works once it is told with what. */
  readonly workflow: EmbeddedWorkflow;
  readonly work: (dependencies: ApprovalDependencies & ExecuteDependencies) => void;
}

const SENDER = 'bailiwick@localhost.invalid';

function chatOf({ data, secrets, rules, clock, ids, slackUrl }: PeopleOptions): Chat {
  const outbox = createOutboxChat({ directory: join(data, 'outbox'), clock, ids });
  const slackOf = () => rules().config.broker.notify?.slack;
  const settings = () => slackOf() ?? { secret: '', channel: '' };
  const other = slackUrl === undefined ? {} : { baseUrl: slackUrl, allowLoopback: true };
  const slack = createSlackChat({ secrets, settings, clock, ...other });
  const chat = () => (slackOf() === undefined ? outbox : slack);
  return {
    post: (message) => chat().post(message),
    update: (posted, message) => chat().update(posted, message),
    whisper: (to, text) => chat().whisper(to, text),
  };
}

function mailOf({ data, rules, clock, ids, onMail }: PeopleOptions): Mail {
  const from = () => rules().config.broker.notify?.email?.from ?? SENDER;
  const outbox = createOutboxMail({ directory: join(data, 'outbox'), from, clock, ids });
  return {
    async send(message) {
      await outbox.send(message);
      onMail(message);
    },
  };
}

export async function createPeople(options: PeopleOptions): Promise<People> {
  const { data, clock, ids, log } = options;
  let dependencies: (ApprovalDependencies & ExecuteDependencies) | undefined;
  const known = () => {
    if (dependencies === undefined) throw new Error('the workflow was started before the broker');
    return dependencies;
  };
  return {
    mail: mailOf(options),
    chat: chatOf(options),
    sealer: createKeySealer({ key: () => openSealingKey(data, ids) }),
    workflow: createEmbeddedWorkflow({
      machine: await approvalMachine(),
      functions: {
        steps: (input) => approvalStep(known(), input),
        execute: async (input) => {
          await executeApproved(known(), String(input['approval']));
          return {};
        },
      },
      timers: clockTimers(clock),
      ids,
      log,
    }),
    work: (given) => {
      dependencies = given;
    },
  };
}
