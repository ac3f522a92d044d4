// What Cedar is told of agents, targets, people and tasks.
import type { Config } from '../config/index.ts';
import type { EntityJson, TypeAndId } from './cedar.ts';
import type { HumanQuestion } from './model.ts';
import { NOBODY } from './schema.ts';

/** Ids come from tokens and requests too: what every object inherits is not an agent. */
export function lookUp<T>(table: Readonly<Record<string, T>>, id: string): T | undefined {
  return Object.hasOwn(table, id) ? table[id] : undefined;
}

function memberships(groups: readonly string[]): TypeAndId[] {
  return groups.filter((group) => group !== NOBODY).map((id) => ({ type: 'Group', id }));
}

function agentEntity(config: Config, id: string): EntityJson | undefined {
  const agent = lookUp(config.agents, id);
  if (agent === undefined) return undefined;
  const { team, email } = agent.owner;
  return {
    uid: { type: 'Agent', id },
    attrs: { environment: agent.environment, owner: { team, email } },
    parents: memberships(agent.groups),
  };
}

function targetEntity(config: Config, id: string): EntityJson | undefined {
  const target = lookUp(config.targets, id);
  if (target === undefined) return undefined;
  const { kind, environment, sensitivity, owner } = target;
  return {
    uid: { type: 'Target', id },
    attrs: {
      kind,
      environment,
      sensitivity,
      owner: { team: owner.team, email: owner.email },
      ownerGroup: { __entity: { type: 'Group', id: owner.group ?? NOBODY } },
    },
    parents: [],
  };
}

/**
 * These agents and targets, each once. One that the files do not know is left out: a policy that asks for its
 * attributes errs, and what errs denies.
 */
export function knownEntities(config: Config, uids: readonly TypeAndId[]): EntityJson[] {
  const wanted = new Map(uids.map((uid) => [`${uid.type} ${uid.id}`, uid]));
  return [...wanted.values()].flatMap(({ type, id }) => {
    const entity =
      type === 'Agent' ? agentEntity(config, id) : type === 'Target' ? targetEntity(config, id) : undefined;
    return entity === undefined ? [] : [entity];
  });
}

export function humanEntity(human: HumanQuestion['human']): EntityJson {
  return { uid: { type: 'Human', id: human.id }, attrs: {}, parents: memberships(human.groups) };
}

export function resourceOf(resource: HumanQuestion['resource']): TypeAndId {
  return resource.type === 'Broker'
    ? { type: 'Broker', id: 'this' }
    : { type: resource.type, id: resource.id };
}

/** A task, with the agent it belongs to; anything else is known from the files. */
export function taskEntities(resource: HumanQuestion['resource']): EntityJson[] {
  if (resource.type !== 'Task') return [];
  const agent = { __entity: { type: 'Agent', id: resource.agent } };
  return [{ uid: { type: 'Task', id: resource.id }, attrs: { agent }, parents: [] }];
}
