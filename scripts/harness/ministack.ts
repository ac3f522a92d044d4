// An AWS of our own for the length of one run: MiniStack on a free port of the loopback interface.
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { emulatedAws } from './environment.ts';
import { end, exitOf, HarnessProblem, start } from './process.ts';

export interface MiniStack {
  readonly endpoint: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  readonly python: string;
  /** Its files, and its functions' files, live and go with this directory. */
  readonly directory: string;
  readonly repository: string;
  readonly signal: AbortSignal;
}

const START_SECONDS = 60;

export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const port = await freePort();
  const temporary = join(options.directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const logFile = join(options.directory, 'ministack.log');
  const child = start(options.python, ['-m', 'ministack'], {
    directory: options.directory,
    logFile,
    environment: {
      ...emulatedAws(options.repository),
      // It listens on every interface unless told otherwise, and on fixed ports for what nobody here asks for.
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      // Functions run under their own roles' sessions, and IAM is enforced: what a role lacks fails here as it would there.
      AUTH: 'true',
      // Functions run on the node that comes first in the PATH, in one process each, with these set as Lambda sets them.
      NODE_PATH: join(options.repository, 'node_modules'),
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      TMPDIR: temporary,
      HOME: temporary,
    },
  });
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    await healthy(`${endpoint}/_ministack/health`, exitOf(child), options.signal);
  } catch (error) {
    await end(child);
    if (!(error instanceof HarnessProblem)) throw error;
    throw new HarnessProblem(`${error.message}\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
  return { endpoint, logFile, stop: () => end(child) };
}

async function healthy(url: string, exit: Promise<number>, signal: AbortSignal): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_SECONDS * 1000)]);
  let ended: number | undefined;
  exit.then(
    (code) => {
      ended = code;
    },
    () => {
      ended = -1;
    },
  );
  while (!deadline.aborted) {
    if (ended !== undefined) throw new HarnessProblem(`MiniStack ended at once (${ended}):`);
    const answer = await fetch(url, { signal: deadline }).catch(() => undefined);
    if (answer?.ok === true) return;
    await pause(100);
  }
  signal.throwIfAborted();
  throw new HarnessProblem(`MiniStack did not answer within ${START_SECONDS} s:`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
