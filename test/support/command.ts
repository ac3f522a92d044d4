// The `bailiwick` command as child processes: to run it to its end, or to start a broker and end it again.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../src/cli/bailiwick.mjs', import.meta.url));

/** Compiled once for all the processes that the tests start; a third of what starting one costs. */
const COMPILED = fileURLToPath(new URL('../../.cache/compiled', import.meta.url));

export interface Settings {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** For Node itself, before the command. */
  readonly nodeArguments?: readonly string[];
  /** Without the terminal that the tests may be run from. */
  readonly detached?: boolean;
}

export interface Started {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  /** Resolves with the exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

export function startCommand(args: readonly string[], settings: Settings = {}): Started {
  const child = spawn(process.execPath, [...(settings.nodeArguments ?? []), COMMAND, ...args], {
    cwd: settings.cwd ?? REPOSITORY,
    env: { ...(settings.env ?? process.env), NODE_COMPILE_CACHE: COMPILED },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: settings.detached ?? false,
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(
    ([code, signal]) => (code ?? signal ?? 'nothing') as number | NodeJS.Signals,
  );
  return { child, out: () => out, err: () => err, ended };
}

export interface Said {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

/** Runs the command to its end. */
export async function bailiwick(args: readonly string[], settings?: Settings): Promise<Said> {
  const { ended, out, err } = startCommand(args, settings);
  const code = await ended;
  return { code, out: out(), err: err() };
}

export interface Broker extends Started {
  readonly url: string;
  readonly port: number;
  /** As Ctrl-C does. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

const READY = /^bailiwick ready (http:\/\/127\.0\.0\.1:(\d+))$/m;

function readyLine(started: Started): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const found = READY.exec(started.out());
      if (found !== null) resolve(found);
    };
    started.child.stdout?.on('data', look);
    void started.ended.then((code) =>
      reject(new Error(`the broker ended (${code}) before it was ready:\n${started.err()}`)),
    );
  });
}

/** Starts a broker on a free port, and resolves when it says that it is ready. */
export async function startBroker(args: readonly string[], settings?: Settings): Promise<Broker> {
  const started = startCommand(['start', '--port', '0', ...args], settings);
  const [, url = '', port = ''] = await readyLine(started);
  return {
    ...started,
    url,
    port: Number(port),
    stop: (signal = 'SIGINT') => {
      started.child.kill(signal);
      return started.ended;
    },
  };
}
