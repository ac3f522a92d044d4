// What runs in production when something was written into the events table.
import { systemClock as clock } from '../../src/adapters/system.ts';
import { archiveStores } from '../shared/archive.ts';
import { configOnly } from '../shared/config.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = {
  tools,
  ...archiveStores(tools, env),
  clock,
  log: logOver(tools),
  rules: configOnly,
};
