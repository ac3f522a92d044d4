// Whoever stands above a task answers for what is done under it: an operation is covered and decided for each of them.
import type { Config } from '../config/index.ts';
import { isNarrower } from '../credentials/index.ts';
import type { Decision } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { isWithin, type Narrower, type RequestedCapability, type Task } from '../tasks/index.ts';
import { type FoundCapability, findAll } from './ceiling.ts';
import type { Rules } from './dependencies.ts';
import { strictest } from './strictest.ts';

/** A task, as much of it as decides. */
export type Link = Pick<Task, 'agent' | 'purpose' | 'requester' | 'ancestors' | 'capabilities'>;

/** Whether parameters are narrower than others, by what the config says they are put into. */
export function narrowerBy(config: Config): Narrower {
  return (capability, wide, narrow) => {
    const [targetId = '', name = ''] = capability.split(':');
    const target = Object.hasOwn(config.targets, targetId) ? config.targets[targetId] : undefined;
    if (target?.kind !== 'aws' || !Object.hasOwn(target.capabilities, name)) return false;
    const definition = target.capabilities[name];
    return definition !== undefined && isNarrower(definition, wide, narrow);
  };
}

/** Why those above can't have handed this on, if so. Both the files and what they hold may say no. */
export function chainProblem(
  { config }: Pick<Rules, 'config'>,
  above: readonly Link[],
  operation: readonly RequestedCapability[],
): Refusal | undefined {
  for (const link of above) {
    const agent = config.agents[link.agent];
    if (agent === undefined) {
      return new Refusal(
        'unknown_agent',
        `The agent ${link.agent}, whose task is above, is no longer registered.`,
      );
    }
    const found = findAll(config, agent, operation, 'another');
    if (found instanceof Refusal) return found;
    const wider = operation.find((one) => !isWithin(link.capabilities, one, narrowerBy(config)));
    if (wider !== undefined) {
      return new Refusal(
        'outside_task',
        `The task of ${link.agent}, which is above, does not cover ${wider.capability}.`,
      );
    }
  }
  return undefined;
}

/**
 * The strictest of what each in the chain would be told under its own task: so nobody delegates an approval away, and
 * no policy that speaks of a chain's depth or a task's purpose makes it milder.
 */
function decideForChain(
  { policy }: Pick<Rules, 'policy'>,
  own: Link,
  above: readonly Link[],
  { target, name, definition }: FoundCapability,
): Decision {
  const decisions = [own, ...above].map(({ agent, purpose, requester, ancestors }) =>
    policy.decide({
      agent,
      target: target.id,
      capability: name,
      impacts: definition.impacts,
      task: { purpose, ...(requester === undefined ? {} : { requester }), chainDepth: ancestors.length },
    }),
  );
  const [first, ...others] = decisions;
  if (first === undefined) throw new TypeError('nothing to decide');
  return strictest([first, ...others]);
}

/**
 * Each capability is decided once a request, however often it is asked for: its parameters are no part of the
 * question, and a decision with approvals costs many questions to Cedar.
 */
export function deciderForChain(
  rules: Pick<Rules, 'policy'>,
  own: Link,
  above: readonly Link[],
): (found: FoundCapability) => Decision {
  const decided = new Map<string, Decision>();
  return (found) => {
    const key = `${found.target.id}:${found.name}`;
    const decision = decided.get(key) ?? decideForChain(rules, own, above, found);
    decided.set(key, decision);
    return decision;
  };
}
