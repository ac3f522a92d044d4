// What runs in production every minute.
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { configOnly } from '../shared/config.ts';
import { stores } from '../shared/stores.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { approvalWorkflow } from '../shared/workflow.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools,
  ...stores(tools, env),
  workflow: approvalWorkflow(tools, env.WORKFLOW_ARN),
  // What stands in a channel is brought up to date by the workflow.
  chat: undefined,
  clock,
  ids,
  log: logOver(tools),
  rules: configOnly,
};
