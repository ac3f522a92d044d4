// Runs a command to its end, passing on what this process is told, and answers its exit code.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Lines } from '../lines.ts';
import { oneLine } from '../print/safe.ts';

const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;

/** A terminal sends these to the command by itself. */
const OF_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

/**
 * Whether there is a terminal whose Ctrl-C reaches this process and the command alike. What is read from and written to
 * says nothing of that: either may be elsewhere. Who sent a signal can't be told, so one that a terminal may have sent
 * is not passed on: a second Ctrl-C means to many commands that they are to end without tidying up.
 */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** As shells have it. */
const NOT_FOUND = 127;
const NOT_RUN = 126;

function passOn(child: ChildProcess): () => void {
  const handlers = SIGNALS.map((signal) => {
    const handle = () => {
      if (!(OF_TERMINALS.includes(signal) && hasTerminal())) child.kill(signal);
    };
    process.on(signal, handle);
    return () => process.off(signal, handle);
  });
  return () => {
    for (const off of handlers) off();
  };
}

export async function runToItsEnd(
  command: readonly string[],
  environment: NodeJS.ProcessEnv,
  lines: Lines,
): Promise<number> {
  const [name = '', ...args] = command;
  const child = spawn(name, args, { stdio: 'inherit', env: environment });
  const stop = passOn(child);
  try {
    return await new Promise<number>((resolve) => {
      child.on('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      );
      child.on('error', (error) => {
        // Once it runs, an error is a signal that could not be sent: its end is still to come.
        if (child.pid !== undefined) return;
        const code = 'code' in error ? String(error.code) : 'unknown error';
        lines.err(oneLine(`${name} can't be run (${code}).`));
        resolve(code === 'ENOENT' ? NOT_FOUND : NOT_RUN);
      });
    });
  } finally {
    stop();
  }
}
