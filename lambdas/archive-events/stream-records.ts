// What a record of the events table's stream tells: an event, something that is wrong, or nothing.
import type { DynamoDBRecord } from 'aws-lambda';
import { toEvent } from '../../src/adapters/aws/dynamo-event-items.ts';
import type { Item } from '../../src/adapters/aws/dynamo-table.ts';
import { passes, type Spill } from '../../src/adapters/spill.ts';
import { archiveLine } from '../../src/audit/index.ts';
import type { WantedFinding } from '../../src/broker/archive/index.ts';
import type { StoredEvent } from '../../src/ports/events.ts';

/** DynamoDB counts them in seconds. */
export function writtenAt({ dynamodb }: DynamoDBRecord): Date {
  return new Date((dynamodb?.ApproximateCreationDateTime ?? 0) * 1000);
}

/** Unique in the stream. */
export function tailOf({ dynamodb }: DynamoDBRecord): string {
  return dynamodb?.SequenceNumber ?? '';
}

/** What the item was, or is; numbers and texts are written as the client has them. */
export function imageOf({ dynamodb }: DynamoDBRecord, which: 'NewImage' | 'OldImage'): Item {
  return (dynamodb?.[which] ?? {}) as unknown as Item;
}

/** Undefined where it can't be archived as an event. Throws `Unavailable` where it may be later. */
export async function eventOf(spill: Spill, record: DynamoDBRecord): Promise<StoredEvent | undefined> {
  try {
    const event = await toEvent({ spill }, imageOf(record, 'NewImage'));
    // Throws what it throws to archive it, so that one event can't hold up those beside it.
    archiveLine(event);
    return event;
  } catch (error) {
    if (passes(error)) throw error;
    return undefined;
  }
}

/** By DynamoDB itself, and not before its time: somebody may have had the table count by another attribute. */
function isOver(record: DynamoDBRecord): boolean {
  const { type, principalId } = (record.userIdentity ?? {}) as { type?: unknown; principalId?: unknown };
  const isByTable = type === 'Service' && principalId === 'dynamodb.amazonaws.com';
  const expires = Number(imageOf(record, 'OldImage')['expires']?.N);
  return isByTable && expires * 1000 <= writtenAt(record).getTime();
}

/** Of what happened to an event after it was written. Undefined where nothing is wrong with that. */
export function findingOf(record: DynamoDBRecord): WantedFinding | undefined {
  const { eventName, dynamodb } = record;
  const stream = dynamodb?.Keys?.['stream']?.S;
  const id = dynamodb?.Keys?.['id']?.S;
  const facts = {
    ...(stream === undefined || id === undefined ? {} : { event: { stream, id } }),
  };
  if (eventName === 'MODIFY') {
    const detail = 'The table says something else from then on. What it said first is in the archive.';
    return { kind: 'event_overwritten', detail, ...facts };
  }
  if (eventName !== 'REMOVE' || isOver(record)) return undefined;
  const detail = 'It was removed from the table, and not because its time was over. The archive has it.';
  return { kind: 'event_removed', detail, ...facts };
}
