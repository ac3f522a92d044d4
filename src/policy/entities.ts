// What Cedar is told of agents, targets, people and tasks.
import type { Capability, Config } from '../config/index.ts';
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

/** Actions too: outside of a schema Cedar does not know by itself that a capability is part of its effect. */
export function entitiesNamed(config: Config, uids: readonly TypeAndId[]): EntityJson[] {
  const named = new Set(uids.filter(({ type }) => type === 'Action').map(({ id }) => id));
  const actions = [...named].flatMap((id) => {
    const border = id.indexOf(':');
    const target = lookUp(config.targets, id.slice(0, Math.max(0, border)));
    const capability = target && lookUp<Capability>(target.capabilities, id.slice(border + 1));
    return capability === undefined ? [] : [actionEntity(id, capability.effect)];
  });
  return [...actions, ...knownEntities(config, uids)];
}

export function actionEntity(id: string, effect: string | undefined): EntityJson {
  const parents = effect === undefined ? [] : [{ type: 'Action', id: effect }];
  return { uid: { type: 'Action', id }, attrs: {}, parents };
}

export function humanEntity(human: HumanQuestion['human']): EntityJson {
  return { uid: { type: 'Human', id: human.id }, attrs: {}, parents: memberships(human.groups) };
}

export function resourceOf(resource: HumanQuestion['resource']): TypeAndId {
  return resource.type === 'Broker'
    ? { type: 'Broker', id: 'this' }
    : { type: resource.type, id: resource.id };
}

/** A task or an approval, with what it belongs to; anything else is known from the files. */
export function resourceEntities(resource: HumanQuestion['resource']): EntityJson[] {
  if (resource.type !== 'Task' && resource.type !== 'Approval') return [];
  const named = (type: string, id: string) => ({ __entity: { type, id } });
  const attrs = {
    agent: named('Agent', resource.agent),
    ...(resource.type === 'Approval' ? { target: named('Target', resource.target) } : {}),
  };
  return [{ uid: { type: resource.type, id: resource.id }, attrs, parents: [] }];
}
