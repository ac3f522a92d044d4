// Messages in a Slack channel, by Slack's Web API, with the bot token of the operator's secret.
import * as z from 'zod/mini';
import type { Chat, ChatMessage, Posted } from '../../ports/chat.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import { Secret } from '../../shared/secret.ts';
import { withinDeadline } from '../faults.ts';
import { createJsonSend, createTextSend, type JsonAnswer, type JsonFetchDependencies } from './json-fetch.ts';

export interface SlackSettings {
  /** The name of the secret that holds `botToken`. */
  readonly secret: string;
  readonly channel: string;
}

export interface SlackChatDependencies
  extends Pick<JsonFetchDependencies, 'resolve' | 'ca' | 'timeoutMilliseconds'> {
  readonly secrets: Secrets;
  readonly settings: () => SlackSettings;
  readonly clock: Clock;
  /** For a Slack on this machine, as tests have one. */
  readonly allowLoopback?: boolean;
  readonly baseUrl?: string;
}

const BASE_URL = 'https://slack.com/api';
/** For everything, waiting included. */
const TIMEOUT_MILLISECONDS = 5000;
const MOST_WAIT_SECONDS = 3;
/** Whoever clicked has an answer in three seconds, or is told by Slack that there was none. */
const WHISPER_MILLISECONDS = 2000;
/** Where Slack takes answers to clicks. */
const HOOKS: readonly string[] = ['https://hooks.slack.com', 'https://hooks.slack-gov.com'];

/** What a rotation of the token looks like to whoever still has the one before. */
const TOKEN_REFUSED: ReadonlySet<string> = new Set([
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'not_authed',
]);
const ERROR = /^[a-z0-9_]{1,60}$/;
const SECONDS = /^[0-9]{1,4}$/;

type Method = 'chat.postMessage' | 'chat.update';
type Fields = Readonly<Record<string, string>>;

type Outcome =
  | { readonly done: Posted }
  | { readonly refused: string }
  /** How long Slack wants to be left alone. */
  | { readonly waitSeconds: number };

function makeSchemas() {
  const text = z.string().check(z.minLength(1), z.maxLength(100));
  return {
    Done: z.object({ ok: z.literal(true), channel: text, ts: text }),
    Refused: z.object({ ok: z.literal(false), error: z.string().check(z.regex(ERROR)) }),
  };
}

let made: ReturnType<typeof makeSchemas> | undefined;

/** Made with the first message. */
function schemas(): ReturnType<typeof makeSchemas> {
  made ??= makeSchemas();
  return made;
}

function outcomeOf({ status, value, retryAfter = '' }: JsonAnswer): Outcome {
  if (status === 429) {
    return { waitSeconds: SECONDS.test(retryAfter) ? Number(retryAfter) : Number.POSITIVE_INFINITY };
  }
  if (status !== 200) throw new Error(`Slack answered with status ${status}`);
  const done = schemas().Done.safeParse(value);
  if (done.success) return { done: { channel: done.data.channel, id: done.data.ts } };
  const refused = schemas().Refused.safeParse(value);
  if (!refused.success) throw new Error('Slack answered neither that it is done nor why not');
  return { refused: refused.data.error };
}

/** As a form, which both methods take. No word of a message is turned into a link or a mention. */
function fieldsOf({ text, blocks }: ChatMessage): Fields {
  return { text, blocks: JSON.stringify(blocks), parse: 'none', link_names: 'false' };
}

/** Of which Slack reads nothing as markup, a mention or a command. */
function whispered(text: string): Secret {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return new Secret(
    JSON.stringify({
      ...{ response_type: 'ephemeral', replace_original: false, text: escaped },
      ...{ mrkdwn: false, unfurl_links: false, unfurl_media: false },
    }),
  );
}

/** It says `ok`, in words; or not, in words or in JSON, sometimes with status 200. */
function isHeard(status: number, answer: string): boolean {
  return status === 200 && !/"ok"\s*:\s*false/.test(answer);
}

function createWhisper({
  baseUrl,
  allowLoopback = false,
  timeoutMilliseconds = WHISPER_MILLISECONDS,
  ...dependencies
}: SlackChatDependencies): Chat['whisper'] {
  const within = Math.min(timeoutMilliseconds, WHISPER_MILLISECONDS);
  const send = createTextSend({ ...dependencies, allowLoopback, timeoutMilliseconds: within });
  const origins = baseUrl === undefined ? HOOKS : [...HOOKS, new URL(baseUrl).origin];
  return (to, text) =>
    withinDeadline('chat', within, async () => {
      // The address is itself a key, so that no error names it.
      if (!URL.canParse(to) || !origins.includes(new URL(to).origin)) {
        throw new Error('what is whispered goes to Slack alone');
      }
      const form = { body: whispered(text), contentType: 'application/json' };
      const { status, text: answer } = await send(to, form);
      // Said once: such an address takes only a few messages.
      if (!isHeard(status, answer)) throw new Error(`Slack answered a whisper with status ${status}`);
    });
}

export function createSlackChat(dependencies: SlackChatDependencies): Chat {
  const { secrets, settings, clock, allowLoopback = false, baseUrl = BASE_URL } = dependencies;
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = dependencies;
  const send = createJsonSend({ ...dependencies, allowLoopback, timeoutMilliseconds });

  async function readToken(fresh: boolean): Promise<Secret> {
    const name = settings().secret;
    const fields = await secrets.read(name, { fresh });
    const token = fields !== undefined && Object.hasOwn(fields, 'botToken') ? fields['botToken'] : undefined;
    if (token === undefined) throw new Error(`the secret ${name} has no field botToken`);
    return token;
  }

  async function ask(method: Method, fields: Fields, token: Secret): Promise<Outcome> {
    const body = new Secret(new URLSearchParams(fields).toString());
    const authorization = new Secret(`Bearer ${token.open()}`);
    return outcomeOf(await send(`${baseUrl}/${method}`, { body, authorization }));
  }

  /** Waits once at most, and reads the secret anew once at most. What else fails may have been done: it is not repeated. */
  async function insist(method: Method, fields: Fields, signal: AbortSignal): Promise<Posted> {
    let token = await readToken(false);
    let [mayWait, mayReadAgain] = [true, true];
    for (;;) {
      signal.throwIfAborted();
      const outcome = await ask(method, fields, token);
      if ('done' in outcome) return outcome.done;
      if ('waitSeconds' in outcome) {
        if (!mayWait || outcome.waitSeconds > MOST_WAIT_SECONDS) throw new Error(`${method}: ratelimited`);
        mayWait = false;
        await clock.sleep(outcome.waitSeconds * 1000);
        continue;
      }
      const newer = mayReadAgain && TOKEN_REFUSED.has(outcome.refused) ? await readToken(true) : token;
      if (newer.equals(token)) throw new Error(`${method}: ${outcome.refused}`);
      mayReadAgain = false;
      token = newer;
    }
  }

  const work = (method: Method, fields: () => Fields) =>
    withinDeadline('chat', timeoutMilliseconds, (signal) => insist(method, fields(), signal));

  return {
    post: (message) =>
      work('chat.postMessage', () => ({
        channel: settings().channel,
        ...fieldsOf(message),
        unfurl_links: 'false',
        unfurl_media: 'false',
      })),
    async update({ channel, id }, message) {
      await work('chat.update', () => ({ channel, ts: id, ...fieldsOf(message) }));
    },
    whisper: createWhisper(dependencies),
  };
}
