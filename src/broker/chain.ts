// Whoever stands above a task answers for what is done under it: an operation is covered and decided for each of them.
import type { Config } from '../config/index.ts';
import { isNarrower } from '../credentials/index.ts';
import type { DecidedTask, DecisionInput, Operation } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { writtenMoment } from '../shared/moments.ts';
import { isWithin, type Narrower, type RequestedCapability, type Task } from '../tasks/index.ts';
import { findAll } from './ceiling.ts';
import type { Rules } from './dependencies.ts';

/** A task, as much of it as decides. */
export type Link = Pick<Task, 'agent' | 'purpose' | 'requester' | 'openedAt' | 'ancestors' | 'capabilities'>;

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

/** A task as policy is told of it. */
export function decidedTask({
  agent,
  purpose,
  requester,
  openedAt,
  ancestors,
}: Omit<Link, 'capabilities'>): DecidedTask {
  return {
    agent,
    purpose,
    ...(requester === undefined ? {} : { requester }),
    openedAt,
    chainDepth: ancestors.length,
  };
}

/** What a decision follows from, for the operations of one task, which stands first in its chain. These as they are shown. */
export function decisionInput(
  chain: readonly DecidedTask[],
  operations: readonly Operation[],
  { sourceAddress = '' }: { readonly sourceAddress?: string | undefined },
  now: Date,
  /** Who has approved it, where somebody was asked. */
  approvals?: DecisionInput['approvals'],
): DecisionInput {
  return {
    at: writtenMoment(now),
    address: sourceAddress,
    chain,
    operations: operations.map(({ capability, parameters, http, export: asExport }) => ({
      capability,
      parameters,
      ...(http === undefined ? {} : { http }),
      ...(asExport === undefined ? {} : { export: asExport }),
    })),
    ...(approvals === undefined ? {} : { approvals }),
  };
}
