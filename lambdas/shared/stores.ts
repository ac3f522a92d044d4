// The stores of a deployment: two tables, and a bucket whose client is loaded only when something is that large.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import type { Events } from '../../src/ports/events.ts';
import type { Objects } from '../../src/ports/objects.ts';
import type { Records } from '../../src/ports/records.ts';
import { atFirstUse, once } from './once.ts';
import type { Tools } from './tools.ts';

function lazyObjects(bucket: string): Objects {
  const objects = once(async () => (await import('#bucket-objects')).bucketObjects(bucket));
  return {
    put: async (key, body) => (await objects()).put(key, body),
    get: async (key) => (await objects()).get(key),
    remove: async (key) => (await objects()).remove(key),
    link: async (...asked) => (await objects()).link(...asked),
  };
}

export interface StoreNames {
  readonly STATE_TABLE: string;
  readonly EVENTS_TABLE: string;
  readonly OBJECTS_BUCKET: string;
}

/** One client for both tables, and so one set of connections. */
function dynamoClient({ tracer }: Tools): () => DynamoDBClient {
  let client: DynamoDBClient | undefined;
  return () => {
    client ??= tracer.captureAWSv3Client(new DynamoDBClient(clientSettings()));
    return client;
  };
}

export interface Stores {
  readonly records: Records;
  readonly events: Events;
  readonly objects: Objects;
}

export function stores(tools: Tools, names: StoreNames): Stores {
  const client = dynamoClient(tools);
  const objects = lazyObjects(names.OBJECTS_BUCKET);
  return {
    objects,
    records: atFirstUse(() =>
      createDynamoRecords({ client: client(), table: names.STATE_TABLE, objects, clock }),
    ),
    events: atFirstUse(() =>
      createDynamoEvents({ client: client(), table: names.EVENTS_TABLE, objects, clock }),
    ),
  };
}
