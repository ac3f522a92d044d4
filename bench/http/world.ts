// The processes of the benchmark: a target, a plain proxy, an embedded broker and a client, each by itself.
import { type ChildProcess, execFile, fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Busy, busySoFar } from './busy.ts';
import type { Job, Outcome } from './job.ts';

const ROOT = join(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'src/cli/bailiwick.mjs');
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const READY = /^bailiwick ready (\S+)$/;

export interface World {
  readonly target: string;
  readonly proxy: string;
  readonly broker: string;
  /** Of the target. */
  readonly key: string;
  readonly task: { readonly id: string; readonly token: string };
  load(job: Job): Promise<Outcome>;
  busy(): Busy | undefined;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (child.connected) child.disconnect();
  else child.kill('SIGTERM');
  await exit;
}

function writeConfig(config: string, targetPort: number, key: string): string {
  for (const directory of ['agents', 'targets']) mkdirSync(join(config, directory), { recursive: true });
  cpSync(join(ROOT, 'examples/quickstart/policies/default.cedar'), join(config, 'policies/default.cedar'));
  const owner = '{ team: Bench, email: bench@example.com, group: demo-owners }';
  const write = (name: string, lines: readonly string[]) =>
    writeFileSync(join(config, name), lines.join('\n'));
  write('broker.yaml', [
    'issuers: [{ issuer: demo, audience: bailiwick }]',
    'humans:',
    '  issuer: demo',
    '  audience: bailiwick-people',
    '  idClaim: email',
    '  groupsClaim: groups',
    '  groups: [operators, security]',
  ]);
  write('agents/bench.yaml', [
    'id: bench',
    'owner: { team: Bench, email: bench@example.com }',
    'purpose: Measure',
    'environment: development',
    'identities: [{ issuer: demo, claims: { sub: bench } }]',
    'capabilities: ["tickets:read"]',
  ]);
  write('targets/tickets.yaml', [
    'id: tickets',
    'kind: http',
    'environment: development',
    'sensitivity: internal',
    `owner: ${owner}`,
    `connection: { baseUrl: "http://127.0.0.1:${targetPort}", private: ["127.0.0.1/32"] }`,
    'secret: tickets',
    'inject: { header: Authorization, value: "Bearer ${secret.token}" }',
    'capabilities:',
    '  read: { effect: read, routes: ["GET /tickets/{id}"] }',
  ]);
  const secrets = join(config, 'secrets.json');
  writeFileSync(secrets, JSON.stringify({ tickets: { token: key } }), { mode: 0o600 });
  return secrets;
}

async function openTask(url: string, config: string, data: string): Promise<World['task']> {
  const args = [COMMAND, 'demo', 'token', 'bench', '--config', config, '--data', data];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const response = await fetch(`${url}/v1/tasks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stdout.trim()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ purpose: 'Measure', capabilities: [{ capability: 'tickets:read' }] }),
  });
  const opened = (await response.json()) as { task?: { id: string }; token: string };
  if (opened.task === undefined) throw new Error(`no task was opened: ${JSON.stringify(opened)}`);
  return { id: opened.task.id, token: opened.token };
}

interface Helper {
  readonly child: ChildProcess;
  /** What it says next. */
  heard(): Promise<unknown>;
}

/** One of the other files here, as a process of its own. It ends when this one does. */
function startHelper(name: 'target' | 'proxy' | 'load', env: NodeJS.ProcessEnv): Helper {
  const file = new URL(`./${name}.ts`, import.meta.url);
  const child = fork(file, { env: { ...process.env, ...env }, serialization: 'advanced' });
  const died = once(child, 'exit').then(() => Promise.reject(new Error(`the ${name} has ended`)));
  // At the end each of them does, and nobody listens any more.
  died.catch(() => {});
  const heard = async () => {
    const [message]: unknown[] = await Promise.race([once(child, 'message'), died]);
    return message;
  };
  return { child, heard };
}

interface Directories {
  readonly config: string;
  readonly data: string;
  readonly log: string;
}

async function startBroker(
  { config, data, log }: Directories,
  secrets: string,
  keep: (child: ChildProcess) => void,
): Promise<{ readonly url: string; readonly pid: number | undefined }> {
  const args = ['start', '--config', config, '--data', data, '--secrets', secrets, '--port', '0'];
  const stdio = ['ignore', 'pipe', openSync(log, 'w')] as const;
  const broker = spawn(process.execPath, [COMMAND, ...args], { stdio: [...stdio] });
  keep(broker);
  if (broker.stdout !== null) {
    for await (const line of createInterface({ input: broker.stdout })) {
      const url = READY.exec(line)?.[1];
      if (url !== undefined) return { url, pid: broker.pid };
    }
  }
  throw new Error(`the broker did not get ready:\n${readFileSync(log, 'utf8')}`);
}

/** Without them the work fails, and what it has made is removed as it is after any other failure. */
function endWith(children: readonly ChildProcess[]): () => void {
  const end = () => {
    for (const child of children) child.kill('SIGTERM');
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}

/** In that directory, which it fills. Nothing stays when the work has ended, however it did. */
export async function inWorld<Result>(
  directory: string,
  work: (world: World) => Promise<Result>,
): Promise<Result> {
  const children: ChildProcess[] = [];
  const forget = endWith(children);
  const keep = (child: ChildProcess) => void children.push(child);
  const start = (name: Parameters<typeof startHelper>[0], env: NodeJS.ProcessEnv = {}) => {
    const helper = startHelper(name, env);
    keep(helper.child);
    return helper;
  };
  const [config, data, log] = [join(directory, 'config'), join(directory, 'data'), join(directory, 'log')];
  const key = randomBytes(24).toString('base64url');
  try {
    const target = start('target', { KEY: key });
    const targetPort = Number(await target.heard());
    const proxy = start('proxy', { TARGET_PORT: String(targetPort) });
    const proxyPort = Number(await proxy.heard());
    const broker = await startBroker({ config, data, log }, writeConfig(config, targetPort, key), keep);
    const client = start('load');
    const { pid } = client.child;
    const processes = { client: pid, target: target.child.pid, proxy: proxy.child.pid, broker: broker.pid };
    return await work({
      key,
      broker: broker.url,
      target: `http://127.0.0.1:${targetPort}`,
      proxy: `http://127.0.0.1:${proxyPort}`,
      task: await openTask(broker.url, config, data),
      busy: () => busySoFar(processes),
      load: async (job) => {
        const answered = client.heard();
        client.child.send(job);
        return (await answered) as Outcome;
      },
    });
  } finally {
    await Promise.all(children.map(ended));
    forget();
  }
}
