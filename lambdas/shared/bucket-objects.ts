// The objects bucket, with the client it takes: a file of its own beside each function, loaded when something is
// that large. Most instances never load it, and within the function's own file it would cost every cold start.
import { S3Client } from '@aws-sdk/client-s3';
import { s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createS3Objects } from '../../src/adapters/aws/s3-objects.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import type { Objects } from '../../src/ports/objects.ts';

export function bucketObjects(bucket: string): Objects {
  return createS3Objects({ client: new S3Client(s3Settings(process.env)), bucket, clock });
}
