// What runs in production behind the routes by which agents look how their calls stand.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);

export const dependencies = {
  ...shared,
  keySets: createKeySets({ clock, allowLoopback: false }),
  tokenKeys: tokenKeysFrom(shared.tools, env.TOKEN_KEYS_SECRET),
  rules: rulesWith(shared.masking),
};
