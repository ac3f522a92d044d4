// What runs in production every hour, when the hour before is signed.
import { KMSClient } from '@aws-sdk/client-kms';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createDynamoRecords } from '../../src/adapters/aws/dynamo-records.ts';
import { createKmsSigner } from '../../src/adapters/aws/kms-signer.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { archiveStores } from '../shared/archive.ts';
import { configOnly } from '../shared/config.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();
const { dynamo, objects, ...audit } = archiveStores(tools, env);

export const dependencies = {
  tools,
  ...audit,
  records: createDynamoRecords({ client: dynamo, table: env.STATE_TABLE, objects, clock }),
  signer: createKmsSigner({
    client: tools.tracer.captureAWSv3Client(new KMSClient(clientSettings())),
    keyIds: env.SIGNING_KEYS.split(','),
  }),
  clock,
  ids,
  log: logOver(tools),
  rules: configOnly,
};
