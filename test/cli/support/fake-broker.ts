// As much of a broker as `bailiwick credentials` asks, answering what a test wants, and counting.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { fakeServer } from '../../contract/support/servers.ts';

export const TASK = `task_${'0'.repeat(26)}`;
export const TASK_TOKEN = 'bwt_a-token-that-is-nowhere-shown';
export const CAPABILITY = 'reports:read';

export interface FakeAnswer {
  readonly status: number;
  readonly body: object;
}

export interface FakeBroker {
  readonly url: string;
  /** The bodies of the requests for credentials. */
  readonly asked: unknown[];
  /** The tokens that came, one a request. */
  readonly tokens: string[];
  /** What is answered to the next requests for credentials. It may take its time. */
  issue: () => FakeAnswer | Promise<FakeAnswer>;
  status: string;
  close(): Promise<void>;
}

export const HOUR = 3_600_000;

let issued = 0;

export function credentialsFor(milliseconds: number): FakeAnswer {
  issued += 1;
  const number = String(issued).padStart(4, '0');
  const credentials = {
    accessKeyId: `ASIAFAKEFAKEFAKE${number}`,
    secretAccessKey: `canary-secret-${number}`,
    sessionToken: `canary-session-${number}`,
    expiration: new Date(Date.now() + milliseconds).toISOString(),
  };
  return { status: 200, body: { credentials, call: `call_${'0'.repeat(26)}` } };
}

export function refusal(status: number, code: string, detail = 'It is refused.'): FakeAnswer {
  return { status, body: { type: 'about:blank', title: 'x', status, code, detail, requestId: 'req_1' } };
}

/** For one test; tests that run side by side each say when they are finished. */
export async function fakeBroker(taskLasts = HOUR, onFinished = onTestFinished): Promise<FakeBroker> {
  const expiresAt = new Date(Date.now() + taskLasts).toISOString();
  const state = { status: 'open', issue: (): FakeAnswer | Promise<FakeAnswer> => credentialsFor(taskLasts) };
  const asked: unknown[] = [];
  const tokens: string[] = [];
  const taskView = () => ({
    ...{ id: TASK, agent: 'report-builder', status: state.status, purpose: 'x', capabilities: [] },
    ...{ openedAt: expiresAt, expiresAt },
  });
  const answer = async (request: IncomingMessage, body: Buffer): Promise<FakeAnswer> => {
    tokens.push((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (request.url === `/v1/tasks/${TASK}`) return { status: 200, body: { task: taskView() } };
    if (request.url !== `/v1/tasks/${TASK}/credentials`) return refusal(404, 'not_found');
    asked.push(JSON.parse(body.toString('utf8')));
    return state.issue();
  };
  const send = async (request: IncomingMessage, body: Buffer, response: ServerResponse) => {
    const { status, body: json } = await answer(request, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
  };
  const server = await fakeServer((request, body, response) => void send(request, body, response));
  onFinished(() => server.close());
  return Object.assign(state, { url: server.endpoint, asked, tokens, close: server.close });
}

/** What the command finds around it: that broker and the token, and no AWS settings of this machine. */
export function environmentFor(
  broker: Pick<FakeBroker, 'url'>,
  more: NodeJS.ProcessEnv = {},
): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:AWS|BAILIWICK)_/.test(name));
  return {
    ...Object.fromEntries(own),
    BAILIWICK_URL: broker.url,
    BAILIWICK_TOKEN: TASK_TOKEN,
    BAILIWICK_TASK: TASK,
    AWS_EC2_METADATA_DISABLED: 'true',
    ...more,
  };
}
