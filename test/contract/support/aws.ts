// AWS clients for tests: settings of the real ones, impatient, pointed at loopback.
import { clientSettings, type Patience } from '../../../src/adapters/aws/client-settings.ts';

const IMPATIENT: Patience = { connectMilliseconds: 300, requestMilliseconds: 300, attempts: 2 };

/** Nothing in it is anybody's: the endpoint is a fake. */
export const WHO = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example' },
};

export function clientOptions(endpoint: string) {
  return { ...WHO, ...clientSettings(), endpoint };
}

export function impatientOptions(endpoint: string) {
  return { ...WHO, ...clientSettings(IMPATIENT), endpoint };
}
