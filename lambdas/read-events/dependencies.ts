// What runs in production behind the routes that read the audit.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rules } from '../shared/rules.ts';
import { environment } from './env.ts';

export const dependencies = {
  ...apiDependencies(environment.parse(process.env)),
  keySets: createKeySets({ clock, allowLoopback: false }),
  rules,
};
