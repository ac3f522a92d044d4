// The operator's config and the policy made from it, once a cold start.
import type { Rules } from '../../src/broker/index.ts';
import { createPolicyEngine } from '../../src/policy/index.ts';
import { packedConfig } from './config.ts';
import { once } from './once.ts';

export const rules: () => Promise<Rules> = once(async () => {
  const config = await packedConfig();
  return { config, policy: await createPolicyEngine(config) };
});
