// What both DynamoDB adapters do: put under a condition, tell one's own retry, read by key, query page by page.
import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../ports/clock.ts';
import type { Packed } from '../spill.ts';

export type Item = Record<string, AttributeValue>;

/** A query stops after that many requests and answers with a shorter page. */
const MOST_REQUESTS = 20;
/** How often a batch read may come back without a single item more. */
const MOST_STALLS = 4;
const STALL_MILLISECONDS = 50;

export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`an item lacks the text ${name}`);
  return value;
}

export function number(item: Item, name: string): number {
  const value = Number(item[name]?.N);
  if (!Number.isSafeInteger(value)) throw new Error(`an item lacks the number ${name}`);
  return value;
}

export function packedAttributes(packed: Packed): Item {
  return 'body' in packed ? { body: { S: packed.body } } : { pointer: { S: packed.pointer } };
}

export function packedOf(item: Item): Packed {
  const pointer = item['pointer']?.S;
  return pointer === undefined ? { body: text(item, 'body') } : { pointer };
}

/** TTL counts whole seconds; `until` says the moment itself, which reads go by. */
export function expiryAttributes(expiresAt: Date): Item {
  const until = expiresAt.getTime();
  return { until: { N: String(until) }, expires: { N: String(Math.ceil(until / 1000)) } };
}

export type PutResult =
  | { readonly put: true }
  /** `existing` is what stood in the way, where the back end says so. */
  | { readonly put: false; readonly existing: Item | undefined };

/** One conditional put. A condition that fails on our own earlier attempt is a success. */
export async function putIf(
  client: DynamoDBClient,
  input: PutItemCommandInput & { readonly Item: Item },
  signal: AbortSignal,
): Promise<PutResult> {
  try {
    await client.send(new PutItemCommand({ ...input, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }), {
      abortSignal: signal,
    });
    return { put: true };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const existing = error.Item;
    return existing !== undefined && sameWriter(existing, input.Item)
      ? { put: true }
      : { put: false, existing };
  }
}

/** `w` is drawn anew for each write: equal means that both are one write, sent twice. */
export function sameWriter(a: Item, b: Item): boolean {
  return a['w']?.S !== undefined && a['w'].S === b['w']?.S;
}

interface TableContext {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly clock: Clock;
}

/** The items of up to 100 different keys, consistently, in no order; what is not there is left out. */
export async function batchGet(
  { client, table, clock }: TableContext,
  keys: readonly Item[],
  signal: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let wanted = keys;
  let stalls = 0;
  while (wanted.length > 0) {
    const answer = await client.send(
      new BatchGetItemCommand({ RequestItems: { [table]: { Keys: [...wanted], ConsistentRead: true } } }),
      { abortSignal: signal },
    );
    items.push(...(answer.Responses?.[table] ?? []));
    const left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    if (left.length > 0 && left.length === wanted.length) {
      stalls += 1;
      if (stalls > MOST_STALLS) throw new Error('the table left keys unread');
      await clock.sleep(STALL_MILLISECONDS * 2 ** stalls);
    }
    wanted = left;
  }
  return items;
}

/** Items of a query up to a number, over as many requests as that takes; `last` is where to go on. */
export async function queryUpTo(
  client: DynamoDBClient,
  input: QueryCommandInput,
  most: number,
  signal: AbortSignal,
): Promise<{ readonly items: readonly Item[]; readonly last: Item | undefined }> {
  const items: Item[] = [];
  let last = input.ExclusiveStartKey;
  for (let request = 0; request < MOST_REQUESTS; request += 1) {
    const answer = await client.send(
      new QueryCommand({ ...input, Limit: most - items.length, ExclusiveStartKey: last }),
      { abortSignal: signal },
    );
    items.push(...(answer.Items ?? []));
    last = answer.LastEvaluatedKey;
    if (last === undefined || items.length >= most) break;
  }
  return { items, last };
}
