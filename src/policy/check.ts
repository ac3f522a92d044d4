// Every fault in the operator's policies at once, each with its place and what would be right.
import type { Config, Fault } from '../config/index.ts';
import { checkConditions } from './check-attributes.ts';
import { checkNames } from './check-entities.ts';
import type { Finding } from './check-findings.ts';
import { type Said, validate } from './check-validator.ts';
import { type ParsedPolicy, parsePolicies, sayError } from './policies.ts';
import { HUMAN_ACTIONS } from './schema.ts';
import { lineOfByte } from './source.ts';

const NEVER_APPLIES = 'the policy never applies';

/** The warnings that are faults here: a rule that never applies is worst where it is a forbid. */
function graveWarning(message: string): string | undefined {
  if (message.includes('unable to find an applicable action')) {
    return `${NEVER_APPLIES}: no action fits the principal, action and resource of its head`;
  }
  if (message.includes('policy is impossible')) {
    return `${NEVER_APPLIES}: what it asks for is false for every request`;
  }
  if (message.includes('BIDI'))
    return 'text with characters that change its direction: write it without them';
  return undefined;
}

const WRITTEN: Readonly<Record<string, string>> = {
  ipaddr: 'ip("10.0.0.0/8")',
  datetime: 'datetime("2026-01-31T12:00:00Z")',
};

const OF_PEOPLE = new RegExp(
  `in context for Action::"(?:${Object.keys(HUMAN_ACTIONS).join('|')})" not found`,
  'u',
);

/** Cedar's own words, where they are meant for those who work on Cedar. */
function plainly(sentence: string): string {
  const optional = /optional attribute `([^`]*)`.*presence with `(.*) && \.\.`/u.exec(sentence);
  if (optional !== null) {
    return `\`${optional[1]}\` may be missing: test for it first, as in \`${optional[2]} && …\``;
  }
  if (OF_PEOPLE.test(sentence)) {
    return 'what people do has no context: let the head name what agents do, as in `action in [Action::"read", Action::"write"]`';
  }
  const [, kind = ''] = /(?:expected|types|and|saw) (ipaddr|datetime)\b/u.exec(sentence) ?? [];
  const hint =
    sentence.includes('String') && kind !== '' ? `: text becomes one as in \`${WRITTEN[kind]}\`` : '';
  return sentence
    .replace('error during extension function argument validation: ', '')
    .replaceAll('__cedar::internal::AnyEntity', 'an entity')
    .concat(hint);
}

function faultOf({ policy, error }: Said, problem: string): Fault {
  const line = lineOfByte(policy.piece, error.sourceLocations?.[0]?.start ?? 0);
  return { file: policy.file, line, problem };
}

/** What both have found is told once, in our words, wherever either has seen it. */
function faultsOf(findings: readonly Finding[], errors: readonly Said[]): Fault[] {
  const byPolicy = Map.groupBy(findings, ({ policy }) => policy);
  const lines = new Map(findings.map((finding) => [finding, new Set(finding.lines)]));
  const others = errors.flatMap((said) => {
    const same = byPolicy.get(said.policy)?.find((finding) => finding.isSaidBy(said.error.message));
    if (same === undefined) return [faultOf(said, plainly(sayError(said.error)))];
    // What an error is about stands at its end: `context.time.hours`, over three lines.
    const place = said.error.sourceLocations?.[0];
    if (place !== undefined) lines.get(same)?.add(lineOfByte(said.policy.piece, Math.max(0, place.end - 1)));
    return [];
  });
  const own = findings.flatMap((finding) => {
    const { policy, problem } = finding;
    const found = [...(lines.get(finding) ?? [])];
    return (found.length === 0 ? [policy.piece.line] : found).map((line) => ({
      file: policy.file,
      line,
      problem,
    }));
  });
  return [...own, ...others];
}

function gravest(warnings: readonly Said[], faulty: ReadonlySet<ParsedPolicy>): Fault[] {
  const told = new Set(faulty);
  return warnings.flatMap((said) => {
    const problem = graveWarning(said.error.message);
    if (problem === undefined) return [];
    // Beside an error, that a policy never applies is only its consequence; and one such sentence is enough.
    if (problem.startsWith(NEVER_APPLIES)) {
      if (told.has(said.policy)) return [];
      told.add(said.policy);
    }
    return [faultOf(said, problem)];
  });
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
  const findings = [...checkNames(config, policies), ...checkConditions(config, policies)];
  const { errors, warnings } = validate(config, policies);
  const faulty = new Set([...findings, ...errors].map(({ policy }) => policy));
  const all = [...faults, ...faultsOf(findings, errors), ...gravest(warnings, faulty)];
  return once(all).sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** What can be said of the policies alone, where the files that they speak of are broken themselves. */
export async function checkPolicySyntax(policies: Config['policies']): Promise<readonly Fault[]> {
  return once(parsePolicies({ policies }).faults);
}
