// Calls to targets through the broker, as bytes and header lines, and what the targets saw of them.
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, inject } from 'vitest';
import { brokerUrl, eventsOf, openTask, type Wanted } from './broker.ts';
import { type AuditEvent, idPattern, type Opened, type Problem, STATUS_OF_CODE } from './contract.ts';
import type { Place } from './target/place.ts';
import type { Seen } from './target/seen.ts';
import type { AgentName } from './tokens.ts';

/** What calls are about can be reached from where the broker runs. Elsewhere, as behind an emulator in a container, not. */
export const describeCalls = describe.skipIf(inject('place') === undefined);

export const isDeployed = (process.env['BAILIWICK_E2E_URL'] ?? '') !== '';

export function place(): Place {
  const known = inject('place');
  if (known === undefined) throw new Error('there are no servers to call in this run');
  return known;
}

export function secret(name: string, field: string): string {
  const value = place().secrets[name]?.[field];
  if (value === undefined) throw new Error(`there is no ${field} in ${name}`);
  return value;
}

export interface CallAnswer {
  readonly status: number;
  readonly reason: string;
  /** As they came, in order, names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly header: (name: string) => string | undefined;
  readonly bytes: Buffer;
  readonly text: string;
  readonly json: () => unknown;
  /** The whole of it, to look through. */
  readonly everything: string;
}

export interface Calling {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** In place of the task's token, as a bearer; null sends none. */
  readonly token?: string | null;
}

function pairsOf(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), raw[at + 1] ?? ''] as const] : []));
}

/** Sent as it is: nothing of the path is tidied up. */
export async function exchange(path: string, calling: Calling = {}): Promise<CallAnswer> {
  const { method = 'GET', headers = {}, body } = calling;
  const base = new URL(brokerUrl());
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest;
  const { promise, resolve, reject } = Promise.withResolvers<CallAnswer>();
  const outgoing = send(
    {
      host: base.hostname,
      port: base.port,
      method,
      path: `${base.pathname === '/' ? '' : base.pathname}${path}`,
      // As every client sends, without being asked: API Gateway goes by it.
      headers: {
        accept: '*/*',
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
      },
      agent: false,
    },
    (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString();
        const pairs = pairsOf(incoming.rawHeaders);
        resolve({
          status: incoming.statusCode ?? 0,
          reason: incoming.statusMessage ?? '',
          headers: pairs,
          header: (name) => pairs.find(([known]) => known === name)?.[1],
          bytes,
          text,
          json: () => JSON.parse(text),
          everything: [incoming.statusMessage, ...pairs.flat(), bytes.toString('latin1'), text].join('\n'),
        });
      });
    },
  );
  outgoing.on('error', reject);
  outgoing.end(body);
  return promise;
}

export const basePath = ({ task }: Opened, target: string) => `/v1/tasks/${task.id}/http/${target}`;

/** One call of a task to a target; `path` is what follows the target, with its slash. */
export function call(
  opened: Opened,
  target: string,
  path: string,
  calling: Calling = {},
): Promise<CallAnswer> {
  const token = calling.token === undefined ? opened.token : calling.token;
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return exchange(`${basePath(opened, target)}${path}`, {
    ...calling,
    headers: { ...authorization, ...calling.headers },
  });
}

export function openFor(
  capabilities: readonly (string | Wanted)[],
  agent: AgentName = 'caller',
): Promise<Opened> {
  return openTask(
    agent,
    capabilities.map((one) => (typeof one === 'string' ? { capability: one } : one)),
  );
}

/** Something by which what a target saw of one request can be found again. */
export const newMark = () => `mark-${randomUUID()}`;

export const MARK = 'x-e2e-mark';

async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`${inject('control')}${path}`, init);
  return response.json();
}

export async function seen(mark: string): Promise<readonly Seen[]> {
  return (await ask(`/seen?says=${encodeURIComponent(mark)}`)) as readonly Seen[];
}

/** What a target saw of that mark, which must be one request. */
export async function seenOnce(mark: string): Promise<Seen> {
  const all = await seen(mark);
  expect(all.map(({ method, url }) => `${method} ${url}`)).toHaveLength(1);
  const [one] = all;
  if (one === undefined) throw new Error('nothing was seen');
  return one;
}

/** How many connections reached the server that nobody may reach. */
export const canaryCount = async () => (await ask('/canary')) as number;

export const changeKey = (key: string) => ask('/key', { method: 'PUT', body: key });

/** The OAuth tokens that were issued are good no more; how many those were, ever. */
export const forgetTokens = async () =>
  ((await ask('/tokens', { method: 'DELETE' })) as { readonly issued: number }).issued;
export const issuedTokens = async () => ((await ask('/tokens')) as { readonly issued: number }).issued;

/** Changes a secret where the broker reads it, as whoever rotates it does. */
export async function putSecret(name: string, fields: Readonly<Record<string, string>>): Promise<void> {
  const file = inject('secretsFile');
  if (file !== undefined) {
    writeFileSync(file, JSON.stringify({ ...place().secrets, [name]: fields }), { mode: 0o600 });
    return;
  }
  const client = new SecretsManagerClient({});
  try {
    await client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(fields) }));
  } finally {
    client.destroy();
  }
}

/** The refusal that an answer is, with that code and its status, and the call's id where one was begun. */
export function refused(answer: CallAnswer, code: string): Problem {
  expect({ status: answer.status, text: answer.text }).toEqual({
    status: STATUS_OF_CODE[code],
    text: expect.stringContaining(`"${code}"`),
  });
  const problem = answer.json() as Problem;
  expect(problem).toMatchObject({ code, status: answer.status, detail: expect.stringMatching(/[.)]$/) });
  expect(answer.header('content-type')).toBe('application/problem+json');
  return problem;
}

/** An answer of the target's own, with that status. */
export function passed(answer: CallAnswer, status = 200): CallAnswer {
  expect({ status: answer.status, problem: answer.status === status ? '' : answer.text }).toEqual({
    status,
    problem: '',
  });
  expect(answer.header('bailiwick-call')).toMatch(idPattern('call'));
  return answer;
}

/** What the audit says of one call. */
export async function eventsOfCall(opened: Opened, answer: CallAnswer): Promise<readonly AuditEvent[]> {
  const id = answer.header('bailiwick-call');
  expect(id).toMatch(idPattern('call'));
  const events = await eventsOf(opened.task.id);
  return events.filter((event) => event['call'] === id);
}
