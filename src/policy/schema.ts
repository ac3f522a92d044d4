// The Cedar schema that the operator's files imply: entity types, the context, and an action for each capability.
import type { Config, Effect } from '../config/index.ts';
import type { SchemaJson } from './cedar.ts';

type Namespace = SchemaJson<string>[string];
type Actions = Namespace['actions'];

export const EFFECTS: readonly Effect[] = ['read', 'write', 'admin'];

/** The group of targets that nobody owns. Nobody is ever in it, whatever a token says. */
export const NOBODY = 'none';

/** What a person does, to what. */
export const HUMAN_ACTIONS: Readonly<Record<string, readonly string[]>> = {
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

const texts = { type: 'Set', element: text } as const;
const maybe = <T extends object>(type: T) => ({ ...type, required: false }) as const;

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

/** Every parameter that some capability declares: any of them may be missing. */
function parametersOf(config: Config) {
  const names = Object.values(config.targets).flatMap(({ capabilities }) =>
    Object.values(capabilities).flatMap(({ parameters }) => Object.keys(parameters)),
  );
  return record(Object.fromEntries([...new Set(names)].sort().map((name) => [name, maybe(text)])));
}

/** What each connector makes out of an operation. A kind's part is missing in operations of the others. */
function operationOf(config: Config) {
  return record({
    parameters: parametersOf(config),
    aws: maybe(record({ actions: texts })),
    http: maybe(record({ method: text, route: text })),
    sql: maybe(record({ statements: texts, reads: texts, writes: texts, functions: texts })),
    command: maybe(record({ program: text, arguments: texts, line: text })),
    kubernetes: maybe(record({ namespace: text, pod: text, container: maybe(text) })),
    maxRows: maybe(number),
  });
}

function contextOf(config: Config, groups: readonly string[]) {
  return record({
    operation: operationOf(config),
    impacts: texts,
    approvals: record({
      count: number,
      of: record(Object.fromEntries(groups.map((group) => [group, number]))),
    }),
    task: record({
      purpose: text,
      age: number,
      chainDepth: number,
      requester: maybe(record({ id: text, proven: truth })),
    }),
    time: record({
      now: { type: 'Extension', name: 'datetime' },
      hour: number,
      minute: number,
      weekday: text,
    }),
    caller: record({ address: { type: 'Extension', name: 'ipaddr' } }),
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
 * The schema with these capabilities' actions and these groups to count approvals of. All capabilities look the same
 * to Cedar, and its work grows with everything in a schema, so that only what the question is about comes along.
 */
export function schemaOf(
  config: Config,
  capabilities: readonly CapabilityAction[],
  groups: readonly string[] = approverGroups(config),
): SchemaJson<string> {
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
    '': { commonTypes: { CapabilityContext: contextOf(config, groups) }, entityTypes: ENTITY_TYPES, actions },
  };
}
