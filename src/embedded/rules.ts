// The rules in force: the config last loaded without a fault, and the policy made from it.
import { systemIds } from '../adapters/system.ts';
import { createMasking, type Rules } from '../broker/index.ts';
import type { Config } from '../config/index.ts';
import { createPolicyEngine } from '../policy/index.ts';
import type { Demo } from './demo.ts';
import { namesDemoIssuer, openDemoIssuer, withDemoKeys } from './demo-issuer.ts';
import { openMaskingKeys } from './masking-keys.ts';

export async function rulesOf(config: Config, data: string, demo: Demo): Promise<Rules> {
  const reached = await demo.within(config);
  const whole = namesDemoIssuer(reached) ? withDemoKeys(reached, await openDemoIssuer(data)) : reached;
  // Read anew with every config, so that a key that was rotated meanwhile is the one that is used.
  const masking = createMasking(whole, await openMaskingKeys(data, systemIds));
  return { config: whole, policy: await createPolicyEngine(whole), masking };
}

export interface RulesInForce {
  current(): Rules;
  replace(rules: Rules): void;
}

export function rulesInForce(first: Rules): RulesInForce {
  let rules = first;
  return {
    current: () => rules,
    replace: (next) => {
      rules = next;
    },
  };
}
