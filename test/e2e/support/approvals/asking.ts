// Calls that wait for people, and what becomes of them, as their agent sees it.
import { expect } from 'vitest';
import { until } from '../../../support/poll.ts';
import { type Answer, eventsOf, openTask, send } from '../broker.ts';
import { type CallAnswer, type Calling, call, exchange, MARK, newMark } from '../calls.ts';
import { type AuditEvent, idPattern, type Opened, type Problem } from '../contract.ts';
import { type AgentName, personToken } from '../tokens.ts';
import { linkIn, mailsOf } from './mails.ts';

export interface AwaitingView {
  readonly call: string;
  readonly approval: {
    readonly id: string;
    readonly needed: { readonly count: number; readonly of: Readonly<Record<string, number>> };
    readonly expiresAt: string;
  };
  readonly statusUrl: string;
}

export interface CallView {
  readonly id: string;
  readonly status: string;
  readonly approval?: {
    readonly id: string;
    readonly status: string;
    readonly decisions: readonly { readonly by: string; readonly decision: string }[];
  };
  readonly refusal?: Problem;
  readonly response?: { readonly status: number; readonly url: string };
}

export interface Asked extends AwaitingView {
  readonly opened: Opened;
  readonly mark: string;
}

/** Those who own desk, but for the owner of the agent that asks. */
export const ASKED_FOR_APPLICANT = ['ann@example.com', 'ben@example.com', 'ida.by.mail@example.com'] as const;

const KINDS = {
  note: { target: 'desk', path: '/echo/notes/today' },
  reply: { target: 'desk', path: '/tickets/42/replies' },
  close: { target: 'desk', path: '/echo/closed/42' },
  wipe: { target: 'desk', path: '/echo/wiped/42' },
  spoil: { target: 'desk', path: '/raw/broken-gzip' },
  vanish: { target: 'desk', path: '/raw/nothing' },
  put: { target: 'vault', path: '/echo/vault/key' },
} as const;

export type Kind = keyof typeof KINDS;

const ALL: readonly { capability: string }[] = [
  ...['read', 'note', 'reply', 'close', 'wipe', 'break'].map((name) => ({ capability: `desk:${name}` })),
  { capability: 'vault:put' },
];

export function openApplicant(more: object = {}): Promise<Opened> {
  return openTask('applicant', ALL, { requester: 'rita@example.com', ...more });
}

export function postTo(opened: Opened, kind: Kind, mark: string, calling: Calling = {}): Promise<CallAnswer> {
  const { target, path } = KINDS[kind];
  return call(opened, target, path, {
    method: 'POST',
    body: JSON.stringify({ text: 'On its way' }),
    ...calling,
    headers: { 'content-type': 'application/json', [MARK]: mark, ...calling.headers },
  });
}

/** The 202, held to what each of them must be. */
export function awaitingIn(answer: CallAnswer | Answer): AwaitingView {
  expect({ status: answer.status, text: answer.status === 202 ? '' : answer.text }).toEqual({
    status: 202,
    text: '',
  });
  const header = (name: string) => ('header' in answer ? answer.header(name) : answer.headers.get(name));
  const body = JSON.parse(answer.text) as AwaitingView;
  expect(body).toEqual({
    call: expect.stringMatching(idPattern('call')),
    approval: {
      id: expect.stringMatching(idPattern('appr')),
      needed: { count: expect.any(Number), of: expect.any(Object) },
      expiresAt: expect.stringMatching(/Z$/),
    },
    statusUrl: `https://bailiwick.example.com/v1/calls/${body.call}`,
  });
  expect(header('location')).toBe(body.statusUrl);
  expect(header('retry-after')).toMatch(/^[1-9]\d*$/);
  expect(header('bailiwick-call')).toBe(body.call);
  return body;
}

/** Asks, with a mark by which the target's side of it is found again. */
export async function ask(kind: Kind = 'note', calling: Calling = {}, opened?: Opened): Promise<Asked> {
  const mark = newMark();
  const task = opened ?? (await openApplicant());
  return { ...awaitingIn(await postTo(task, kind, mark, calling)), opened: task, mark };
}

export async function askAs(agent: AgentName, capability = 'desk:note'): Promise<Asked> {
  return ask('note', {}, await openTask(agent, [{ capability }], { requester: 'rita@example.com' }));
}

/** The links that people got, by whom they were sent to. */
export async function linksOf(
  { approval }: Pick<Asked, 'approval'>,
  people = 3,
): Promise<Readonly<Record<string, URL>>> {
  const mails = await mailsOf(approval.id, people);
  return Object.fromEntries(mails.map((mail) => [mail.to, linkIn(mail)]));
}

export async function linkOf(
  asked: Pick<Asked, 'approval'>,
  person: string = 'ann@example.com',
): Promise<URL> {
  const link = (await linksOf(asked))[person];
  if (link === undefined) throw new Error(`nobody wrote to ${person}`);
  return link;
}

/** An owner of desk with a token of their own. */
export const ownerToken = (name = 'ann', more: object = {}) =>
  personToken({ sub: name, email: `${name}@example.com`, groups: ['desk-owners'], ...more });

export function decide(
  approval: string,
  body: object,
  token = ownerToken(),
  sending: { readonly key?: string } = {},
): Promise<Answer> {
  return send('POST', `/v1/approvals/${approval}/decision`, { token, body, ...sending });
}

export async function readCall(
  { call: id, opened }: Pick<Asked, 'call' | 'opened'>,
  wait = 0,
): Promise<CallView> {
  const { status, body, text } = await send('GET', `/v1/calls/${id}?wait=${wait}`, { token: opened.token });
  expect({ status, text: status === 200 ? '' : text }).toEqual({ status: 200, text: '' });
  return (body as { readonly call: CallView }).call;
}

const ENDED = ['succeeded', 'failed', 'denied', 'expired', 'withdrawn', 'void', 'outcome_unknown'];

/** The call once its state is final, and has been written down. */
export function ended(
  asked: Pick<Asked, 'call' | 'opened'>,
): Promise<CallView & { readonly endedAt?: string }> {
  return until(`the end of ${asked.call}`, async () => {
    const view = (await readCall(asked, 2)) as CallView & { readonly endedAt?: string };
    return ENDED.includes(view.status) && view.endedAt !== undefined ? view : undefined;
  });
}

/** What the call is answered with after all, by the agent's token or another. */
export function responseOf(
  { call: id, opened }: Pick<Asked, 'call' | 'opened'>,
  token = opened.token,
): Promise<CallAnswer> {
  return exchange(`/v1/calls/${id}/response`, { headers: { authorization: `Bearer ${token}` } });
}

/** What the audit says of one call. */
export async function eventsOfAsked({
  opened,
  call: id,
}: Pick<Asked, 'call' | 'opened'>): Promise<readonly AuditEvent[]> {
  return (await eventsOf(opened.task.id)).filter((event) => event['call'] === id);
}

export const typesOf = (events: readonly AuditEvent[]) => events.map(({ type }) => type);
