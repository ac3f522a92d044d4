// Tests against an AWS that is there already: LocalStack, an emulator somebody runs, or an account.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { choosePlace } from '../../test/e2e/support/target/place.ts';
import { testDeployed } from './deployed.ts';
import { givenAws } from './environment.ts';
import { HarnessProblem } from './process.ts';

export interface GivenOptions {
  readonly repository: string;
  readonly directory: string;
  readonly endpoint: string;
  readonly tests: readonly string[];
  readonly signal: AbortSignal;
}

export async function testGiven(options: GivenOptions): Promise<number> {
  const { repository, endpoint } = options;
  const environment = givenAws(repository);
  const account = await accountAt(endpoint, environment);
  const place = await choosePlace('https');
  return testDeployed({ ...options, reach: { endpoint, account }, environment, place, disposable: false });
}

async function accountAt(endpoint: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const {
    AWS_REGION: region = '',
    AWS_ACCESS_KEY_ID: accessKeyId = '',
    AWS_SECRET_ACCESS_KEY: secretAccessKey = '',
    AWS_SESSION_TOKEN: sessionToken,
  } = environment;
  const credentials = {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  const client = new STSClient({ endpoint, region, credentials, maxAttempts: 2 });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand(), {
      abortSignal: AbortSignal.timeout(15_000),
    });
    if (Account !== undefined) return Account;
  } catch (error) {
    const why = error instanceof Error ? `: ${error.message}` : '';
    throw new HarnessProblem(`No AWS answers at AWS_ENDPOINT_URL=${endpoint}${why}`);
  } finally {
    client.destroy();
  }
  throw new HarnessProblem(`The AWS at ${endpoint} does not say whose account it is.`);
}
