// Every fault in the operator's policies at once, each with its place and what would be right.
import type { Config, Fault } from '../config/index.ts';
import { closest } from '../shared/closest.ts';
import { CedarFailed, cedar, type DetailedError, type TypeAndId } from './cedar.ts';
import { type Policy, parsePolicies, sayError } from './policies.ts';
import { actionIds, actionsOf, approverGroups, NOBODY, schemaOf } from './schema.ts';
import { lineOfByte, lineOfPattern } from './source.ts';

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

const NOT_FOUND: Readonly<Record<string, string>> = {
  Agent: 'no file in agents/ has that id',
  Target: 'no file in targets/ has that id',
  Group: 'no person, agent, owner, escalateTo or humans.groups names that group',
  Action: 'it is neither an effect, nor target:capability, nor what people do',
  Broker: 'there is only Broker::"this"',
};

function suggest(word: string, candidates: readonly string[], otherwise: string): string {
  const meant = closest(word, candidates);
  return meant === undefined ? otherwise : `did you mean "${meant}"?`;
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** What the policies' trees name that does not exist, which Cedar's validator does not mind or says worse. */
interface Unknown {
  readonly policy: Policy;
  readonly fault: Fault;
  /** How the validator would name the same thing, in one of these ways. */
  readonly aliases: readonly string[];
}

function unknownEntities(policy: Policy, ids: ReadonlyMap<string, ReadonlySet<string>>): readonly Unknown[] {
  const named = new Map<string, TypeAndId>();
  for (const uid of [...policy.facts.inHead, ...policy.facts.inConditions])
    named.set(`${uid.type} ${uid.id}`, uid);
  return [...named.values()].flatMap(({ type, id }) => {
    const exist = ids.get(type);
    if (exist === undefined || exist.has(id)) return [];
    const literal = new RegExp(`\\b${type}\\s*::\\s*"${literally(id)}"`);
    const hint = suggest(id, [...exist], NOT_FOUND[type] ?? 'nothing has that id');
    const problem = `${type}::"${id}" does not exist: ${hint}`;
    const fault = { file: policy.file, line: lineOfPattern(policy.piece, literal), problem };
    return [{ policy, fault, aliases: [`\`${type}::"${id}"\``] }];
  });
}

function unknownApprovers(policy: Policy, groups: readonly string[]): readonly Unknown[] {
  return policy.facts.approvers
    .filter((group) => !groups.includes(group))
    .map((group) => {
      const name = literally(group);
      const access = new RegExp(
        `\\b(?:of\\s*(?:\\.\\s*${name}\\b|\\[\\s*"${name}"|has\\s+(?:${name}\\b|"${name}")))`,
      );
      const hint =
        group === NOBODY ? 'nobody is ever in it' : suggest(group, groups, NOT_FOUND['Group'] ?? '');
      const problem = `context.approvals.of has no group "${group}": ${hint}`;
      const fault = { file: policy.file, line: lineOfPattern(policy.piece, access), problem };
      return { policy, fault, aliases: [`approvals.of.${group}\``, `approvals.of["${group}"]`] };
    });
}

/**
 * What Cedar's validator says, by the policy's place in the list. Actions that no policy names are left out of
 * the schema: they look like their effect, and each would be checked against every policy.
 */
function validate(config: Config, policies: readonly Policy[]) {
  const named = new Set(
    policies.flatMap(({ facts }) => [...facts.inHead, ...facts.inConditions]).map(({ id }) => id),
  );
  const capabilities = Object.keys(config.targets).flatMap((target) => actionsOf(config, target));
  const schema = schemaOf(
    config,
    capabilities.filter(({ id }) => named.has(id)),
  );
  const staticPolicies = Object.fromEntries(policies.map(({ piece }, i) => [`p${i}`, piece.text]));
  const answer = cedar((module) => module.validate({ schema, policies: { staticPolicies } }));
  if (answer.type === 'failure') {
    throw new CedarFailed(answer.errors[0]?.message ?? 'Cedar did not validate the policies');
  }
  return { errors: answer.validationErrors, warnings: answer.validationWarnings };
}

/** The warnings that are faults here: a rule that never applies is worst where it is a forbid. */
function graveWarning({ message }: DetailedError): string | undefined {
  if (message.includes('unable to find an applicable action')) {
    return 'the policy never applies: no action fits the principal, action and resource of its head';
  }
  if (message.includes('policy is impossible')) {
    return 'the policy never applies: what it asks for is false for every request';
  }
  if (message.includes('BIDI'))
    return 'text with characters that change its direction: write it without them';
  return undefined;
}

function validatorFaults(config: Config, policies: readonly Policy[], unknown: readonly Unknown[]): Fault[] {
  const { errors, warnings } = validate(config, policies);
  const at = (policyId: string) => policies[Number(policyId.slice(1))];
  const faults: Fault[] = [];
  const faulty = new Set(unknown.map(({ policy }) => policy));
  const add = (policy: Policy, error: DetailedError, problem: string) => {
    const line = lineOfByte(policy.piece, error.sourceLocations?.[0]?.start ?? 0);
    faults.push({ file: policy.file, line, problem });
  };
  for (const { policyId, error } of errors) {
    const policy = at(policyId);
    if (policy === undefined) continue;
    faulty.add(policy);
    const said = unknown.some(
      ({ policy: its, aliases }) => its === policy && aliases.some((alias) => error.message.includes(alias)),
    );
    if (!said) add(policy, error, sayError(error));
  }
  for (const { policyId, error } of warnings) {
    const policy = at(policyId);
    const problem = graveWarning(error);
    if (policy === undefined || problem === undefined) continue;
    // Beside an error, that a policy never applies is only its consequence; and one such sentence is enough.
    if (problem.startsWith('the policy never applies')) {
      if (faulty.has(policy)) continue;
      faulty.add(policy);
    }
    add(policy, error, problem);
  }
  return faults;
}

/** A policy is checked against every kind of request; what differs only in the action is one fault. */
function once(faults: readonly Fault[]): Fault[] {
  const seen = new Map<string, Fault>();
  for (const fault of faults) {
    const key = `${fault.file}:${fault.line}:${fault.problem.replace(/Action::"[^"]*"/g, 'Action')}`;
    if (!seen.has(key)) seen.set(key, fault);
  }
  return [...seen.values()];
}

export async function checkPolicies(config: Config): Promise<readonly Fault[]> {
  const { policies, faults } = parsePolicies(config);
  const ids = knownIds(config);
  const groups = approverGroups(config);
  const unknown = policies.flatMap((policy) => [
    ...unknownEntities(policy, ids),
    ...unknownApprovers(policy, groups),
  ]);
  const all = [
    ...faults,
    ...unknown.map(({ fault }) => fault),
    ...validatorFaults(config, policies, unknown),
  ];
  return once(all).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** What can be said of the policies alone, where the files that they speak of are broken themselves. */
export async function checkPolicySyntax(policies: Config['policies']): Promise<readonly Fault[]> {
  return once(parsePolicies({ policies }).faults);
}
