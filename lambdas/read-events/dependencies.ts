// What runs in production behind GET /v1/tasks/{task}/events.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { publicUrl } from '../shared/config.ts';
import { rules } from '../shared/rules.ts';
import { eventStore } from '../shared/stores.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools: { ...tools, publicUrl },
  events: eventStore(tools, env),
  keySets: createKeySets({ clock, allowLoopbackHttp: false }),
  rules,
  clock,
  log: logOver(tools.logger),
};
