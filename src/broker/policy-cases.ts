// Runs the operator's own cases under their rules: which hold, and which policies none of them touches.
import {
  countOf,
  type Decision,
  type Memory,
  type PlacedPolicy,
  type PolicyCase,
  placesOfPolicies,
} from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { decideAgain } from './decide-again.ts';
import type { DecidingRules } from './dependencies.ts';
import type { Verdict } from './recorded-decisions.ts';

/** What was answered, by policy or by the files before it. */
export interface Came extends Verdict {
  /** What a refusal by the files says. */
  readonly detail?: string;
}

export interface CaseResult {
  readonly case: PolicyCase;
  readonly came: Came;
  /** What is not as the case expects it, the outcome before all else; left out where all is. */
  readonly differs?: 'outcome' | keyof PolicyCase['expect'];
}

export interface CasesRun {
  /** In the order of the cases. */
  readonly results: readonly CaseResult[];
  readonly failed: number;
  /** How many policies the config has. */
  readonly policies: number;
  /** Those that no case touches: had no say in any answer. */
  readonly untouched: readonly PlacedPolicy[];
}

function cameOf(answer: Decision | Refusal): Came {
  if (answer instanceof Refusal) {
    const errors = (answer.extras.errors ?? []).map(({ path, problem }) => `${path} ${problem}`);
    const detail = [answer.detail, ...errors].join(' ');
    return { outcome: 'denied', code: answer.code, detail, policies: [] };
  }
  const { configDigest: _, ...came } = answer;
  return came;
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  const [these, those] = [new Set(some), new Set(others)];
  return these.size === those.size && [...these].every((one) => those.has(one));
}

function sameApprovals(expected: NonNullable<PolicyCase['expect']['approvals']>, came: Came): boolean {
  const { count = 0, of = {} } = came.approvals ?? {};
  if (expected.count !== undefined && expected.count !== count) return false;
  const wanted = expected.of;
  if (wanted === undefined) return true;
  return [...new Set([...Object.keys(wanted), ...Object.keys(of)])].every(
    (group) => countOf(wanted, group) === countOf(of, group),
  );
}

function differenceOf({ outcome, expect }: PolicyCase, came: Came): CaseResult['differs'] {
  const { code, approvals, policies } = expect;
  if (came.outcome !== outcome) return 'outcome';
  if (code !== undefined && code !== came.code) return 'code';
  if (approvals !== undefined && !sameApprovals(approvals, came)) return 'approvals';
  if (policies !== undefined && !sameSet(policies, came.policies)) return 'policies';
  return undefined;
}

/** The answer, and the policies that had a say in it. */
function answerOf(
  rules: DecidingRules,
  { asks }: PolicyCase,
): readonly [Decision | Refusal, readonly string[]] {
  if ('human' in asks) {
    const decision = rules.policy.mayHuman(asks.human);
    return [decision, decision.policies];
  }
  // What is remembered of one case is every answer on the way to its decision.
  const memory: Memory = new Map();
  const answer = decideAgain(rules, asks.operation, memory);
  return [answer, [...memory.values()].flatMap(({ touched }) => touched)];
}

export function runPolicyCases(rules: DecidingRules, cases: readonly PolicyCase[]): CasesRun {
  const touched = new Set<string>();
  const results = cases.map((one): CaseResult => {
    const [answer, policies] = answerOf(rules, one);
    for (const id of policies) touched.add(id);
    const came = cameOf(answer);
    const differs = differenceOf(one, came);
    return { case: one, came, ...(differs === undefined ? {} : { differs }) };
  });
  const all = placesOfPolicies(rules.config);
  return {
    results,
    failed: results.filter(({ differs }) => differs !== undefined).length,
    policies: all.length,
    untouched: all.filter(({ id }) => !touched.has(id)),
  };
}
