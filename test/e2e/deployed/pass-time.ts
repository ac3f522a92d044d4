// Lets the time pass that sessions on a role may still work for, by what the broker remembers of them.
import { type AttributeValue, DynamoDBClient, PutItemCommand, paginateScan } from '@aws-sdk/client-dynamodb';
import { roleHash } from '../../../src/credentials/index.ts';

type Item = Readonly<Record<string, AttributeValue>>;

/** The role is looked at again at once, and none of its sessions works any more. */
function later({ body, ...item }: Item): Item {
  const past = new Date(0).toISOString();
  const changed = item['pk']?.S?.startsWith('vended/') ? { endsBy: past } : { again: past };
  return { ...item, body: { S: JSON.stringify({ ...JSON.parse(body?.S ?? '{}'), ...changed }) } };
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
        await client.send(new PutItemCommand({ TableName: table, Item: later(item) }));
      }
    }
  } finally {
    client.destroy();
  }
}
