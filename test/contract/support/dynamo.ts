// DynamoDB in this process, with the two tables as the stack makes them.
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { clientOptions } from './aws.ts';
import { listen } from './servers.ts';

export const STATE_TABLE = 'state';
export const EVENTS_TABLE = 'events';

const text = (...names: string[]) =>
  names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const }));
const key = (partition: string, sort: string) => [
  { AttributeName: partition, KeyType: 'HASH' as const },
  { AttributeName: sort, KeyType: 'RANGE' as const },
];

const TABLES: readonly CreateTableCommandInput[] = [
  {
    TableName: STATE_TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text('pk', 'sk', 'ipk', 'isk'),
    KeySchema: key('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: 'index', KeySchema: key('ipk', 'isk'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  },
  {
    TableName: EVENTS_TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: text('stream', 'id', 'day'),
    KeySchema: key('stream', 'id'),
    GlobalSecondaryIndexes: [
      { IndexName: 'time', KeySchema: key('day', 'id'), Projection: { ProjectionType: 'KEYS_ONLY' } },
    ],
  },
];

export interface LocalDynamo {
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

export async function startDynamo(): Promise<LocalDynamo> {
  const { endpoint, close } = await listen(dynalite({ createTableMs: 0 }));
  const client = new DynamoDBClient(clientOptions(endpoint));
  for (const table of TABLES) await client.send(new CreateTableCommand(table));
  return {
    client,
    endpoint,
    close: async () => {
      client.destroy();
      await close();
    },
  };
}
