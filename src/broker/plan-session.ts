// Whether these credentials may be had, and what STS would be asked for: structure first, then Cedar.
import type { AwsTarget } from '../config/index.ts';
import type { Decision, DecisionInput } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import { coverageOf, type Parameters, type RequestedCapability, type Task } from '../tasks/index.ts';
import { actingIn } from './acting.ts';
import type { Caller } from './caller.ts';
import { type FoundCapability, findAll } from './ceiling.ts';
import { chainProblem, decidedTask, decisionInput } from './chain.ts';
import { type CompiledSession, compileSession } from './compile-session.ts';
import { decide, type RefusedOperation, refusalOfDecision, refusedPlan } from './decided.ts';
import type { Rules } from './dependencies.ts';
import { egressProblem, outgoingOf } from './egress.ts';
import { shown } from './masking.ts';
import { linksAbove, type Standing } from './standing.ts';

export interface WantedCapability {
  readonly capability: string;
  /** Left out, they are the task's. */
  readonly parameters?: Parameters | undefined;
}

export interface SessionPlan extends CompiledSession {
  readonly target: string;
  /** As it is shown. */
  readonly operation: readonly RequestedCapability[];
  readonly decision: Decision;
  readonly input: DecisionInput;
}

/** The capabilities with the parameters that the task holds them with. */
function coveredBy(
  task: Task,
  wanted: readonly WantedCapability[],
): readonly RequestedCapability[] | Refusal {
  const covered: RequestedCapability[] = [];
  for (const { capability, parameters } of wanted) {
    const coverage = coverageOf(task, capability, parameters);
    if (coverage.covered) {
      covered.push({ capability, parameters: coverage.held.parameters });
    } else if (coverage.reason === 'ambiguous') {
      return new Refusal(
        'invalid_request',
        `The task holds ${capability} more than once: say which parameters are meant.`,
        { errors: [{ path: 'parameters', problem: 'is required here' }] },
      );
    } else {
      const held = task.capabilities.map((one) => one.capability).join(', ');
      const with_ = coverage.reason === 'other_parameters' ? ' with these parameters' : '';
      return new Refusal(
        'outside_task',
        `The task does not cover ${capability}${with_}. It covers: ${held}. Open another task for other work.`,
      );
    }
  }
  return covered;
}

/** The one AWS target that all of them are of. */
function oneTarget(found: readonly FoundCapability[]): AwsTarget | Refusal {
  const targets = new Map(found.map(({ target }) => [target.id, target]));
  const [target, another] = targets.values();
  if (target === undefined || another !== undefined) {
    return new Refusal('invalid_request', 'All capabilities of one request must be of one target.', {
      errors: [{ path: 'capabilities', problem: 'must all be of one target' }],
    });
  }
  if (target.kind === 'aws') return target;
  return new Refusal(
    'invalid_request',
    `${target.id} is of kind ${target.kind}: only targets of kind aws give credentials.`,
    { errors: [{ path: 'capability', problem: 'must be of a target of kind aws' }] },
  );
}

export function planSession(
  rules: Rules,
  standing: Standing | undefined,
  wanted: readonly WantedCapability[],
  session: string,
  caller: Pick<Caller, 'facts'>,
  now: Date,
  approvals?: DecisionInput['approvals'],
): SessionPlan | RefusedOperation {
  const acting = actingIn(rules, standing, now);
  if (acting instanceof Refusal) return { refusal: acting };
  const { task, agent } = acting;
  const operation = coveredBy(task, wanted);
  if (operation instanceof Refusal) return { refusal: operation };
  const above = linksAbove(acting.standing);
  const visible = shown(rules.masking, operation);
  const input = decisionInput([task, ...above].map(decidedTask), visible, caller.facts, now, approvals);
  const found = findAll(rules.config, agent, operation);
  if (found instanceof Refusal) return refusedPlan(found, visible, input);
  const aboveSaysNo = chainProblem(rules, above, operation);
  if (aboveSaysNo !== undefined) return refusedPlan(aboveSaysNo, visible, input);
  const target = oneTarget(found);
  if (target instanceof Refusal) return { refusal: target, operation: visible };
  const carriesSecret = egressProblem(rules.masking, outgoingOf(operation));
  if (carriesSecret !== undefined) return { refusal: carriesSecret, operation: visible };

  const decision = decide(rules.policy, input);
  const decided = { operation: visible, decision, input };
  const refused = refusalOfDecision(decision);
  if (refused !== undefined) return { refusal: refused, ...decided };

  const grantsOf = (asked: readonly RequestedCapability[]) =>
    found.flatMap(({ name }, place) => {
      const definition = target.capabilities[name];
      return definition === undefined ? [] : [{ definition, parameters: asked[place]?.parameters ?? {} }];
    });
  const grants = grantsOf(operation);
  const compiled = compileSession({
    ...{ target, operation, grants, task, session, caller, now },
    shown: grantsOf(visible),
  });
  if (compiled instanceof Refusal) return { refusal: compiled, ...decided };
  return { target: target.id, ...decided, ...compiled };
}
