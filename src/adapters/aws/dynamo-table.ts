// What both DynamoDB adapters do: put under a condition, tell one's own retry, query page by page.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { Packed } from '../spill.ts';

export type Item = Record<string, AttributeValue>;

/** A query stops after that many requests and answers with a shorter page. */
const MOST_REQUESTS = 20;

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
