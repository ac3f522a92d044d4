// What runs in production behind the button that shows an operation without masks.
import { apiDependencies } from '../shared/api-dependencies.ts';
import { rulesWith } from '../shared/rules.ts';
import { unsealerUnder } from '../shared/sealing.ts';
import { environment } from './env.ts';

const env = environment.parse(process.env);
const shared = apiDependencies(env);

export const dependencies = {
  ...shared,
  unsealer: unsealerUnder(shared.tools, env.SEALING_KEY),
  deployed: true,
  rules: rulesWith(shared.masking),
};
