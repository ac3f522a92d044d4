// The audit's archive, what belongs to it in the other stores, and those who are told what looks wrong. These functions
// always read objects, so that one client is there for both buckets from the start.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { clientSettings, s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createEventBridgeFindings } from '../../src/adapters/aws/event-bridge-findings.ts';
import { createS3Archive } from '../../src/adapters/aws/s3-archive.ts';
import { createS3Objects } from '../../src/adapters/aws/s3-objects.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { atFirstUse } from './once.ts';
import type { Tools } from './tools.ts';

export interface ArchiveNames {
  readonly EVENTS_TABLE: string;
  readonly OBJECTS_BUCKET: string;
  readonly ARCHIVE_BUCKET: string;
}

export function archiveStores({ tracer }: Tools, names: ArchiveNames) {
  const dynamo = tracer.captureAWSv3Client(new DynamoDBClient(clientSettings()));
  const s3 = tracer.captureAWSv3Client(new S3Client(s3Settings(process.env)));
  const objects = createS3Objects({ client: s3, bucket: names.OBJECTS_BUCKET, clock });
  return {
    dynamo,
    objects,
    events: createDynamoEvents({ client: dynamo, table: names.EVENTS_TABLE, objects, clock }),
    archive: createS3Archive({ client: s3, bucket: names.ARCHIVE_BUCKET }),
    // Most runs find nothing.
    findings: atFirstUse(() => {
      const client = tracer.captureAWSv3Client(new EventBridgeClient(clientSettings()));
      return createEventBridgeFindings({ client });
    }),
  };
}
