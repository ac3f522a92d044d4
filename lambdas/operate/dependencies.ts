// What runs in production behind the routes of people who operate the broker.
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { wakingOnly } from '../shared/workflow.ts';
import { environment } from './env.ts';

const shared = apiDependencies(environment.parse(process.env));

export const dependencies = {
  ...shared,
  workflow: wakingOnly(shared.tools),
  keySets: createKeySets({ clock, allowLoopback: false }),
  rules: rulesWith(shared.masking),
};
