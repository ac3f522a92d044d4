// From an AWS to a verdict: a config of its own, a deployment, the black-box tests.
import { join } from 'node:path';
import { makeWorld } from '../../test/e2e/deployed/world.ts';
import { type DeployOptions, deploy, destroy, type Outputs, output } from './deploy.ts';
import { ACCOUNT, emulatedAws, REGION, type Reach } from './environment.ts';
import { run } from './process.ts';

export interface DeployedOptions {
  readonly repository: string;
  readonly directory: string;
  readonly reach: Reach;
  /** The AWS goes when the run ends, so nothing has to be taken down in it. */
  readonly disposable: boolean;
  /** Which tests to run; all of `test/e2e` where empty. */
  readonly tests: readonly string[];
  readonly signal: AbortSignal;
}

const TEST_SECONDS = 600;

export async function testDeployed(options: DeployedOptions): Promise<number> {
  const { repository, directory, reach, signal } = options;
  const environment = emulatedAws(repository, reach);
  const world = await makeWorld(join(directory, 'world'), ACCOUNT);
  const deployment: DeployOptions = {
    repository,
    directory,
    config: world.config,
    account: ACCOUNT,
    region: REGION,
    environment,
    signal,
  };
  try {
    process.stdout.write(`Deploying to ${reach.endpoint}\n`);
    const outputs = await deploy(deployment);
    return await run('vitest', ['run', ...(options.tests.length > 0 ? options.tests : ['test/e2e'])], {
      directory: repository,
      seconds: TEST_SECONDS,
      signal,
      environment: {
        ...environment,
        BAILIWICK_E2E_URL: apiUrl(reach.endpoint, outputs),
        BAILIWICK_E2E_WORLD: world.file,
        BAILIWICK_E2E_OUTPUTS: JSON.stringify(outputs),
      },
    });
  } finally {
    if (!options.disposable && !signal.aborted) await destroy(deployment);
  }
}

/** Emulators answer for every API under one address; the real service has one for each. */
function apiUrl(endpoint: string, outputs: Outputs): string {
  const { hostname } = new URL(endpoint);
  if (hostname.endsWith('.amazonaws.com')) return output(outputs, 'ApiUrl').replace(/\/$/, '');
  return `${endpoint.replace(/\/$/, '')}/_aws/execute-api/${output(outputs, 'ApiId')}/live`;
}
