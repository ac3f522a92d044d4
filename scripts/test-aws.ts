// Deploys the broker into an emulated AWS, runs the black-box tests against it, and leaves nothing running.
// MiniStack is started for it, unless AWS_ENDPOINT_URL names an AWS that is there already.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testDeployed } from './harness/deployed.ts';
import { type MiniStack, startMiniStack } from './harness/ministack.ts';
import { HarnessProblem } from './harness/process.ts';
import { pythonEnvironment } from './harness/python.ts';
import { exitWith, onInterrupt } from './harness/script.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

async function main(signal: AbortSignal): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'bailiwick-aws-'));
  const tests = process.argv.slice(2);
  const given = process.env['AWS_ENDPOINT_URL'];
  let own: MiniStack | undefined;
  try {
    own = given === undefined || given === '' ? await ministack(directory, signal) : undefined;
    const reach = { endpoint: own?.endpoint ?? given ?? '', certificate: own?.certificate };
    return await testDeployed({
      repository,
      directory,
      reach,
      disposable: own !== undefined,
      tests,
      signal,
    });
  } finally {
    await own?.stop();
    if (process.env['BAILIWICK_KEEP'] === undefined) rmSync(directory, { recursive: true, force: true });
    else process.stdout.write(`Kept ${directory}\n`);
  }
}

async function ministack(directory: string, signal: AbortSignal): Promise<MiniStack> {
  if (process.platform === 'win32') throw new HarnessProblem('test:aws runs on Linux, macOS and WSL.');
  const python = await pythonEnvironment({
    requirements: join(repository, 'test/e2e/deployed/requirements.txt'),
    cache: join(repository, '.cache'),
    signal,
  });
  return startMiniStack({ python, directory, repository, signal });
}

await exitWith(main(onInterrupt()));
