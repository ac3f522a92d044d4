// The environment that commands run in against an emulated AWS: none of this machine's own AWS settings, and the
// repo's own commands first in the PATH.
import { delimiter, join } from 'node:path';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

export function emulatedAws(repository: string, endpoint?: string): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  return {
    ...Object.fromEntries(own),
    PATH: [join(repository, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter),
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
  };
}
