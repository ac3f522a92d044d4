// The ids that policies name and nobody has: of agents, targets, groups and actions.
import type { Config } from '../config/index.ts';
import type { TypeAndId } from './cedar.ts';
import { type Finding, linesOf, literally, quoted, suggest } from './check-findings.ts';
import type { ParsedPolicy } from './policies.ts';
import { actionIds, NOBODY } from './schema.ts';

/** The ids that exist, of the types whose ids are known. People, tasks and approvals come and go. */
function knownIds(config: Config): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map([
    ['Agent', new Set(Object.keys(config.agents))],
    ['Target', new Set(Object.keys(config.targets))],
    ['Group', new Set([...config.groups, NOBODY])],
    ['Action', new Set(actionIds(config))],
    ['Broker', new Set(['this'])],
  ]);
}

export const NO_SUCH_GROUP = 'no person, agent, owner, escalateTo or humans.groups names that group';

const NOT_FOUND: Readonly<Record<string, string>> = {
  Agent: 'no file in agents/ has that id',
  Target: 'no file in targets/ has that id',
  Group: NO_SUCH_GROUP,
  Action: 'it is neither an effect, nor target:capability, nor what people do',
  Broker: 'there is only Broker::"this"',
};

function unknownEntities(
  policy: ParsedPolicy,
  ids: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Finding[] {
  const named = new Map<string, TypeAndId>();
  for (const uid of [...policy.facts.inHead, ...policy.facts.inConditions]) {
    if (ids.get(uid.type)?.has(uid.id) === false) named.set(`${uid.type} ${uid.id}`, uid);
  }
  return [...named.values()].map(({ type, id }) => {
    const others = [...(ids.get(type) ?? [])].filter((other) => other !== NOBODY);
    const hint = suggest(id, others, NOT_FOUND[type] ?? 'nothing has that id');
    return {
      policy,
      lines: linesOf(policy.piece, `\\b${type}\\s*::\\s*"${literally(id)}"`),
      problem: `${type}::${quoted(id)} does not exist: ${hint}`,
      isSaidBy: (message) => message.includes(`\`${type}::"${id}"\``),
    };
  });
}

export function checkNames(config: Config, policies: readonly ParsedPolicy[]): readonly Finding[] {
  const ids = knownIds(config);
  return policies.flatMap((policy) => unknownEntities(policy, ids));
}
