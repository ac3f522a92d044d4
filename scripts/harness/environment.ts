// The environment that commands run in against the AWS under test, the repo's own commands first in the PATH.
import { delimiter, join } from 'node:path';

export interface Reach {
  readonly endpoint: string;
  readonly account: string;
  /** Where it is not one that everybody trusts. */
  readonly certificate?: string;
  /** Where what the functions trace can be read. */
  readonly traces?: string;
  /** Whether it enforces policies; most emulators let everybody do everything. */
  readonly enforcesIam?: boolean;
  /** Whether its functions are processes of this machine, which reach servers on it. */
  readonly runsHere?: boolean;
}

const EMULATED = {
  AWS_REGION: 'us-east-1',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
};

/** Emulators know no other account. */
export const EMULATED_ACCOUNT = '000000000000';

/** None of this machine's own AWS settings. */
export function emulatedAws(repository: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return { ...Object.fromEntries(own), ...EMULATED, AWS_EC2_METADATA_DISABLED: 'true', ...path(repository) };
}

/** What was given, completed with what emulators take. */
export function givenAws(repository: string): NodeJS.ProcessEnv {
  return { ...EMULATED, ...process.env, ...path(repository) };
}

export function reaching(environment: NodeJS.ProcessEnv, reach: Reach): NodeJS.ProcessEnv {
  const { endpoint, certificate } = reach;
  return {
    ...environment,
    AWS_ENDPOINT_URL: endpoint,
    // What is on this machine is not behind a proxy.
    ...Object.fromEntries(['NO_PROXY', 'no_proxy'].map((name) => [name, withLoopback(environment[name])])),
    // Node reads the one, the CDK's own command the other.
    ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate }),
  };
}

function withLoopback(noProxy: string | undefined): string {
  return [...(noProxy ? [noProxy] : []), '127.0.0.1', 'localhost'].join(',');
}

function path(repository: string): NodeJS.ProcessEnv {
  return { PATH: [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter) };
}
