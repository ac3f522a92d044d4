// How a client of AWS reaches what the tests are deployed to.
import { readFileSync } from 'node:fs';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Reach } from './environment.ts';

export function clientOf(
  environment: NodeJS.ProcessEnv,
  { endpoint, certificate }: Pick<Reach, 'endpoint' | 'certificate'>,
) {
  return {
    endpoint,
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
    // The certificate is younger than this process, which therefore does not trust it by itself.
    requestHandler: new NodeHttpHandler({
      ...(certificate === undefined ? {} : { httpsAgent: { ca: readFileSync(certificate) } }),
    }),
  };
}
