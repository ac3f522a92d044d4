// What runs in production when the workflow looks, asks and records.
import { apiDependencies } from '../shared/api-dependencies.ts';
import { packedNow } from '../shared/config.ts';
import { chatBy, mailBy } from '../shared/people.ts';
import { rulesWith } from '../shared/rules.ts';
import { secretsManager } from '../shared/secrets.ts';
import { wakingOnly } from '../shared/workflow.ts';
import { environment } from './env.ts';

const shared = apiDependencies(environment.parse(process.env));
const secrets = secretsManager(shared.tools);

export const dependencies = {
  ...shared,
  workflow: wakingOnly(shared.tools),
  get mail() {
    return mailBy(shared.tools, packedNow());
  },
  get chat() {
    return chatBy(secrets, packedNow());
  },
  deployed: true,
  rules: rulesWith(shared.masking),
};
