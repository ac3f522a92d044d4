// `bailiwick credentials serve`: the container-credentials endpoint, until the task is over or a command has ended.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Secret } from '../../shared/secret.ts';
import type { Lines } from '../lines.ts';
import { oneLine } from '../print/safe.ts';
import { WrongUse } from '../remote/trouble.ts';
import { type Asker, askerFor, type TaskState } from './ask.ts';
import { type AskedToServe, understandServe } from './asked.ts';
import { commandEnvironment } from './command-environment.ts';
import { createEndpoint, endpointUrl } from './endpoint.ts';
import { Keeper, type Time } from './keeper.ts';
import { runToItsEnd } from './run-command.ts';
import { TASK_OVER, type Trouble, troubleLine } from './trouble.ts';
import { watchTask } from './watch-task.ts';

const systemTime: Time = {
  now: Date.now,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    // What is listened to keeps the process, and a command that runs.
    timer.unref();
    return () => clearTimeout(timer);
  },
};

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new WrongUse(`Port ${port} can't be listened on (${code}). Name another with --port.`);
  }
  return (server.address() as AddressInfo).port;
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

interface Serving {
  readonly endpoint: { readonly [name: string]: string };
  /** Resolves when the task is over. */
  readonly over: Promise<void>;
  /** The first set, or why there is none. */
  readonly trouble: Trouble | undefined;
  stop(): void;
}

async function serve(asker: Asker, task: TaskState, port: number, lines: Lines): Promise<Serving> {
  const watching = new AbortController();
  let told: () => void = () => {};
  const over = new Promise<void>((resolve) => {
    told = resolve;
  });
  const keeper = new Keeper({
    issue: asker.issue,
    taskEnds: task.expiresAt,
    time: systemTime,
    onTrouble: (trouble) => {
      lines.err(
        oneLine(trouble === undefined ? 'The broker issues credentials again.' : troubleLine(trouble)),
      );
      if (trouble?.kind === 'over') told();
    },
  });
  const token = new Secret(randomBytes(32).toString('base64url'));
  const server = createEndpoint({ token, get: () => keeper.get() });
  const listening = await listen(server, port);
  const first = await keeper.get();
  const watched = watchTask({
    task: asker.task,
    expiresAt: task.expiresAt,
    now: Date.now,
    sleep: (milliseconds) => pause(milliseconds, undefined, { ref: false, signal: watching.signal }),
  });
  watched.then(
    (trouble) => keeper.end(trouble),
    () => {},
  );
  return {
    over,
    endpoint: {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: endpointUrl(listening),
      AWS_CONTAINER_AUTHORIZATION_TOKEN: token.open(),
    },
    trouble: 'kind' in first ? first : undefined,
    stop: () => {
      watching.abort();
      keeper.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function untilDone(
  { endpoint, over }: Serving,
  { command }: AskedToServe,
  lines: Lines,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  if (command !== undefined) {
    return runToItsEnd(command, await commandEnvironment(environment, endpoint), lines);
  }
  const stopped = interrupted();
  for (const [name, value] of Object.entries(endpoint)) lines.out(`export ${name}=${value}`);
  await Promise.race([stopped, over]);
  return 0;
}

/** Any exit code of a command that is run, else one of the command's own. */
export async function runServe(
  args: readonly string[],
  lines: Lines,
  environment: NodeJS.ProcessEnv,
): Promise<number> {
  const asked = understandServe(args, environment);
  const asker = askerFor(asked, environment);
  const task = await asker.task();
  if (task.status !== 'open') {
    lines.err(troubleLine(TASK_OVER));
    return 1;
  }
  const serving = await serve(asker, task, asked.port, lines);
  try {
    // What is wrong has been said.
    return serving.trouble === undefined ? await untilDone(serving, asked, lines, environment) : 1;
  } finally {
    serving.stop();
  }
}
