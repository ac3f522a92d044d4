// What an approval is bound to: the operation as it was asked for, and what the files say of its agents and targets.
import type { Bound } from '../approvals/index.ts';
import type { AgentDefinition, Config } from '../config/index.ts';
import type { Json } from '../shared/json.ts';
import type { Call } from '../tasks/index.ts';

/** What it says, rather than how its file is written. */
function saidOf({ digest: _, ...said }: AgentDefinition): Omit<AgentDefinition, 'digest'> {
  return said;
}

/** Undefined where the files no longer know one of them. */
export function boundOf(
  { agents, targets }: Pick<Config, 'agents' | 'targets'>,
  { task, agent, ancestors }: Pick<Call, 'task' | 'agent' | 'ancestors'>,
  ofTargets: readonly string[],
  operation: Json,
): Bound | undefined {
  const ids = [agent, ...ancestors.map((one) => one.agent)];
  const ofAgents = ids.map((id) => (Object.hasOwn(agents, id) ? agents[id] : undefined));
  const found = ofTargets.map((id) => (Object.hasOwn(targets, id) ? targets[id] : undefined));
  const all = [...ofAgents, ...found];
  if (all.includes(undefined)) return undefined;
  return {
    ...{ task, operation },
    agents: ofAgents.flatMap((one) => (one === undefined ? [] : [saidOf(one)])),
    targets: found.flatMap((one) => one ?? []),
  };
}
