// An agent's reach: the most it could ever do on AWS, told from the operator's files alone.
import {
  coveredBy,
  type Escalation,
  escalationsIn,
  isBeyondEffect,
  type Level,
  mintedBy,
  type PublishedActions,
  WARNED,
} from '../../config/iam/index.ts';
import type {
  AgentDefinition,
  AwsCapability,
  AwsTarget,
  BoundTo,
  Capability,
  Config,
  HttpCapability,
  HttpRoute,
  PolicyStatement,
  TargetDefinition,
} from '../../config/index.ts';

/** What somebody who reviews an agent should see of an action. */
export type Mark = 'write' | 'tagging' | 'permissions' | 'admin' | 'mints' | 'escalates' | 'unknown';

export interface ReachedAction {
  /** `service:Action`; as it is written, where IAM's list has nothing that it covers. */
  readonly action: string;
  readonly level: Level | 'unknown';
  readonly marks: readonly Mark[];
  /** What outlives the session. */
  readonly mints?: string;
  /** How it makes its caller stronger. */
  readonly escalates?: string;
}

export interface ReachedStatement extends Required<Pick<PolicyStatement, 'resources' | 'conditions'>> {
  readonly written: readonly string[];
  readonly actions: readonly ReachedAction[];
}

export interface ReachedCapability
  extends Pick<AwsCapability, 'effect' | 'impacts' | 'parameters' | 'description'> {
  readonly capability: string;
  readonly statements: readonly ReachedStatement[];
  /** At most that long a session. */
  readonly sessionSeconds: number;
  readonly boundTo?: BoundTo;
  /** Actions that do more than the effect says. */
  readonly beyondEffect: readonly string[];
}

interface ReachedPlace extends Pick<TargetDefinition, 'kind' | 'environment' | 'sensitivity' | 'owner'> {
  readonly target: string;
}

export interface ReachedTarget extends ReachedPlace {
  readonly roleArn: string;
  readonly capabilities: readonly ReachedCapability[];
}

export interface NotAws extends ReachedPlace {
  readonly capabilities: readonly (Pick<Capability, 'effect' | 'impacts'> & {
    readonly capability: string;
    /** Of an HTTP target: what may be asked of it. */
    readonly routes?: readonly HttpRoute[];
  })[];
  readonly says: string;
}

export interface Reach {
  readonly agent: Pick<AgentDefinition, 'id' | 'owner' | 'purpose' | 'environment' | 'maxTaskSeconds'> &
    Pick<Partial<AgentDefinition>, 'reviewBy' | 'from'>;
  readonly configDigest: string;
  /** The day of the list of published actions. */
  readonly published: string;
  readonly targets: readonly ReachedTarget[];
  readonly others: readonly NotAws[];
  readonly delegation: string;
}

/** STS gives no more to a role that another role assumes. */
const MOST_SESSION_SECONDS = 3600;
const NOT_AWS = 'not AWS: its connector says';
const DELEGATION =
  'Nothing: a task that it delegates gets no more than its own task has, and no more than the other agent may ask for.';

const MARK_OF: Readonly<Partial<Record<Level | 'unknown', Mark>>> = {
  Write: 'write',
  Tagging: 'tagging',
  'Permissions management': 'permissions',
  unknown: 'unknown',
};

function judged(
  action: string,
  level: Level | 'unknown',
  { effect }: AwsCapability,
  escalations: readonly Escalation[],
): ReachedAction {
  const [minted] = [...mintedBy(action), ...mintedBy(action, WARNED)];
  const mints = minted?.gives;
  const ways = escalations.filter((one) => one.action === action).map(({ how }) => how);
  const marks: readonly (Mark | undefined)[] = [
    MARK_OF[level],
    effect === 'admin' ? 'admin' : undefined,
    mints === undefined ? undefined : 'mints',
    ways.length === 0 ? undefined : 'escalates',
  ];
  return {
    action,
    level,
    marks: marks.filter((mark) => mark !== undefined),
    ...(mints === undefined ? {} : { mints }),
    ...(ways.length === 0 ? {} : { escalates: ways.join('; ') }),
  };
}

function actionsOf(
  written: readonly string[],
  published: PublishedActions,
): ReadonlyMap<string, Level | 'unknown'> {
  return new Map(
    written.flatMap((pattern): readonly (readonly [string, Level | 'unknown'])[] => {
      const covered = coveredBy(pattern, published);
      return covered.length === 0
        ? [[pattern, 'unknown']]
        : covered.map(({ action, level }) => [action, level]);
    }),
  );
}

interface Told {
  readonly agent: AgentDefinition;
  readonly target: AwsTarget;
  readonly published: PublishedActions;
  /** By all that the agent may ask of this target, which it may ask for at once. */
  readonly escalations: readonly Escalation[];
}

function reachedCapability(name: string, definition: AwsCapability, told: Told): ReachedCapability {
  const { agent, target, published, escalations } = told;
  const { effect, impacts, parameters, description, maxSessionSeconds = MOST_SESSION_SECONDS } = definition;
  const statements = definition.statements.map(({ actions, resources, conditions = {} }) => ({
    written: actions,
    actions: [...actionsOf(actions, published)].map(([action, level]) =>
      judged(action, level, definition, escalations),
    ),
    resources,
    conditions,
  }));
  const beyond = statements
    .flatMap(({ actions }) => actions)
    .filter((one) => isBeyondEffect(one, definition))
    .map(({ action }) => action);
  const boundTo = definition.boundTo ?? target.boundTo;
  return {
    ...{ capability: `${target.id}:${name}`, effect, impacts, parameters },
    ...(description === undefined ? {} : { description }),
    statements,
    sessionSeconds: Math.min(maxSessionSeconds, MOST_SESSION_SECONDS, agent.maxTaskSeconds),
    ...(boundTo === undefined ? {} : { boundTo }),
    beyondEffect: [...new Set(beyond)],
  };
}

function placeOf({ id, kind, environment, sensitivity, owner }: TargetDefinition): ReachedPlace {
  return { target: id, kind, environment, sensitivity, owner };
}

function reachedTarget(
  target: AwsTarget,
  names: readonly string[],
  agent: AgentDefinition,
  published: PublishedActions,
): ReachedTarget {
  const held = names.flatMap((name) => {
    const definition = target.capabilities[name];
    return definition === undefined ? [] : [[name, definition] as const];
  });
  const patterns = held.flatMap(([, { statements }]) => statements.flatMap(({ actions }) => actions));
  const told = { agent, target, published, escalations: escalationsIn(patterns) };
  return {
    ...placeOf(target),
    roleArn: target.connection.roleArn,
    capabilities: held.map(([name, definition]) => reachedCapability(name, definition, told)),
  };
}

function notAws(target: Exclude<TargetDefinition, AwsTarget>, names: readonly string[]): NotAws {
  const capabilities = names.flatMap((name) => {
    const definition: Capability | HttpCapability | undefined = target.capabilities[name];
    if (definition === undefined) return [];
    return [
      {
        capability: `${target.id}:${name}`,
        effect: definition.effect,
        impacts: definition.impacts,
        ...('routes' in definition ? { routes: definition.routes } : {}),
      },
    ];
  });
  const says = target.kind === 'http' ? `at ${target.connection.baseUrl}` : NOT_AWS;
  return { ...placeOf(target), capabilities, says };
}

/** By target, in the order of the ceiling. */
function ceilingByTarget({ capabilities }: AgentDefinition): ReadonlyMap<string, readonly string[]> {
  const names = new Map<string, readonly string[]>();
  for (const one of capabilities) {
    const [target = '', capability = ''] = one.split(':');
    names.set(target, [...(names.get(target) ?? []), capability]);
  }
  return names;
}

export function reachOf(agent: AgentDefinition, config: Config, published: PublishedActions): Reach {
  const targets: ReachedTarget[] = [];
  const others: NotAws[] = [];
  for (const [id, names] of ceilingByTarget(agent)) {
    const target = config.targets[id];
    if (target?.kind === 'aws') targets.push(reachedTarget(target, names, agent, published));
    else if (target !== undefined) others.push(notAws(target, names));
  }
  const { id, owner, purpose, environment, maxTaskSeconds, reviewBy, from } = agent;
  return {
    agent: {
      ...{ id, owner, purpose, environment, maxTaskSeconds },
      ...(reviewBy === undefined ? {} : { reviewBy }),
      ...(from === undefined ? {} : { from }),
    },
    configDigest: config.digest,
    published: published.date,
    targets,
    others,
    delegation: DELEGATION,
  };
}
