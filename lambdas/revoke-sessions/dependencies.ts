// What runs in production when a role's deny is asked for.
import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { clientSettings } from '../../src/adapters/aws/client-settings.ts';
import { createIamRevoker } from '../../src/adapters/aws/iam-revoker.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { stores } from '../shared/stores.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools,
  ...stores(tools, env),
  revoker: createIamRevoker({
    iam: tools.tracer.captureAWSv3Client(new IAMClient(clientSettings())),
    sts: tools.tracer.captureAWSv3Client(new STSClient(clientSettings())),
  }),
  clock,
  ids,
  log: logOver(tools),
};
