// Child processes that end when they are told to, and take their own children with them.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Something is missing or did not work; the message is a sentence for whoever runs the script. */
export class HarnessProblem extends Error {
  override readonly name = 'HarnessProblem';
}

export interface RunOptions {
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly seconds: number;
  readonly signal: AbortSignal;
  /** Where its output goes; left out, it goes where this process's goes. */
  readonly logFile?: string;
}

/** Runs a command to its end and answers its exit code. */
export async function run(command: string, args: readonly string[], options: RunOptions): Promise<number> {
  const child = start(command, args, options);
  const over = new AbortController();
  const stop = AbortSignal.any([options.signal, AbortSignal.timeout(options.seconds * 1000)]);
  try {
    return await Promise.race([exitOf(child), aborted(stop, over.signal)]);
  } catch (error) {
    await end(child);
    if (options.signal.aborted || !stop.aborted) throw error;
    throw new HarnessProblem(`${command} ${args[0] ?? ''} took more than ${options.seconds} s`);
  } finally {
    over.abort();
  }
}

/** Starts a command as the leader of its own process group, so that `end` reaches all it starts. */
export function start(
  command: string,
  args: readonly string[],
  options: Pick<RunOptions, 'environment' | 'directory' | 'logFile'>,
): ChildProcess {
  const output = options.logFile === undefined ? 'inherit' : openSync(options.logFile, 'a');
  const settings: SpawnOptions = {
    cwd: options.directory,
    env: options.environment,
    detached: true,
    stdio: ['ignore', output, output],
  };
  return spawn(command, [...args], settings);
}

export function exitOf(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

const GRACE_SECONDS = 5;

/** Asks, waits a little, then insists. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  signalGroup(child.pid, 'SIGTERM');
  await Promise.race([
    exitOf(child).catch(() => undefined),
    pause(GRACE_SECONDS * 1000, undefined, { ref: false }),
  ]);
  // The leader may be gone while something it started is not.
  signalGroup(child.pid, 'SIGKILL');
}

function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Rejects when `signal` fires; forgets about it when `forget` does. */
function aborted(signal: AbortSignal, forget: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const refuse = () => reject(signal.reason);
    if (signal.aborted) refuse();
    signal.addEventListener('abort', refuse, { once: true, signal: forget });
  });
}
