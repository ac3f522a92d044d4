// The command in a terminal of its own, as somebody types into it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../src/cli/bailiwick.mjs', import.meta.url));

export interface Terminal {
  readonly out: () => string;
  type(keys: string): void;
  close(): Promise<void>;
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** `redirected` is what a shell would have after the command. */
export function inTerminal(
  args: readonly string[],
  redirected: string,
  environment: NodeJS.ProcessEnv,
): Terminal {
  const words = [process.execPath, COMMAND, ...args].map(quoted).join(' ');
  // The shell makes way for the command, so that a signal finds nobody else.
  const child = spawn('/usr/bin/script', ['-q', '-e', '-c', `exec ${words} ${redirected}`, '/dev/null'], {
    env: { ...environment, SHELL: '/bin/sh' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  const closed = once(child, 'close');
  return {
    out: () => out,
    type: (keys) => void child.stdin.write(keys),
    close: async () => {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
