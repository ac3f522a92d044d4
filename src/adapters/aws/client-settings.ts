// Settings that every AWS client is made with, so that none waits for ever or retries without end.
import { NodeHttpHandler } from '@smithy/node-http-handler';

export interface Patience {
  readonly connectMilliseconds: number;
  /** For one attempt; also how long a connection may fall silent in the middle of an answer. */
  readonly requestMilliseconds: number;
  readonly attempts: number;
}

const PATIENCE: Patience = { connectMilliseconds: 1000, requestMilliseconds: 4000, attempts: 3 };

/** How long one call of a port may take in all, whatever its client does. */
export const DEADLINE_MILLISECONDS = 10_000;

export interface ClientSettings {
  readonly requestHandler: NodeHttpHandler;
  readonly maxAttempts: number;
}

/** Region, credentials and `AWS_ENDPOINT_URL` are left to the SDK's own chain. */
export function clientSettings(patience: Partial<Patience> = {}): ClientSettings {
  const { connectMilliseconds, requestMilliseconds, attempts } = { ...PATIENCE, ...patience };
  const requestHandler = new NodeHttpHandler({
    connectionTimeout: connectMilliseconds,
    requestTimeout: requestMilliseconds,
    // Without this the SDK only logs that a request took too long.
    throwOnRequestTimeout: true,
    socketTimeout: requestMilliseconds,
  });
  return { requestHandler, maxAttempts: attempts };
}

export interface S3Settings extends ClientSettings {
  readonly forcePathStyle: boolean;
  readonly expectContinueHeader: boolean;
}

export function s3Settings(
  environment: Readonly<Record<string, string | undefined>>,
  patience: Partial<Patience> = {},
): S3Settings {
  return {
    ...clientSettings(patience),
    // An emulator has no DNS name for each bucket.
    forcePathStyle: Boolean(environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL']),
    // Bodies are a few megabytes: waiting for permission to send costs more than sending in vain.
    expectContinueHeader: false,
  };
}
