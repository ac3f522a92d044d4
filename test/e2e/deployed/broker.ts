// The deployed broker as an agent of the deployed world sees it.
import { readFileSync } from 'node:fs';
import { importJWK, type JWK, SignJWT } from 'jose';
import { setting } from './aws.ts';

/** Whether there is a deployment to test: `npm run test:aws` sets this up. */
export const DEPLOYED = process.env['BAILIWICK_E2E_OUTPUTS'] !== undefined;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they asked for.
  readonly body: any;
}

export interface Ask {
  readonly token?: string;
  readonly body?: unknown;
  /** The body as it is, where it is not to be JSON. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export async function broker(method: string, path: string, ask: Ask = {}): Promise<Answer> {
  const { token, headers } = ask;
  const body = ask.body === undefined ? ask.text : JSON.stringify(ask.body);
  const answer = await fetch(`${setting('BAILIWICK_E2E_URL')}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  const isJson = answer.headers.get('content-type')?.includes('json') === true;
  return {
    status: answer.status,
    headers: answer.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}

const KEY = new URL('../support/keys/test-only-ci.json', import.meta.url);

/** A token of the report builder's. */
export async function agentToken(claims: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const key: JWK = JSON.parse(readFileSync(KEY, 'utf8'));
  return new SignJWT({ sub: 'ci', repository_id: '1296269', ref: 'refs/heads/main', ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: String(key.kid) })
    .setIssuer('https://ci.example.com')
    .setAudience('bailiwick')
    .setIssuedAt()
    .setExpirationTime('5m')
    .sign(await importJWK(key, 'ES256'));
}

const READ = { capability: 'reports:read', parameters: { prefix: 'team-a', kind: 'weekly' } };

/** A task of the report builder's. */
export async function openTask(token?: string): Promise<{ id: string; token: string }> {
  const answer = await broker('POST', '/v1/tasks', {
    token: token ?? (await agentToken()),
    body: { purpose: 'Build the weekly report', capabilities: [READ] },
  });
  if (answer.status !== 201) throw new Error(`no task: ${answer.status} ${answer.text}`);
  return { id: answer.body.task.id, token: answer.body.token };
}

export function outputs(name: string): string {
  const all: Record<string, string> = JSON.parse(setting('BAILIWICK_E2E_OUTPUTS'));
  const value = all[name];
  if (value === undefined) throw new Error(`no output ${name}`);
  return value;
}
