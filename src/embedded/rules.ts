// The rules in force: the config last loaded without a fault, and the policy made from it.
import type { Rules } from '../broker/index.ts';
import type { Config } from '../config/index.ts';
import { createPolicyEngine } from '../policy/index.ts';
import { type DemoIssuer, namesDemoIssuer, openDemoIssuer, withDemoKeys } from './demo-issuer.ts';

export interface RulesInForce {
  current(): Rules;
  replace(config: Config): Promise<void>;
}

async function rulesOf(config: Config, data: string): Promise<Rules> {
  const issuer: DemoIssuer | undefined = namesDemoIssuer(config) ? await openDemoIssuer(data) : undefined;
  const whole = issuer === undefined ? config : withDemoKeys(config, issuer);
  return { config: whole, policy: await createPolicyEngine(whole) };
}

export async function rulesInForce(config: Config, data: string): Promise<RulesInForce> {
  let rules = await rulesOf(config, data);
  return {
    current: () => rules,
    replace: async (next) => {
      rules = await rulesOf(next, data);
    },
  };
}
