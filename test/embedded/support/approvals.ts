// What waits for people at an embedded broker of a test's own: a config with a target that counts, the links, the form.
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { linkIn, mailsIn } from '../../e2e/support/approvals/mails.ts';
import { formIn } from '../../support/approval-form.ts';
import { until } from '../../support/poll.ts';
import { type Asked, ask, demoAgentToken, QUICKSTART, temporaryDirectory } from './broker.ts';

export interface Counter {
  readonly port: number;
  /** How often each path was asked for. */
  readonly counts: ReadonlyMap<string, number>;
}

/** A target in this process, so that it outlives any broker. */
export async function startCounter(): Promise<Counter> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    request.resume().on('end', () => {
      response.writeHead(201, { 'content-type': 'application/json' }).end(`{"added":"${path}"}`);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return { port: (server.address() as AddressInfo).port, counts };
}

export const COUNTER_FILE = 'targets/counter.yaml';

function counterTarget(port: number): string {
  return `# Counts what it is asked.
id: counter
kind: http
environment: development
sensitivity: internal
owner: { team: Demo, email: demo@example.com, group: demo-owners }
connection: { baseUrl: "http://127.0.0.1:${port}/", private: ["127.0.0.1"] }
capabilities:
  add: { effect: write, impacts: [public], routes: ["POST /added/{id}"] }
`;
}

/** The quickstart's, with that target; whatever else the test adds to broker.yaml. */
export function configWith({ port }: Counter, more = ''): string {
  const config = join(temporaryDirectory(), 'config');
  cpSync(QUICKSTART, config, { recursive: true });
  writeFileSync(join(config, COUNTER_FILE), counterTarget(port));
  change(config, 'agents/demo-agent.yaml', (text) =>
    text.replace('  - "tickets-api:reply"', '  - "tickets-api:reply"\n  - "counter:add"'),
  );
  change(config, 'broker.yaml', (text) => `${text}\n${more}\n`);
  return config;
}

export function change(config: string, file: string, how: (text: string) => string): void {
  const path = join(config, file);
  const before = readFileSync(path, 'utf8');
  const after = how(before);
  if (after === before) throw new Error(`nothing was changed in ${file}`);
  writeFileSync(path, after);
}

export interface Task {
  readonly url: string;
  readonly id: string;
  readonly token: string;
}

export async function openTask(url: string, data: string, more: object = {}): Promise<Task> {
  const capabilities = [{ capability: 'counter:add' }];
  const body = { purpose: 'Count', capabilities, ...more };
  const { body: opened, status } = await ask(`${url}/v1/tasks`, 'POST', demoAgentToken(data), body);
  if (status !== 201) throw new Error(JSON.stringify(opened));
  const { task, token } = opened as unknown as { task: { id: string }; token: string };
  return { url, id: task.id, token };
}

export interface Pending {
  readonly call: string;
  readonly approval: string;
}

export function add({ url, id, token }: Task, what: string): Promise<Asked> {
  const path = `${url}/v1/tasks/${id}/http/counter/added/${what}`;
  return ask(path, 'POST', token, { what }, { 'idempotency-key': what });
}

export function pendingIn({ status, body }: Asked): Pending {
  if (status !== 202) throw new Error(`${status}: ${JSON.stringify(body)}`);
  const { call, approval } = body as { call: string; approval: { id: string } };
  return { call, approval: approval.id };
}

/** As the first who was asked opens it. The newest, since a link that was sent anew replaces none. */
export function linkTo(data: string, { approval }: Pick<Pending, 'approval'>): Promise<URL> {
  return until(`a link to ${approval}`, () => {
    const mail = mailsIn(join(data, 'outbox')).findLast(({ text }) => text.includes(`/approve/${approval}?`));
    return mail === undefined ? undefined : linkIn(mail);
  });
}

/** Opened and sent at where the broker is now. */
export async function decideBy(
  link: URL,
  url: string,
  fields: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly text: string }> {
  const here = new URL(`${link.pathname}${link.search}`, url);
  const form = formIn(await (await fetch(here)).text());
  const body = new URLSearchParams({ ...form?.hidden, ...fields });
  const response = await fetch(new URL(link.pathname, url), { method: 'POST', body });
  return { status: response.status, text: await response.text() };
}

export interface CallStanding {
  readonly status: string;
  readonly endedAt?: string;
  readonly approval?: { readonly id: string };
  readonly refusal?: { readonly code: string; readonly detail: string };
}

export async function standing(
  { url, token }: Task,
  { call }: Pick<Pending, 'call'>,
  wait = 0,
): Promise<CallStanding> {
  const { body } = await ask(`${url}/v1/calls/${call}?wait=${wait}`, 'GET', token);
  return body['call'] as CallStanding;
}

/** Once it has ended for good. */
export function ended(task: Task, pending: Pick<Pending, 'call'>): Promise<CallStanding> {
  return until(`the end of ${pending.call}`, async () => {
    const now = await standing(task, pending, 2);
    return now?.endedAt === undefined ? undefined : now;
  });
}
