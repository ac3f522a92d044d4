// An AWS of our own for the length of one run: MiniStack on a free port of the loopback interface.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { emulatedAws } from './environment.ts';
import { end, exitOf, HarnessProblem, run, start } from './process.ts';

export interface MiniStack {
  readonly endpoint: string;
  /** What clients must trust to reach it. */
  readonly certificate: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface MiniStackOptions {
  readonly python: string;
  /** Its files, and its functions' files, live and go with this directory. */
  readonly directory: string;
  readonly repository: string;
  /** Where the functions send what they trace. */
  readonly traceAddress: string;
  /** Whom its functions trust beside everybody's authorities, in PEM. */
  readonly trusted: string;
  readonly signal: AbortSignal;
}

const START_SECONDS = 60;

export async function startMiniStack(options: MiniStackOptions): Promise<MiniStack> {
  const { python, directory, repository, signal } = options;
  const port = await freePort();
  const tls = await makeCertificate(options);
  const logFile = join(directory, 'ministack.log');
  // Its own command would also listen on 443 where it may.
  const application = `${join(repository, 'test/e2e/deployed/closer_to_aws.py')}:app`;
  const serve = ['-m', 'hypercorn', application, '--bind', `127.0.0.1:${port}`, '--keep-alive', '75'];
  const child = start(python, [...serve, '--certfile', tls.certificate, '--keyfile', tls.key], {
    directory,
    logFile,
    environment: {
      ...ministackEnvironment(options),
      ...tlsEnvironment(tls, options),
      GATEWAY_PORT: String(port),
    },
  });
  const endpoint = `https://127.0.0.1:${port}`;
  try {
    await healthy({ port, ca: readFileSync(tls.certificate), exit: exitOf(child), signal });
  } catch (error) {
    await end(child);
    if (!(error instanceof HarnessProblem)) throw error;
    throw new HarnessProblem(`${error.message}\n${readFileSync(logFile, 'utf8').slice(-2000)}`);
  }
  return { endpoint, certificate: tls.certificate, logFile, stop: () => end(child) };
}

function ministackEnvironment({ directory, repository, traceAddress }: MiniStackOptions): NodeJS.ProcessEnv {
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    ...emulatedAws(repository),
    // Nothing on fixed ports for services that nobody here asks for.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    PYTHONDONTWRITEBYTECODE: '1',
    TMPDIR: temporary,
    HOME: temporary,
    // Functions run in sessions of their own roles, and policies are enforced: what a role lacks fails here too.
    AUTH: 'true',
    // Functions are processes of the node that comes first in the PATH, with these set as Lambda sets them.
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_XRAY_DAEMON_ADDRESS: traceAddress,
    NODE_PATH: join(repository, 'node_modules'),
  };
}

interface Tls {
  readonly certificate: string;
  readonly key: string;
}

function tlsEnvironment({ certificate, key }: Tls, { directory, trusted }: MiniStackOptions) {
  const authorities = join(directory, 'trusted.crt');
  writeFileSync(authorities, `${readFileSync(certificate, 'utf8')}\n${trusted}\n`);
  return {
    USE_SSL: '1',
    MINISTACK_SSL_CERT: certificate,
    MINISTACK_SSL_KEY: key,
    NODE_EXTRA_CA_CERTS: authorities,
  };
}

/** Over TLS, because the bucket refuses anything else, as it should. */
async function makeCertificate({ python, directory, repository, signal }: MiniStackOptions): Promise<Tls> {
  const tls = { certificate: join(directory, 'tls.crt'), key: join(directory, 'tls.key') };
  const script = join(repository, 'test/e2e/deployed/certificate.py');
  const code = await run(python, [script, tls.certificate, tls.key], {
    environment: process.env,
    directory,
    seconds: 30,
    signal,
  });
  if (code !== 0) throw new HarnessProblem('the certificate for MiniStack could not be made');
  return tls;
}

interface Health {
  readonly port: number;
  readonly ca: Buffer;
  readonly exit: Promise<number>;
  readonly signal: AbortSignal;
}

async function healthy({ port, ca, exit, signal }: Health): Promise<void> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_SECONDS * 1000)]);
  let ended: number | undefined;
  const note = (code: number) => {
    ended = code;
  };
  exit.then(note, () => note(-1));
  while (!deadline.aborted) {
    if (ended !== undefined) throw new HarnessProblem(`MiniStack ended at once (${ended}):`);
    if (await answers(port, ca)) return;
    await pause(100);
  }
  signal.throwIfAborted();
  throw new HarnessProblem(`MiniStack did not answer within ${START_SECONDS} s:`);
}

/** By hand: the certificate is younger than this process, so `fetch` does not trust it. */
function answers(port: number, ca: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(
      { host: '127.0.0.1', port, path: '/_ministack/health', ca, timeout: 2000 },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200);
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', () => resolve(false));
  });
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
