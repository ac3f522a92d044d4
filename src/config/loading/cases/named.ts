// What a policy case names must exist: one that asks about nobody would be denied, whatever the policies say.
import { parameterProblems } from '../../../tasks/index.ts';
import type { Capability, Config, Fault, TargetDefinition } from '../../model.ts';
import type { Path } from '../access.ts';
import type { Shape } from '../explain.ts';
import { faultAt, type Source } from '../source.ts';
import { pathText, quoted, rather } from '../words.ts';

export type AgentCase = Shape<'agentCase'>;
export type PersonCase = Shape<'personCase'>;

/** What cases may name, beside what is in the config as such. */
export interface Named {
  readonly config: Config;
  readonly policyIds: readonly string[];
}

type Say = (path: Path, problem: string) => Fault;

const UNKNOWN_GROUP = 'no person, agent, owner, escalateTo or humans.groups names the group';

function groupFaults(
  say: Say,
  { config }: Named,
  groups: readonly (readonly [string, Path])[],
): readonly Fault[] {
  return groups
    .filter(([group]) => !config.groups.includes(group))
    .map(([group, path]) => say(path, `${UNKNOWN_GROUP} ${quoted(group)}${rather(group, config.groups)}`));
}

function idFault<T>(
  say: Say,
  what: 'agent' | 'target',
  known: Readonly<Record<string, T>>,
  id: string | undefined,
  path: Path,
): readonly Fault[] {
  if (id === undefined || Object.hasOwn(known, id)) return [];
  return [say(path, `there is no ${what} ${quoted(id)}${rather(id, Object.keys(known))}`)];
}

function expectFaults(say: Say, named: Named, { expect }: AgentCase | PersonCase): readonly Fault[] {
  const policies = (expect.policies ?? []).flatMap((id, place) =>
    named.policyIds.includes(id)
      ? []
      : [
          say(
            ['expect', 'policies', place],
            `there is no policy ${quoted(id)}${rather(id, named.policyIds)}`,
          ),
        ],
  );
  const groups = Object.keys(expect.approvals?.of ?? {});
  const places = groups.map((group) => [group, ['expect', 'approvals', 'of', group]] as const);
  return [...policies, ...groupFaults(say, named, places)];
}

interface FoundCapability {
  readonly target: TargetDefinition;
  readonly definition: Capability;
}

function findCapability({ targets }: Config, name: string): FoundCapability | string {
  const [targetId = '', capability = ''] = name.split(':');
  const target = Object.hasOwn(targets, targetId) ? targets[targetId] : undefined;
  if (target === undefined) {
    return `there is no target ${quoted(targetId)}${rather(targetId, Object.keys(targets))}`;
  }
  const known: Readonly<Record<string, Capability>> = target.capabilities;
  const definition = Object.hasOwn(known, capability) ? known[capability] : undefined;
  if (definition !== undefined) return { target, definition };
  const near = rather(capability, Object.keys(known));
  return `the target ${quoted(targetId)} has no capability ${quoted(capability)}${near}`;
}

const KINDS_WITH: Readonly<Record<string, readonly string[]>> = {
  http: ['http'],
  sql: ['postgres', 'mysql'],
  command: ['ssh', 'kubernetes'],
  kubernetes: ['kubernetes'],
};

/** No connector would ever make such an operation out, so that the case would be about nothing. */
function operationFaults(
  say: Say,
  { id, kind }: TargetDefinition,
  { operation }: AgentCase,
): readonly Fault[] {
  return Object.keys(operation).flatMap((part) => {
    const kinds = KINDS_WITH[part];
    if (kinds === undefined || kinds.includes(kind)) return [];
    const problem = `${quoted(part)} is of targets of kind ${kinds.join(' and ')}, and ${quoted(id)} is of kind ${kind}`;
    return [say(['operation', part], problem)];
  });
}

function capabilityFaults(say: Say, { config }: Named, given: AgentCase): readonly Fault[] {
  const { code } = given.expect;
  const found = findCapability(config, given.capability);
  if (typeof found === 'string') return code === 'outside_ceiling' ? [] : [say(['capability'], found)];
  // Whoever expects a refusal before anybody looks at parameters need not give any.
  const looksAtThem = code !== 'invalid_request' && code !== 'outside_ceiling' && code !== 'unknown_agent';
  const problems = looksAtThem ? parameterProblems(found.definition, given.parameters, '') : [];
  return [
    ...problems.map(({ path, problem }) => {
      const place = ['parameters', path.slice(1)];
      return say(place, `${pathText(place)} ${problem}`);
    }),
    ...operationFaults(say, found.target, given),
  ];
}

function whoFaults(
  say: Say,
  { config: { agents } }: Named,
  { agent, above, expect }: AgentCase,
): readonly Fault[] {
  const known = Object.keys(agents);
  const several = known.length === 0 ? 'there is none' : `there are several${rather('', known)}`;
  const missing =
    agent === undefined && known.length !== 1 ? [say([], `\`agent\` is missing: ${several}`)] : [];
  if (expect.code === 'unknown_agent') return missing;
  return [
    ...missing,
    ...idFault(say, 'agent', agents, agent, ['agent']),
    ...above.flatMap((task, place) => idFault(say, 'agent', agents, task.agent, ['above', place, 'agent'])),
  ];
}

export function agentCaseFaults(source: Source, named: Named, given: AgentCase): readonly Fault[] {
  const say: Say = (path, problem) => faultAt(source, path, problem);
  return [
    ...whoFaults(say, named, given),
    ...capabilityFaults(say, named, given),
    ...expectFaults(say, named, given),
  ];
}

const LACKED: Readonly<Record<PersonCase['does'], string>> = {
  approve: 'an approval is what an agent waits for at a target',
  restore: 'only an agent is restored',
  contain: 'name whose task it is, or leave `to` out for the broker',
  audit: 'name whose task it is, or leave `to` out for the broker',
};

/** Whether what they do can be done to that at all. */
function toFaults(say: Say, { does, to }: PersonCase): readonly Fault[] {
  const { agent, target, task } = to ?? {};
  const needed = {
    ...(does === 'approve' ? { agent, target } : {}),
    ...(does === 'restore' || to !== undefined ? { agent } : {}),
  };
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  return [
    ...missing.map(([key]) => say(['to'], `\`to.${key}\` is missing: ${LACKED[does]}`)),
    ...(target === undefined || does === 'approve'
      ? []
      : [say(['to', 'target'], `\`to.target\` is for approvals: nobody can ${does} a target`)]),
    ...(task === undefined || does === 'contain' || does === 'audit'
      ? []
      : [say(['to', 'task'], `\`to.task\` has no place here: nobody can ${does} a task`)]),
  ];
}

export function personCaseFaults(source: Source, named: Named, given: PersonCase): readonly Fault[] {
  const say: Say = (path, problem) => faultAt(source, path, problem);
  const { human, to } = given;
  const groups = (human.groups ?? []).map((group, place) => [group, ['human', 'groups', place]] as const);
  return [
    ...groupFaults(say, named, groups),
    ...toFaults(say, given),
    ...idFault(say, 'agent', named.config.agents, to?.agent, ['to', 'agent']),
    ...idFault(say, 'target', named.config.targets, to?.target, ['to', 'target']),
    ...expectFaults(say, named, given),
  ];
}
