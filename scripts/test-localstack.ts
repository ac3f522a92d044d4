// The same as test:aws, on LocalStack in Docker, where somebody has both Docker and LocalStack's token.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePlace } from '../test/e2e/support/target/place.ts';
import { testDeployed } from './harness/deployed.ts';
import { EMULATED_ACCOUNT, emulatedAws } from './harness/environment.ts';
import { HarnessProblem, run } from './harness/process.ts';
import { exitWith, onInterrupt } from './harness/script.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));
const PROJECT = `bailiwick-${process.pid}`;
const COMPOSE = ['compose', '--project-name', PROJECT, '--file', 'test/e2e/localstack.compose.yaml'];
/** The first time, the image comes down too. */
const START_SECONDS = 600;
const STOP_SECONDS = 120;

async function main(signal: AbortSignal): Promise<number> {
  needed();
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-localstack-'));
  try {
    await compose(['up', '--detach', '--wait'], START_SECONDS, signal);
    return await testDeployed({
      repository,
      directory,
      reach: { endpoint: endpoint(), account: EMULATED_ACCOUNT },
      environment: emulatedAws(repository),
      place: await choosePlace('https'),
      disposable: true,
      tests: process.argv.slice(2),
      signal,
    });
  } finally {
    // Not stopped by the interrupt that it tidies up after.
    await compose(['down', '--volumes', '--timeout', '5'], STOP_SECONDS, new AbortController().signal);
    rmSync(directory, { recursive: true, force: true });
  }
}

function needed(): void {
  if ((process.env['LOCALSTACK_AUTH_TOKEN'] ?? '') === '') {
    throw new HarnessProblem(
      'test:localstack needs a LocalStack account: set LOCALSTACK_AUTH_TOKEN to its token. `npm run test:aws` needs none.',
    );
  }
  const asked = spawnSync('docker', ['compose', 'version'], { stdio: 'ignore', timeout: 20_000 });
  const running = spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 20_000 });
  if (asked.status !== 0 || running.status !== 0) {
    throw new HarnessProblem(
      'test:localstack needs a running Docker with its compose command. `npm run test:aws` needs neither.',
    );
  }
}

function endpoint(): string {
  const asked = spawnSync('docker', [...COMPOSE, 'port', 'localstack', '4566'], {
    cwd: repository,
    encoding: 'utf8',
    timeout: 20_000,
  });
  const address = asked.stdout.trim();
  if (asked.status !== 0 || address === '') throw new HarnessProblem('LocalStack listens on no port.');
  return `http://${address}`;
}

async function compose(args: readonly string[], seconds: number, signal: AbortSignal): Promise<void> {
  const code = await run('docker', [...COMPOSE, ...args], {
    environment: process.env,
    directory: repository,
    seconds,
    signal,
  });
  if (code !== 0) throw new HarnessProblem(`docker compose ${args[0] ?? ''} failed (${code}).`);
}

await exitWith(main(onInterrupt()));
