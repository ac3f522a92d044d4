// What runs in production behind the routes that read the audit.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { environment } from './env.ts';

const shared = apiDependencies(environment.parse(process.env));

export const dependencies = {
  ...shared,
  keySets: createKeySets({ clock, allowLoopback: false }),
  rules: rulesWith(shared.masking),
};
