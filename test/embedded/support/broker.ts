// A broker of a test's own, on a data directory of its own, ended when the test is.
import { createPrivateKey, type JsonWebKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Claims, compact, seconds } from '../../e2e/support/tokens.ts';
import { type Broker, type Settings, startBroker } from '../../support/command.ts';

export const QUICKSTART = fileURLToPath(new URL('../../../examples/quickstart', import.meta.url));
export const E2E_CONFIG = fileURLToPath(new URL('../../e2e/config', import.meta.url));

function newDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'bailiwick-embedded-'));
}

export function temporaryDirectory(): string {
  const directory = newDirectory();
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Started for one test; whatever becomes of the test, it does not stay. */
export async function brokerForTest(args: readonly string[], settings?: Settings): Promise<Broker> {
  const broker = await startBroker(args, settings);
  onTestFinished(async () => {
    broker.child.kill('SIGKILL');
    await broker.ended;
  });
  return broker;
}

/** One for all tests of a file. */
export function brokerForFile(config: string): { readonly broker: () => Broker; readonly data: string } {
  const data = newDirectory();
  let broker: Broker | undefined;
  beforeAll(async () => {
    broker = await startBroker(['--config', config, '--data', data]);
  });
  afterAll(async () => {
    await broker?.stop('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });
  return {
    data,
    broker: () => {
      if (broker === undefined) throw new Error('the broker has not started');
      return broker;
    },
  };
}

/** What `bailiwick demo token` prints, without a process for each. */
function demoToken(data: string, audience: string, claims: Claims): string {
  const jwk = JSON.parse(readFileSync(join(data, 'demo-issuer.json'), 'utf8')) as JsonWebKey;
  const header = { alg: 'ES256', kid: 'demo', typ: 'JWT' };
  const payload = { iss: 'demo', aud: audience, exp: seconds(300), ...claims };
  return compact(header, payload, createPrivateKey({ key: jwk, format: 'jwk' }));
}

export function demoAgentToken(data: string, agent = 'demo-agent'): string {
  return demoToken(data, 'bailiwick', { sub: agent });
}

/** Someone who may read the audit. */
export function demoAuditorToken(data: string): string {
  const claims = { sub: 'kim', email: 'kim@example.com', email_verified: true, groups: ['security'] };
  return demoToken(data, 'bailiwick-people', claims);
}

export interface Asked {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export async function ask(
  url: string,
  method: string,
  token?: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Asked['body'] };
}
