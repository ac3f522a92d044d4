// What somebody decided in Slack: a click on a button of ours, with the reason that stood beside it.
import * as z from 'zod/mini';
import { isId } from '../shared/ids.ts';
import { CHAT_ACTIONS, REASON_ACTION, REASON_BLOCK } from './chat-message.ts';

export interface SlackInteraction {
  /** The Slack user's id. */
  readonly user: string;
  readonly team?: string;
  readonly approval: string;
  readonly decision: 'approve' | 'deny';
  readonly reason?: string;
  /** Where an answer may be sent that only this user sees. */
  readonly responseUrl?: string;
}

const SLACK_ID = /^[A-Z][A-Z0-9]{1,30}$/;
/** More than Slack lets anybody type. */
const MOST_REASON_CHARACTERS = 3000;
const RESPONSE_HOSTS: readonly string[] = ['hooks.slack.com', 'hooks.slack-gov.com'];

function makeSchema() {
  const id = z.string().check(z.regex(SLACK_ID));
  const action = z.object({
    type: z.literal('button'),
    action_id: z.enum([CHAT_ACTIONS.approve, CHAT_ACTIONS.deny]),
    value: z.string().check(z.refine((value) => isId('appr', value))),
  });
  const value = z.nullish(z.string().check(z.maxLength(MOST_REASON_CHARACTERS)));
  const input = z.object({ [REASON_ACTION]: z.optional(z.object({ value })) });
  return z.object({
    type: z.literal('block_actions'),
    user: z.object({ id, team_id: z.optional(id) }),
    team: z.nullish(z.object({ id })),
    actions: z.tuple([action]),
    state: z.nullish(z.object({ values: z.object({ [REASON_BLOCK]: z.optional(input) }) })),
    response_url: z.optional(z.string()),
  });
}

let made: ReturnType<typeof makeSchema> | undefined;

/** Made with the first click. */
function schema(): ReturnType<typeof makeSchema> {
  made ??= makeSchema();
  return made;
}

/** Throws at what is no UTF-8 or no escape: the usual parser would quietly take it for something else. */
function payloadIn(rawBody: Uint8Array): string | undefined {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(rawBody);
  const [pair, ...others] = text.split('&').filter((each) => each.startsWith('payload='));
  if (pair === undefined || others.length > 0) return undefined;
  return decodeURIComponent(pair.slice('payload='.length).replaceAll('+', ' '));
}

/** Slack's own, or none: the broker posts to no other address because somebody else names it. */
function responseUrlOf(text: string | undefined): string | undefined {
  if (text === undefined || !URL.canParse(text)) return undefined;
  const { protocol, host, username, password, href } = new URL(text);
  const isSlack = protocol === 'https:' && RESPONSE_HOSTS.includes(host) && username + password === '';
  return isSlack ? href : undefined;
}

function parsed(rawBody: Uint8Array) {
  try {
    const payload = payloadIn(rawBody);
    return payload === undefined ? undefined : schema().safeParse(JSON.parse(payload)).data;
  } catch {
    return undefined;
  }
}

/** Of a request that Slack has signed. Undefined where it is anything else than one click on one of the two buttons. */
export function readSlackInteraction(rawBody: Uint8Array): SlackInteraction | undefined {
  const said = parsed(rawBody);
  if (said === undefined) return undefined;
  const [{ action_id: decision, value: approval }] = said.actions;
  const team = said.team?.id ?? said.user.team_id;
  const reason = said.state?.values[REASON_BLOCK]?.[REASON_ACTION]?.value?.toWellFormed().trim() ?? '';
  const responseUrl = responseUrlOf(said.response_url);
  return {
    user: said.user.id,
    ...(team === undefined ? {} : { team }),
    approval,
    decision,
    ...(reason === '' ? {} : { reason }),
    ...(responseUrl === undefined ? {} : { responseUrl }),
  };
}
