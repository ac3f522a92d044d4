// What runs in production behind POST /v1/tasks/{task}/credentials.
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { sealerUnder } from '../shared/sealing.ts';
import { boundedSessions } from '../shared/sessions.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { approvalWorkflow } from '../shared/workflow.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);
const { tools } = shared;

export const dependencies = {
  ...shared,
  sessions: boundedSessions(tools, env.BROKER_NAME),
  sealer: sealerUnder(tools, env.SEALING_KEY),
  workflow: approvalWorkflow(tools, env.WORKFLOW_ARN),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules: rulesWith(shared.masking),
};
