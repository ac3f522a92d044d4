// Lets the time pass that sessions on a role may still work for, by what the broker remembers of them.
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { roleHash } from '../../../src/credentials/index.ts';
import { until } from '../../support/poll.ts';

type Item = Readonly<Record<string, AttributeValue>>;

const bodyOf = ({ body }: Item) => JSON.parse(body?.S ?? '{}') as { lease?: { readonly until: string } };

/** The role is looked at again at once, and none of its sessions works any more. */
function later(item: Item): Item {
  const past = new Date(0).toISOString();
  const changed = item['pk']?.S?.startsWith('vended/') ? { endsBy: past } : { again: past };
  return { ...item, body: { S: JSON.stringify({ ...bodyOf(item), ...changed }) } };
}

/** Not while a function writes the deny, and not over what one has written since: it would be told its own past. */
async function putLater(client: DynamoDBClient, table: string, { pk, sk }: Item): Promise<true | undefined> {
  const Key = { pk: pk as AttributeValue, sk: sk as AttributeValue };
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
  );
  if (item === undefined) return true;
  const { lease } = bodyOf(item);
  if (lease !== undefined && Date.parse(lease.until) > Date.now()) return undefined;
  const unchanged = {
    ConditionExpression: 'v = :v',
    ExpressionAttributeValues: { ':v': item['v'] as AttributeValue },
  };
  try {
    await client.send(new PutItemCommand({ TableName: table, Item: later(item), ...unchanged }));
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

export async function passTime(table: string, roleArn: string): Promise<void> {
  const client = new DynamoDBClient({});
  try {
    const hash = roleHash({ roleArn });
    // All of its pages: other tests fill it.
    for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
      const about = Items.filter(({ pk }) =>
        [`vended/${hash}`, `revoker/${hash}`].some((start) => pk?.S?.startsWith(start)),
      );
      for (const item of about) {
        await until('nobody to write the deny', () => putLater(client, table, item));
      }
    }
  } finally {
    client.destroy();
  }
}
