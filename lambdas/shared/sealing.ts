// What waits for people is sealed under a key of KMS: most functions can do no more than that, two can open it.
import { KMSClient } from '@aws-sdk/client-kms';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createKmsSealer, createKmsUnsealer } from '../../src/adapters/aws/kms-sealer.ts';
import type { Sealer, Unsealer } from '../../src/ports/sealer.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

function client({ tracer }: Tools): KMSClient {
  return tracer.captureAWSv3Client(new KMSClient(clientSettings()));
}

export function sealerUnder(tools: Tools, keyId: string): Sealer {
  return atFirstUse(() => createKmsSealer({ client: client(tools), keyId }));
}

export function unsealerUnder(tools: Tools, keyId: string): Unsealer {
  return atFirstUse(() => createKmsUnsealer({ client: client(tools), keyId }));
}
