// Decides a recorded operation again, or one that somebody thinks of: structure first as far as the files say it, then Cedar.
import type { Decision, DecisionInput, Memory } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { findAll } from './ceiling.ts';
import type { DecidingRules } from './dependencies.ts';

/**
 * Whether the task was open and covered the operation is a matter of that moment and is not asked again: what was
 * refused for that reason has no decision to compare with.
 */
export function decideAgain(rules: DecidingRules, input: DecisionInput, memory?: Memory): Decision | Refusal {
  for (const { agent: id } of input.chain) {
    const agent = Object.hasOwn(rules.config.agents, id) ? rules.config.agents[id] : undefined;
    if (agent === undefined) return new Refusal('unknown_agent', `The agent ${id} is not registered.`);
    const found = findAll(rules.config, agent, input.operations, 'another', 'asRecorded');
    if (found instanceof Refusal) return found;
  }
  return rules.policy.decide(input, memory);
}
