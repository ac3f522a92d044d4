// Ctrl-C: what is under way gets its answer, nothing new begins, and the process ends by itself.
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from '../support/command.ts';
import { until } from '../support/poll.ts';
import { brokerForTest, demoAgentToken, temporaryDirectory } from './support/broker.ts';
import { answersIn, head, open } from './support/raw.ts';

const BODY = JSON.stringify({
  purpose: 'Slowly',
  capabilities: [{ capability: 'demo-aws:read', parameters: { prefix: 'a' } }],
});

function openingHead(port: number, token: string): string {
  return head(
    'POST /v1/tasks HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${BODY.length}`,
  );
}

function refused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  test('a request whose body is still on its way gets its answer', async () => {
    const data = temporaryDirectory();
    const broker = await brokerForTest(['--data', data]);
    const token = demoAgentToken(data);
    const slow = await open(broker.port);
    slow.socket.write(`${openingHead(broker.port, token)}${BODY.slice(0, 10)}`);
    // It is under way once another request, sent later, has been answered.
    await fetch(`${broker.url}/healthz`).then((response) => response.text());
    broker.child.kill(signal);
    await until('the port to be closed', async () => ((await refused(broker.port)) ? true : undefined));
    expect(broker.child.exitCode).toBeNull();
    slow.socket.write(BODY.slice(10));
    const [answer] = answersIn(await slow.closed);
    expect(answer?.status).toBe(201);
    expect(answer?.headers['connection']).toBe('close');
    expect(await broker.ended).toBe(0);
  });
});

test('connections that ask for nothing do not hold it up', async () => {
  const broker = await brokerForTest(['--data', temporaryDirectory()]);
  const silent = await open(broker.port);
  const halfway = await open(broker.port);
  halfway.socket.write('GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n');
  const idle = await open(broker.port);
  idle.socket.write(head('GET /healthz HTTP/1.1', 'Host: 127.0.0.1'));
  await until('an answer', () => (idle.received().includes('"ok"') ? true : undefined));
  broker.child.kill('SIGINT');
  expect(await broker.ended).toBe(0);
  await Promise.all([silent.closed, halfway.closed, idle.closed]);
});

test('a request that never arrives does not hold it up either', async () => {
  const data = temporaryDirectory();
  const broker = await brokerForTest(['--data', data]);
  const slow = await open(broker.port);
  slow.socket.write(`${openingHead(broker.port, 'none')}${BODY.slice(0, 10)}`);
  await fetch(`${broker.url}/healthz`).then((response) => response.text());
  broker.child.kill('SIGTERM');
  expect(await broker.ended).toBe(0);
  expect(await slow.closed).toBe('');
  expect(broker.err()).not.toContain('internal');
});

test('whoever reads its log may go: it serves, and stops, all the same', async () => {
  const broker = await brokerForTest(['--data', temporaryDirectory()]);
  broker.child.stderr?.destroy();
  for (let times = 0; times < 5; times += 1) {
    expect((await fetch(`${broker.url}/healthz`)).status).toBe(200);
    // Until the line that it logs has been written.
    await setTimeout(100);
  }
  broker.child.kill('SIGTERM');
  expect(await broker.ended).toBe(0);
});

function digestsIn(data: string): readonly string[] {
  if (!existsSync(join(data, 'archive'))) return [];
  return readdirSync(join(data, 'archive'), { recursive: true })
    .map(String)
    .filter((name) => name.includes('digest-'));
}

test('whoever ends npm has ended the broker', async ({ skip }) => {
  skip(process.platform === 'win32', 'there a process that is ended is told nothing');
  const data = temporaryDirectory();
  const npm = spawn('npm', ['start', '--', '--port', '0', '--data', data], {
    cwd: REPOSITORY,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  onTestFinished(() => {
    try {
      process.kill(-Number(npm.pid), 'SIGKILL');
    } catch {
      // All of them have ended, as they should.
    }
  });
  let out = '';
  npm.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const port = await until('the broker to be ready', () => /^bailiwick ready .*:(\d+)$/m.exec(out)?.[1]);
  npm.kill('SIGTERM');
  await until('the port to be closed', async () => ((await refused(Number(port))) ? true : undefined));
  await until('the closing digest', () => (digestsIn(data).length > 0 ? true : undefined));
});

test('a second signal ends it at once', async () => {
  const data = temporaryDirectory();
  const broker = await brokerForTest(['--data', data]);
  const token = demoAgentToken(data);
  const slow = await open(broker.port);
  slow.socket.write(`${openingHead(broker.port, token)}${BODY.slice(0, 10)}`);
  await fetch(`${broker.url}/healthz`).then((response) => response.text());
  broker.child.kill('SIGINT');
  await until('the port to be closed', async () => ((await refused(broker.port)) ? true : undefined));
  // Within a second they are taken for one press, so it is asked until it gives in.
  const asking = setInterval(() => broker.child.kill('SIGINT'), 50);
  onTestFinished(() => clearInterval(asking));
  expect(await broker.ended).toBe(130);
  await slow.closed;
});

test('two signals of one Ctrl-C are one: npm passes on what the terminal has sent already', async () => {
  const data = temporaryDirectory();
  const broker = await brokerForTest(['--data', data]);
  const token = demoAgentToken(data);
  const slow = await open(broker.port);
  slow.socket.write(`${openingHead(broker.port, token)}${BODY.slice(0, 10)}`);
  await fetch(`${broker.url}/healthz`).then((response) => response.text());
  broker.child.kill('SIGINT');
  broker.child.kill('SIGINT');
  await until('the port to be closed', async () => ((await refused(broker.port)) ? true : undefined));
  broker.child.kill('SIGINT');
  slow.socket.write(BODY.slice(10));
  await slow.closed;
  expect(slow.received()).toContain('HTTP/1.1 201');
  expect(await broker.ended).toBe(0);
});

describe('on a Node that is too old, where another one runs the broker', () => {
  /** As an old Node looks to the command; the one that it starts does not hear of it. */
  const pretend =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })";
  const nodeArguments = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];

  test('the signal of a supervisor, which only the first process gets, ends both', async () => {
    const broker = await brokerForTest(['--data', temporaryDirectory()], { nodeArguments });
    broker.child.kill('SIGTERM');
    expect(await broker.ended).toBe(0);
    expect(await refused(broker.port)).toBe(true);
  });
});
