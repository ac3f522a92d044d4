// The Cedar schema that the operator's files imply: entity types, the context, and an action for each capability.
import type { Config, Effect } from '../config/index.ts';
import type { SchemaJson } from './cedar.ts';

type Namespace = SchemaJson<string>[string];
type Actions = Namespace['actions'];

const EFFECTS: readonly Effect[] = ['read', 'write', 'admin'];

/** The group of targets that nobody owns. Nobody is ever in it, whatever a token says. */
export const NOBODY = 'none';

/** What a person does, to what. */
const HUMAN_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  approve: ['Approval'],
  contain: ['Agent', 'Task', 'Broker'],
  audit: ['Agent', 'Task', 'Broker'],
  restore: ['Agent'],
};

const text = { type: 'String' } as const;
const number = { type: 'Long' } as const;
const truth = { type: 'Boolean' } as const;
const entity = (name: string) => ({ type: 'Entity', name }) as const;
const record = <T extends object>(attributes: T) => ({ type: 'Record', attributes }) as const;

const OWNER = { team: text, email: text };

const ENTITY_TYPES = {
  Group: {},
  Human: { memberOfTypes: ['Group'] },
  Agent: { memberOfTypes: ['Group'], shape: record({ environment: text, owner: record(OWNER) }) },
  Target: {
    shape: record({
      kind: text,
      environment: text,
      sensitivity: text,
      owner: record(OWNER),
      ownerGroup: entity('Group'),
    }),
  },
  Task: { shape: record({ agent: entity('Agent') }) },
  Approval: { shape: record({ agent: entity('Agent'), target: entity('Target') }) },
  Broker: {},
};

/** The groups whose approvals can be counted. */
export function approverGroups(config: Config): readonly string[] {
  return config.groups.filter((group) => group !== NOBODY);
}

function contextOf(config: Config) {
  const of = Object.fromEntries(approverGroups(config).map((group) => [group, number]));
  return record({
    impacts: { type: 'Set', element: text } as const,
    approvals: record({ count: number, of: record(of) }),
    task: record({
      purpose: text,
      chainDepth: number,
      requester: { ...record({ id: text, proven: truth }), required: false },
    }),
  });
}

export interface CapabilityAction {
  readonly id: string;
  readonly effect: Effect;
}

export function actionsOf(config: Config, target: string): readonly CapabilityAction[] {
  const capabilities = Object.entries(config.targets[target]?.capabilities ?? {});
  return capabilities.map(([name, { effect }]) => ({ id: `${target}:${name}`, effect }));
}

/** Every action there is, those of people and effects too. */
export function actionIds(config: Config): readonly string[] {
  const capabilities = Object.keys(config.targets).flatMap((target) => actionsOf(config, target));
  return [...EFFECTS, ...Object.keys(HUMAN_ACTIONS), ...capabilities.map(({ id }) => id)];
}

/**
 * The schema with these capabilities' actions. All capabilities look the same to Cedar, and its work grows with
 * every action of a schema, so that each question brings only what it is about.
 */
export function schemaOf(config: Config, capabilities: readonly CapabilityAction[]): SchemaJson<string> {
  const appliesTo = {
    principalTypes: ['Agent'],
    resourceTypes: ['Target'],
    context: { type: 'CapabilityContext' },
  };
  const actions: Actions = Object.fromEntries([
    ...EFFECTS.map((effect) => [effect, { appliesTo }] as const),
    ...capabilities.map(({ id, effect }) => [id, { memberOf: [{ id: effect }], appliesTo }] as const),
    ...Object.entries(HUMAN_ACTIONS).map(
      ([id, resources]) =>
        [id, { appliesTo: { principalTypes: ['Human'], resourceTypes: [...resources] } }] as const,
    ),
  ]);
  return {
    '': { commonTypes: { CapabilityContext: contextOf(config) }, entityTypes: ENTITY_TYPES, actions },
  };
}
