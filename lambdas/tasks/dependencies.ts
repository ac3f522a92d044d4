// What runs in production behind what an agent does with its own task: reading, finishing, handing it on.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { withoutPolicy } from '../shared/config.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { wakingOnly } from '../shared/workflow.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);

export const dependencies = {
  ...shared,
  workflow: wakingOnly(shared.tools),
  keySets: createKeySets({ clock, allowLoopback: false }),
  tokenKeys: tokenKeysFrom(shared.tools, env.TOKEN_KEYS_SECRET),
  rules: withoutPolicy(shared.masking),
};
