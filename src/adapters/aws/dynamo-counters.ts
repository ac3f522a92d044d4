// Counters among the records in DynamoDB: one update adds, and a put begins again what has expired.
import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { CountOptions, RecordKey } from '../../ports/records.ts';
import type { Addition } from '../counters.ts';
import {
  type Context,
  getItem,
  indexAttributes,
  isCounter,
  isLive,
  keyAttributes,
} from './dynamo-record-items.ts';
import { expiryAttributes, type Item, number, packedAttributes, putIf, sameWriter } from './dynamo-table.ts';

/** How often an addition starts over because what stood in its way was gone, or begun again, when it looked. */
const COUNT_ATTEMPTS = 3;

interface Write {
  readonly key: Item;
  readonly addition: Addition;
  /** What every addition sets, whether it makes the counter or not. */
  readonly latest: Item;
  /** The counter as this addition alone makes it. */
  readonly whole: Item;
}

type Added =
  | { readonly count: number }
  /** `existing` is what stood in the way, where the back end says so. */
  | { readonly existing: Item | undefined };

function toWrite(recordKey: RecordKey, addition: Addition, { expiresAt, index }: CountOptions): Write {
  const key = keyAttributes(recordKey);
  const latest = {
    ...packedAttributes({ body: addition.last }),
    ...expiryAttributes(expiresAt),
    ...indexAttributes(index),
    held: { N: String(expiresAt.getTime()) },
    v: { N: '1' },
    w: { S: randomUUID() },
  };
  const whole = { ...key, ...latest, n: { N: String(addition.by) }, first: { S: addition.first } };
  return { key, addition, latest, whole };
}

function updateOf({ key, addition, latest }: Write, now: Date) {
  const sets = Object.keys(latest).map((name) => `#${name} = :${name}`);
  const unlist = latest['ipk'] === undefined ? ' REMOVE ipk, isk' : '';
  return {
    Key: key,
    UpdateExpression: `SET #first = if_not_exists(#first, :first), ${sets.join(', ')}${unlist} ADD n :by`,
    // The nonce tells an addition whose answer was lost from one that has yet to be made.
    ConditionExpression: 'attribute_not_exists(pk) OR (n <= :most AND #until > :now AND w <> :w)',
    ExpressionAttributeNames: {
      '#first': 'first',
      ...Object.fromEntries(Object.keys(latest).map((name) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: {
      ':first': { S: addition.first },
      ':by': { N: String(addition.by) },
      ':most': { N: String(addition.most) },
      ':now': { N: String(now.getTime()) },
      ...Object.fromEntries(Object.entries(latest).map(([name, value]) => [`:${name}`, value])),
    },
  };
}

/** Also makes the counter where nothing is. */
async function add({ client, table }: Context, write: Write, now: Date, signal: AbortSignal): Promise<Added> {
  try {
    const { Attributes = {} } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        ...updateOf(write, now),
        ReturnValues: 'UPDATED_NEW',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
      { abortSignal: signal },
    );
    return { count: number(Attributes, 'n') };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { existing: error.Item };
  }
}

async function begin(
  { client, table }: Context,
  item: Item,
  now: Date,
  signal: AbortSignal,
): Promise<boolean> {
  const { put } = await putIf(
    client,
    {
      TableName: table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk) OR #until <= :now',
      ExpressionAttributeNames: { '#until': 'until' },
      ExpressionAttributeValues: { ':now': { N: String(now.getTime()) } },
    },
    signal,
  );
  return put;
}

export async function count(
  context: Context,
  key: RecordKey,
  addition: Addition,
  options: CountOptions,
  signal: AbortSignal,
): Promise<number> {
  const write = toWrite(key, addition, options);
  for (let attempt = 0; attempt < COUNT_ATTEMPTS; attempt += 1) {
    const now = context.clock.now();
    const added = await add(context, write, now, signal);
    if ('count' in added) return added.count;
    const existing = added.existing ?? (await getItem(context, key, signal));
    if (existing === undefined) continue;
    if (sameWriter(existing, write.whole)) return number(existing, 'n');
    if (!isLive(existing, now)) {
      if (await begin(context, write.whole, now, signal)) return addition.by;
    } else if (!isCounter(existing)) {
      throw new Error('the record is no counter');
    }
  }
  throw new Error('a counter came and went, or is full');
}
