// What runs in production behind GET /v1/tasks/{task} and POST /v1/tasks/{task}/finish.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock, systemIds as ids } from '../../src/adapters/system.ts';
import { configOnly, publicUrl } from '../shared/config.ts';
import { stores } from '../shared/stores.ts';
import { tokenKeysFrom } from '../shared/token-keys.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools: { ...tools, publicUrl },
  ...stores(tools, env),
  keySets: createKeySets({ clock, allowLoopbackHttp: false }),
  tokenKeys: tokenKeysFrom(tools, env.TOKEN_KEYS_SECRET),
  rules: configOnly,
  clock,
  ids,
  log: logOver(tools.logger),
};
