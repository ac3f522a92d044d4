// What runs in production every minute.

import { systemClock as clock } from '../../src/adapters/system.ts';
import { configOnly } from '../shared/config.ts';
import { stores } from '../shared/stores.ts';
import { createTools, logOver } from '../shared/tools.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const tools = createTools();

export const dependencies = { tools, ...stores(tools, env), clock, log: logOver(tools), rules: configOnly };
