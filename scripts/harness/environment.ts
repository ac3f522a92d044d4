// The environment that commands run in against an emulated AWS: none of this machine's own AWS settings, and the
// repo's own commands first in the PATH.
import { delimiter, join } from 'node:path';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

export interface Reach {
  readonly endpoint: string;
  /** Where it is not one that everybody trusts. */
  readonly certificate: string | undefined;
}

export function emulatedAws(repository: string, reach?: Reach): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    PATH: [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(reach === undefined ? {} : { AWS_ENDPOINT_URL: reach.endpoint }),
    // Node reads the one, the CDK's own command the other.
    ...(reach?.certificate === undefined
      ? {}
      : { NODE_EXTRA_CA_CERTS: reach.certificate, AWS_CA_BUNDLE: reach.certificate }),
  };
}
