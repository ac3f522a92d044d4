// Records of the events table's stream, as Lambda hands them to a function.
import type { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBRecord } from 'aws-lambda';
import { createDynamoEvents } from '../../src/adapters/aws/dynamo-events.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { StoredEvent } from '../../src/ports/events.ts';
import type { Objects } from '../../src/ports/objects.ts';

type Image = NonNullable<NonNullable<DynamoDBRecord['dynamodb']>['NewImage']>;

/** What the broker writes into the table for an event; what is too large goes to the objects. */
export async function itemOf(event: StoredEvent, objects: Objects, clock: Clock): Promise<Image> {
  const items: Image[] = [];
  const client = {
    send: async ({ input }: PutItemCommand) => {
      items.push(input.Item as unknown as Image);
      return {};
    },
  } as unknown as DynamoDBClient;
  await createDynamoEvents({ client, table: 'events', objects, clock }).append(event);
  const [item] = items;
  if (item === undefined) throw new Error('nothing was put');
  return item;
}

export interface Change {
  readonly number: number;
  readonly at: Date;
  readonly was?: Image;
  readonly is?: Image;
  readonly userIdentity?: object;
}

function keysOf({ stream, id }: Image): Image {
  return { ...(stream === undefined ? {} : { stream }), ...(id === undefined ? {} : { id }) };
}

/** Numbers say in which order they were written. */
export function record(eventName: 'INSERT' | 'MODIFY' | 'REMOVE', change: Change): DynamoDBRecord {
  const { number, at, was, is, userIdentity } = change;
  return {
    eventID: `id-${number}`,
    eventName,
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at.getTime() / 1000),
      Keys: keysOf(is ?? was ?? {}),
      // More digits than a number has.
      SequenceNumber: `4421584500000000${String(number).padStart(6, '0')}`,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...(is === undefined ? {} : { NewImage: is }),
      ...(was === undefined ? {} : { OldImage: was }),
    },
    ...(userIdentity === undefined ? {} : { userIdentity }),
  };
}
