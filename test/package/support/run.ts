// Programs of a package's user, each in its own process: npm, npx, node. None finds this machine's own settings of npm.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

export interface Ran {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly ended: Promise<Ran>;
}

/** As on a machine where nothing was set up but Node, this process's, and npm. */
export function environment(home: string, registry: string): NodeJS.ProcessEnv {
  const path = [dirname(process.execPath), process.env['PATH'] ?? ''].join(':');
  return {
    PATH: path,
    HOME: home,
    // Of no concern to what is tried, and half the time of loading the CDK again.
    NODE_COMPILE_CACHE: join(home, 'compiled'),
    npm_config_registry: registry,
    npm_config_cache: join(home, 'cache'),
    npm_config_globalconfig: join(home, 'none'),
    npm_config_update_notifier: 'false',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
}

export function start(
  [command = '', ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Running {
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code: code ?? signal, out, err }) as Ran);
  return { child, out: () => out, ended };
}

export function run(command: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ran> {
  return start(command, cwd, env).ended;
}
