// The stores of a deployment: two tables, and a bucket whose client is loaded only when something is that large.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings, s3Settings } from '../../src/adapters/aws/client-settings.ts';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import type { Events } from '../../src/ports/events.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { Records } from '../../src/ports/records.ts';
import { once } from './once.ts';
import type { Tools } from './tools.ts';

function bucketObjects(bucket: string): Objects {
  const bucketStore = once(async () => {
    const [{ S3Client }, { createS3Objects }] = await Promise.all([
      import('@aws-sdk/client-s3'),
      import('../../src/adapters/aws/s3-objects.ts'),
    ]);
    return createS3Objects({ client: new S3Client(s3Settings(process.env)), bucket, clock });
  });
  return {
    put: async (key, body) => (await bucketStore()).put(key, body),
    get: async (key) => (await bucketStore()).get(key),
  };
}

interface StoreNames {
  readonly STATE_TABLE: string;
  readonly EVENTS_TABLE: string;
  readonly OBJECTS_BUCKET: string;
}

export function dynamoClient({ tracer }: Tools): DynamoDBClient {
  return tracer.captureAWSv3Client(new DynamoDBClient(clientSettings()));
}

export function eventStore(
  client: DynamoDBClient,
  names: Pick<StoreNames, 'EVENTS_TABLE' | 'OBJECTS_BUCKET'>,
): Events {
  return createDynamoEvents({
    client,
    table: names.EVENTS_TABLE,
    objects: bucketObjects(names.OBJECTS_BUCKET),
    clock,
  });
}

export function stores(tools: Tools, names: StoreNames): { records: Records; events: Events } {
  const client = dynamoClient(tools);
  const objects = bucketObjects(names.OBJECTS_BUCKET);
  return {
    records: createDynamoRecords({ client, table: names.STATE_TABLE, objects, clock }),
    events: eventStore(client, names),
  };
}
