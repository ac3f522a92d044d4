// The stores of a deployment: two tables, and a bucket whose client is loaded only when something is that large.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import type { Events } from '../../src/ports/events.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { Records } from '../../src/ports/records.ts';
import { once } from './once.ts';
import type { Tools } from './tools.ts';

function lazyObjects(bucket: string): Objects {
  const objects = once(async () => (await import('#bucket-objects')).bucketObjects(bucket));
  return {
    put: async (key, body) => (await objects()).put(key, body),
    get: async (key) => (await objects()).get(key),
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
    objects: lazyObjects(names.OBJECTS_BUCKET),
    clock,
  });
}

export function stores(tools: Tools, names: StoreNames): { records: Records; events: Events } {
  const client = dynamoClient(tools);
  const objects = lazyObjects(names.OBJECTS_BUCKET);
  return {
    records: createDynamoRecords({ client, table: names.STATE_TABLE, objects, clock }),
    events: eventStore(client, names),
  };
}
