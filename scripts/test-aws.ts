// Deploys the broker into an emulated AWS, runs the black-box tests against it, and leaves nothing running.
// MiniStack is started for it, unless AWS_ENDPOINT_URL names an AWS that is there already.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { choosePlace } from '../test/e2e/support/target/place.ts';
import { testDeployed } from './harness/deployed.ts';
import { EMULATED_ACCOUNT, emulatedAws } from './harness/environment.ts';
import { testGiven } from './harness/given.ts';
import { startMiniStack } from './harness/ministack.ts';
import { HarnessProblem } from './harness/process.ts';
import { pythonEnvironment } from './harness/python.ts';
import { exitWith, onInterrupt } from './harness/script.ts';
import { collectTraces } from './harness/traces.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

interface Run {
  readonly directory: string;
  readonly tests: readonly string[];
  readonly signal: AbortSignal;
}

async function main(signal: AbortSignal): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-aws-'));
  const tests = process.argv.slice(2);
  const endpoint = process.env['AWS_ENDPOINT_URL'] ?? '';
  try {
    if (endpoint !== '') return await testGiven({ repository, directory, endpoint, tests, signal });
    return await onMiniStack({ directory, tests, signal });
  } finally {
    if (process.env['BAILIWICK_KEEP'] === undefined) rmSync(directory, { recursive: true, force: true });
    else process.stdout.write(`Kept ${directory}\n`);
  }
}

async function onMiniStack({ directory, tests, signal }: Run): Promise<number> {
  if (process.platform === 'win32') throw new HarnessProblem('test:aws runs on Linux, macOS and WSL.');
  const python = await pythonEnvironment({
    requirements: join(repository, 'test/e2e/deployed/requirements.txt'),
    cache: join(repository, '.cache'),
    signal,
  });
  const traces = join(directory, 'traces.jsonl');
  const collector = await collectTraces(traces);
  const place = await choosePlace('https');
  try {
    const own = await startMiniStack({
      python,
      directory,
      repository,
      traceAddress: collector.address,
      trusted: place.atLogin.cert,
      signal,
    });
    try {
      const { endpoint, certificate } = own;
      return await testDeployed({
        repository,
        directory,
        reach: {
          ...{ endpoint, certificate, traces, account: EMULATED_ACCOUNT },
          ...{ enforcesIam: true, runsHere: true },
        },
        environment: { ...emulatedAws(repository), BAILIWICK_E2E_AWS_CLI: join(dirname(python), 'aws') },
        place,
        disposable: true,
        tests,
        signal,
      });
    } finally {
      await own.stop();
    }
  } finally {
    await collector.stop();
  }
}

await exitWith(main(onInterrupt()));
