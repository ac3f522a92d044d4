// The operator's config, and the policy made from it once a cold start; and what is masked by.
import type { Masking, Rules } from '../../src/broker/index.ts';
import { createPolicyEngine } from '../../src/policy/index.ts';
import { packedConfig } from './config.ts';
import { once } from './once.ts';

const policy = once(async () => createPolicyEngine(await packedConfig()));

export function rulesWith(masking: () => Promise<Masking>): () => Promise<Rules> {
  return async () => {
    const [config, engine, masked] = await Promise.all([packedConfig(), policy(), masking()]);
    return { config, policy: engine, masking: masked };
  };
}
