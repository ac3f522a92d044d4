// What runs in production when something was approved.
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { unsealerUnder } from '../shared/sealing.ts';
import { targetsOf } from '../shared/targets.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);
const { tools } = shared;

export const dependencies = {
  ...shared,
  // Roles of targets trust `make-call`, and a third would not fit into what IAM takes of a trust.
  ...targetsOf(tools, env.BROKER_NAME, { roleArn: env.MAKE_CALL_ROLE, sessionName: 'execute-call' }),
  unsealer: unsealerUnder(tools, env.SEALING_KEY),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules: rulesWith(shared.masking),
};
