// What came of the operator's policy cases, in words and as JSON.
import type { CaseResult, CasesRun } from '../../broker/index.ts';
import type { Config } from '../../config/index.ts';
import { approvalsInWords, type PolicyCase } from '../../policy/index.ts';

export interface Report {
  readonly config: Config;
  readonly run: CasesRun;
  /** How many cases there are, where only some of them were run: then nothing is said of what none touches. */
  readonly outOf?: number;
}

const OUTCOMES: Readonly<Record<PolicyCase['outcome'], string>> = {
  allowed: 'allowed',
  needsApproval: 'approval needed',
  denied: 'denied',
};

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** In brackets: the rest of an answer, or as much of it as is given. */
function brackets(parts: readonly (string | undefined)[]): string {
  const given = parts.filter((part) => part !== undefined);
  return given.length === 0 ? '' : ` (${given.join('; ')})`;
}

/** Of whom is left open where only the number was said. */
function approvalsText({ count, of }: NonNullable<PolicyCase['expect']['approvals']>): string {
  if (of === undefined) return counted(count ?? 0, 'approval');
  const named = Object.values(of).reduce((sum, needed) => sum + needed, 0);
  return approvalsInWords({ count: count ?? named, of });
}

function policiesText(policies: readonly string[]): string {
  return policies.length === 0 ? 'by no policy' : `by ${policies.join(', ')}`;
}

/** Of what is expected only the part that did not come. */
function expectedText({ case: { outcome, expect }, differs }: CaseResult): string {
  const { code, approvals, policies } = expect;
  return `${OUTCOMES[outcome]}${brackets([
    differs === 'code' ? code : undefined,
    differs === 'approvals' && approvals !== undefined ? approvalsText(approvals) : undefined,
    differs === 'policies' && policies !== undefined ? policiesText(policies) : undefined,
  ])}`;
}

function cameText({ came: { outcome, code, detail, approvals, policies } }: CaseResult): string {
  const refusal = detail === undefined ? code : `${code}: ${detail}`;
  return `${OUTCOMES[outcome]}${brackets([
    refusal,
    approvals === undefined ? undefined : approvalsText(approvals),
    detail === undefined ? policiesText(policies) : undefined,
  ])}`;
}

function lineOf({ case: { lines }, differs }: CaseResult): number {
  return differs === undefined || differs === 'outcome' ? 1 : (lines[differs] ?? 1);
}

function failedLine(result: CaseResult): string {
  return `${result.case.file}:${lineOf(result)}: expected ${expectedText(result)}, got ${cameText(result)}`;
}

function summary({ run: { results, failed, policies, untouched }, outOf }: Report): string {
  const passed = `${counted(results.length - failed, 'case')} passed, ${failed} failed`;
  return outOf === undefined
    ? `${passed}; ${policies - untouched.length} of ${counted(policies, 'policy', 'policies')} touched`
    : `${passed}, of ${outOf}; which policies are touched only all of them can tell`;
}

export function reportLines(report: Report): readonly string[] {
  const { run, outOf } = report;
  const untouched = outOf === undefined ? run.untouched : [];
  return [
    ...run.results.filter(({ differs }) => differs !== undefined).map(failedLine),
    ...untouched.map(({ file, line, id }) => `${file}:${line}: no case touches ${JSON.stringify(id)}`),
    summary(report),
  ];
}

function resultJson(result: CaseResult): object {
  const {
    case: { file, about, outcome, expect },
    came,
    differs,
  } = result;
  return {
    file,
    line: lineOf(result),
    ...(about === undefined ? {} : { about }),
    passed: differs === undefined,
    ...(differs === undefined ? {} : { differs }),
    expected: { outcome, ...expect },
    came,
  };
}

export function reportJson({ config, run, outOf }: Report): object {
  const { results, failed, policies, untouched } = run;
  return {
    configDigest: config.digest,
    passed: results.length - failed,
    failed,
    cases: results.map(resultJson),
    ...(outOf === undefined ? { policies, untouched } : { outOf }),
  };
}

function exampleOf({ agents, targets }: Config): readonly string[] {
  const [agent] = Object.values(agents).filter(({ capabilities }) => capabilities.length > 0);
  const [capability = 'target:capability'] = agent?.capabilities ?? [];
  const [target = '', name = ''] = capability.split(':');
  const parameters = Object.entries(targets[target]?.capabilities[name]?.parameters ?? {});
  return [
    'about: what it does every day',
    `agent: ${agent?.id ?? 'agent'}`,
    `capability: ${capability}`,
    ...(parameters.length === 0 ? [] : ['parameters:']),
    ...parameters.map(([parameter, { pattern }]) => `  ${parameter}: …  # ${pattern}`),
  ];
}

/** How to begin, with the names of the operator's own files. */
export function beginningLines(config: Config): readonly string[] {
  return [
    'There are no cases yet. A case is a file in policies/tests/allow/, approve/ or deny/: the folder is the answer',
    'that it expects. Begin with policies/tests/allow/every-day.yaml:',
    '',
    ...exampleOf(config).map((line) => `  ${line}`),
    '',
    'docs/commands.md says what else a case can say.',
  ];
}
