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

/** Of what is remembered of the role: its sessions, and last of all when it is to be looked at again. */
async function rememberedOf(client: DynamoDBClient, table: string, hash: string): Promise<readonly Item[]> {
  const [sessions, states]: [Item[], Item[]] = [[], []];
  // All of its pages: other tests fill it.
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
    sessions.push(...Items.filter(({ pk }) => pk?.S?.startsWith(`vended/${hash}`)));
    states.push(...Items.filter(({ pk }) => pk?.S?.startsWith(`revoker/${hash}`)));
  }
  return [...sessions, ...states];
}

/**
 * A function that looks at the role meanwhile may still see sessions that work, and say that the role need not be looked at
 * for a while: so that is written last, when none looks any more.
 */
export async function passTime(table: string, roleArn: string): Promise<void> {
  const client = new DynamoDBClient({});
  try {
    for (const item of await rememberedOf(client, table, roleHash({ roleArn }))) {
      await until('nobody to write the deny', () => putLater(client, table, item));
    }
  } finally {
    client.destroy();
  }
}
