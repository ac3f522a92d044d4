// As much of Slack as Chat uses: chat.postMessage and chat.update, told by forms, and where answers to clicks go.
import type { ChatMessage } from '../../../src/ports/chat.ts';
import { fakeServer, type Listening } from './servers.ts';

export const TOKEN = 'xoxb-canary-token';
export const CHANNEL = 'C024BE91L';

interface Asked {
  readonly method: string;
  readonly authorization: string;
  readonly form: Readonly<Record<string, string>>;
}

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Whisper {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly said: Readonly<Record<string, unknown>>;
}

const HOOK = '/actions/T1/2/canary-hook';

export interface FakeSlack extends Listening {
  readonly asked: Asked[];
  /** Whose token is taken. */
  readonly taken: { token: string };
  /** Where answers to a click go, which comes with it. */
  readonly responseUrl: string;
  readonly whispers: Whisper[];
  /** What is answered next, each once, in the place of what would be. */
  readonly next: FakeAnswer[];
}

export const refused = (error: string): FakeAnswer => ({ body: JSON.stringify({ ok: false, error }) });

export function messageOf({ form }: Asked): ChatMessage {
  return { text: form['text'] ?? '', blocks: JSON.parse(form['blocks'] ?? '') };
}

export async function startFakeSlack(): Promise<FakeSlack> {
  const asked: Asked[] = [];
  const next: FakeAnswer[] = [];
  const whispers: Whisper[] = [];
  const taken = { token: TOKEN };
  const posted = new Set<string>();

  function answer({ method, authorization, form }: Asked): FakeAnswer {
    if (authorization !== `Bearer ${taken.token}`) return refused('invalid_auth');
    if (form['channel'] !== CHANNEL) return refused('channel_not_found');
    if (method === '/api/chat.update' && !posted.has(form['ts'] ?? '')) return refused('message_not_found');
    const ts = form['ts'] ?? `1531420618.${String(posted.size).padStart(6, '0')}`;
    posted.add(ts);
    return { body: JSON.stringify({ ok: true, channel: CHANNEL, ts, message: { text: form['text'] } }) };
  }

  const server = await fakeServer((request, body, response) => {
    if (request.url === HOOK && request.method === 'POST') {
      const { 'content-type': contentType, authorization } = request.headers;
      whispers.push({ contentType, authorization, said: JSON.parse(body.toString('utf8')) });
      const { status = 200, headers = {}, body: said } = next.shift() ?? { body: 'ok' };
      response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(said);
      return;
    }
    const form = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
    const one: Asked = {
      method: `${request.method === 'POST' ? '' : request.method}${request.url}`,
      authorization: request.headers.authorization ?? '',
      form,
    };
    asked.push(one);
    const { status = 200, headers = {}, body: said } = next.shift() ?? answer(one);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said);
  });
  return { ...server, asked, taken, next, whispers, responseUrl: `${server.endpoint}${HOOK}` };
}
