// Asks the broker for a task's credentials, and whether the task is still open.
import * as z from 'zod/mini';
import { credentialsAnswer, taskAnswer } from '../../api/answers.ts';
import { ROUTES } from '../../api/routes.ts';
import { Secret } from '../../shared/secret.ts';
import { type Answer, type Client, createClient } from '../remote/client.ts';
import { connectionFor } from '../remote/connection.ts';
import { NoAnswer } from '../remote/trouble.ts';
import type { Asked } from './asked.ts';
import { tokenSource } from './token.ts';
import { ApprovalPending } from './trouble.ts';

export interface Issued {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly expiration: Date;
}

export interface TaskState {
  readonly status: 'open' | 'finished' | 'expired' | 'revoked';
  readonly expiresAt: Date;
}

export interface Asker {
  issue(): Promise<Issued>;
  task(): Promise<TaskState>;
}

/** What is answered where people have to approve first. The same request issues once they have. */
const pendingAnswer = z.object({ statusUrl: z.string(), approval: z.looseObject({}) });

function understood<Schema extends z.core.$ZodType>(schema: Schema, answer: Answer): z.output<Schema> {
  const read = z.safeParse(schema, answer);
  if (read.success) return read.data;
  throw new NoAnswer('The broker answers as another version does. Use the command of its version.');
}

/** Throws `WrongUse` at once where the token could never be found; all else comes to light when it is asked. */
export function askerFor(asked: Asked, environment: NodeJS.ProcessEnv): Asker {
  const token = tokenSource(asked, environment);
  const { url, data } = asked;
  const parameters = { task: asked.task };
  const [first, ...others] = asked.capabilities;
  const body = first !== undefined && others.length === 0 ? first : { capabilities: asked.capabilities };
  const client = async (): Promise<Client> =>
    createClient(await connectionFor({ url, data, token: await token() }, environment));
  return {
    async issue() {
      const answer = await (await client()).call(ROUTES.issueCredentials, { parameters, body });
      const pending = z.safeParse(pendingAnswer, answer);
      if (pending.success) throw new ApprovalPending(pending.data.statusUrl);
      const { credentials } = understood(credentialsAnswer, answer);
      return {
        accessKeyId: credentials.accessKeyId,
        secretAccessKey: new Secret(credentials.secretAccessKey),
        sessionToken: new Secret(credentials.sessionToken),
        expiration: new Date(credentials.expiration),
      };
    },
    async task() {
      const answer = await (await client()).call(ROUTES.readTask, { parameters });
      const { status, expiresAt } = understood(taskAnswer, answer).task;
      return { status, expiresAt: new Date(expiresAt) };
    },
  };
}
