// A question as Cedar takes it: who, what, to what, and all that is known of them.
import type { Capability, Config } from '../config/index.ts';
import type { TypeAndId } from './cedar.ts';
import { type Asked, contextOf } from './context.ts';
import { humanEntity, knownEntities, lookUp, resourceEntities, resourceOf } from './entities.ts';
import type { Request } from './evaluate.ts';
import type { DecidedTask, DecisionInput, HumanQuestion, Operation } from './model.ts';

function known<T>(what: string, found: T | undefined): T {
  if (found === undefined)
    throw new RangeError(`policy was asked about ${what} that the config does not have`);
  return found;
}

/** The capability of an operation, which its caller has found in the config before. */
export function askedOf(config: Config, operation: Operation): Asked {
  const border = operation.capability.indexOf(':');
  const [target, capability] = [
    operation.capability.slice(0, border),
    operation.capability.slice(border + 1),
  ];
  const { capabilities } = known('a target', lookUp(config.targets, target));
  const definition = known('a capability', lookUp<Capability>(capabilities, capability));
  return { target, capability, definition, operation };
}

export interface CapabilityRequest extends Request {
  readonly effect: string;
}

/** A request but for its context: all that the files alone say of it. */
export function capabilitySubject(
  config: Config,
  agentId: string,
  asked: Asked,
): Omit<CapabilityRequest, 'context'> {
  const principal = { type: 'Agent', id: agentId };
  const resource = { type: 'Target', id: asked.target };
  const [agent] = knownEntities(config, [principal]);
  const entity = known('an agent', agent);
  return {
    principal,
    groups: entity.parents as readonly TypeAndId[],
    action: { type: 'Action', id: asked.operation.capability },
    effect: asked.definition.effect,
    resource,
    resourceGroups: [],
    entities: [entity, ...knownEntities(config, [resource])],
  };
}

export function capabilityRequest(
  config: Config,
  input: Pick<DecisionInput, 'at' | 'address'>,
  task: DecidedTask,
  asked: Asked,
): CapabilityRequest {
  return {
    ...capabilitySubject(config, task.agent, asked),
    context: contextOf(config, input, task, asked),
  };
}

/** An agent or a target that the question only leads to comes along, where the files still know it. */
export function humanRequest(config: Config, { human, action, resource }: HumanQuestion): Request {
  const uid = resourceOf(resource);
  const agent = 'agent' in resource ? [{ type: 'Agent', id: resource.agent }] : [];
  const target = 'target' in resource ? [{ type: 'Target', id: resource.target }] : [];
  const principal = humanEntity(human);
  const [known] = knownEntities(config, [uid]);
  return {
    principal: { type: 'Human', id: human.id },
    groups: principal.parents as readonly TypeAndId[],
    action: { type: 'Action', id: action },
    resource: uid,
    resourceGroups: (known?.parents ?? []) as readonly TypeAndId[],
    entities: [
      principal,
      ...resourceEntities(resource),
      ...knownEntities(config, [uid, ...agent, ...target]),
    ],
    context: {},
  };
}
