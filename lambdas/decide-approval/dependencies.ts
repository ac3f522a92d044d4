// What runs in production behind the ways in which people decide.
import { createCodeExchange } from '../../src/adapters/network/code-exchange.ts';
import { createKeySets } from '../../src/adapters/network/key-sets.ts';
import { systemClock as clock } from '../../src/adapters/system.ts';
import { apiDependencies } from '../shared/api-dependencies.ts';
import { packedNow } from '../shared/config.ts';
import { chatBy } from '../shared/people.ts';
import { rulesWith } from '../shared/rules.ts';
import { secretsManager } from '../shared/secrets.ts';
import { wakingOnly } from '../shared/workflow.ts';
import { environment } from './env.ts';

const shared = apiDependencies(environment.parse(process.env));
const secrets = secretsManager(shared.tools);
// Over https, and only where the operator lists it: nothing of Lambda's own answers there.
const allowLoopback = 'listed';

export const dependencies = {
  ...shared,
  secrets,
  keySets: createKeySets({ clock, allowLoopback }),
  codeExchange: createCodeExchange({ clock, allowLoopback }),
  workflow: wakingOnly(shared.tools),
  get chat() {
    return chatBy(secrets, packedNow());
  },
  deployed: true,
  rules: rulesWith(shared.masking),
};
