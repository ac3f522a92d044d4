// From an AWS to a verdict: a config, a deployment, the black-box tests.
import { join } from 'node:path';
import { type Place, writePlace } from '../../test/e2e/support/target/place.ts';
import { configFor } from './config.ts';
import { type DeployOptions, deploy, destroy, type Outputs, output } from './deploy.ts';
import { type Reach, reaching } from './environment.ts';
import { makeSender } from './mail.ts';
import { run } from './process.ts';
import { putSecrets } from './secrets.ts';

export interface DeployedOptions {
  readonly repository: string;
  readonly directory: string;
  readonly reach: Reach;
  readonly environment: NodeJS.ProcessEnv;
  /** Where the servers will be that the broker calls. */
  readonly place: Place;
  /** The AWS goes when the run ends, so nothing has to be taken down in it. */
  readonly disposable: boolean;
  /** Which tests to run; all of `test/e2e` where empty. */
  readonly tests: readonly string[];
  readonly signal: AbortSignal;
}

/** As broker.yaml has it. */
const SENDER = 'bailiwick@example.com';
const TEST_SECONDS = 900;

export async function testDeployed(options: DeployedOptions): Promise<number> {
  const { repository, directory, reach, place, signal } = options;
  const environment = reaching(options.environment, reach);
  const { account } = reach;
  const config = configFor({ account, repository, directory, place });
  const deployment: DeployOptions = { repository, directory, config, account, environment, signal };
  try {
    process.stdout.write(`Deploying to ${reach.endpoint}\n`);
    const outputs = await deploy(deployment);
    const called = reach.runsHere === true ? await prepareCalled(options, environment, place) : {};
    return await runTests(options, {
      ...environment,
      ...called,
      BAILIWICK_E2E_URL: apiUrl(reach.endpoint, outputs),
      BAILIWICK_E2E_OUTPUTS: JSON.stringify(outputs),
      ...(reach.enforcesIam === true ? { BAILIWICK_E2E_IAM: 'enforced' } : {}),
      ...(reach.traces === undefined ? {} : { BAILIWICK_E2E_TRACES: reach.traces }),
    });
  } finally {
    if (!options.disposable) await takeDown(deployment);
  }
}

/** Secrets for what the broker calls, and word of where that is, for the tests that start it. */
async function prepareCalled(
  { directory, reach }: DeployedOptions,
  environment: NodeJS.ProcessEnv,
  place: Place,
): Promise<NodeJS.ProcessEnv> {
  await putSecrets(environment, reach, place.secrets);
  await makeSender(environment, reach, SENDER);
  const file = join(directory, 'place.json');
  writePlace(file, place);
  return { BAILIWICK_E2E_PLACE: file };
}

/** An interrupt ends the run, not the tidying up after it; nor does a failure here hide what went before. */
async function takeDown(deployment: DeployOptions): Promise<void> {
  try {
    await destroy({ ...deployment, signal: new AbortController().signal });
  } catch (error) {
    process.stderr.write(`The stacks could not be removed: ${error instanceof Error ? error.message : ''}\n`);
  }
}

async function runTests(options: DeployedOptions, environment: NodeJS.ProcessEnv): Promise<number> {
  const { repository, signal, tests } = options;
  const settings = { directory: repository, environment, signal };
  const code = await run('vitest', ['run', ...(tests.length > 0 ? tests : ['test/e2e'])], {
    ...settings,
    seconds: TEST_SECONDS,
  });
  if (code !== 0) {
    process.stdout.write('What the functions logged as errors:\n');
    await run('node', ['test/e2e/deployed/print-errors.ts'], { ...settings, seconds: 60 });
  }
  return code;
}

/** Emulators answer for every API under one address; the real service has one for each. */
function apiUrl(endpoint: string, outputs: Outputs): string {
  const { hostname } = new URL(endpoint);
  if (hostname.endsWith('.amazonaws.com')) return output(outputs, 'ApiUrl').replace(/\/$/, '');
  return `${endpoint.replace(/\/$/, '')}/_aws/execute-api/${output(outputs, 'ApiId')}/live`;
}
