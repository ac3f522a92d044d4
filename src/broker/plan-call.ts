// Whether a request may be made of a target, and as which operation: structure first, then Cedar.
import type { AwsTarget, Config, HttpCapability, HttpTarget } from '../config/index.ts';
import { type Path, parsePath, sigv4In } from '../connectors/http/index.ts';
import type { Decision, DecisionInput, Operation } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { Task } from '../tasks/index.ts';
import { actingIn } from './acting.ts';
import type { Caller } from './caller.ts';
import { type FoundCapability, findAll } from './ceiling.ts';
import { chainProblem, decidedTask, decisionInput } from './chain.ts';
import { type CompiledSession, compileSession } from './compile-session.ts';
import { AMBIGUOUS, type Candidate, coveredBy, notCovered } from './coverage-http.ts';
import { decide, type RefusedOperation, refusalOfDecision, refusedPlan } from './decided.ts';
import type { Rules } from './dependencies.ts';
import { leaving } from './leaving.ts';
import { shown } from './masking.ts';
import { linksAbove, type Standing } from './standing.ts';
import { type HttpToJudge, httpTarget, type WantedHttp } from './wanted-http.ts';

export interface HttpPlan {
  readonly target: HttpTarget;
  readonly definition: HttpCapability;
  readonly path: Path;
  /** The most that a read may bring back, where it is capped. */
  readonly cap: number | undefined;
  /** As it is shown. */
  readonly operation: readonly Operation[];
  readonly decision: Decision;
  readonly input: DecisionInput;
  /** Where requests are signed with the task's session. */
  readonly aws?: CompiledSession;
}

function operationOf({ held, definition, route }: Candidate, { method, asExport }: WantedHttp): Operation {
  const { capability, parameters } = held;
  const isExport = asExport && definition.effect === 'read' && definition.exportAbove !== undefined;
  const [, template = ''] = route.text.split(' ');
  return {
    ...{ capability, parameters, http: { method, route: template } },
    ...(isExport ? { export: true } : {}),
  };
}

/** The AWS target whose session signs the target's requests, and what the task holds of it. */
function signingOf({ targets }: Config, target: HttpTarget, task: Task) {
  const sigv4 = sigv4In(target.inject);
  if (sigv4 === undefined) return undefined;
  const aws = Object.hasOwn(targets, sigv4.target) ? targets[sigv4.target] : undefined;
  const held = task.capabilities.filter(({ capability }) => capability.startsWith(`${sigv4.target}:`));
  if (aws?.kind === 'aws' && held.length > 0) return { aws, held };
  return new Refusal(
    'outside_task',
    `Calls of ${target.id} are signed with the task's session of ${sigv4.target}, and the task holds no capability of that.`,
  );
}

function sessionFor(
  { aws, found }: { readonly aws: AwsTarget; readonly found: readonly FoundCapability[] },
  asked: readonly Operation[],
  visible: readonly Operation[],
  context: { task: Task; session: string; caller: Pick<Caller, 'facts'>; now: Date },
): CompiledSession | Refusal {
  const grantsOf = (operations: readonly Operation[]) =>
    found.flatMap(({ name }, place) => {
      const definition = aws.capabilities[name];
      return definition === undefined
        ? []
        : [{ definition, parameters: operations[place]?.parameters ?? {} }];
    });
  return compileSession({
    ...{ target: aws, operation: asked, ...context },
    grants: grantsOf(asked),
    shown: grantsOf(visible),
  });
}

export function planCall(
  rules: Rules,
  standing: Standing | undefined,
  wanted: HttpToJudge,
  session: string,
  caller: Pick<Caller, 'facts' | 'token'>,
  now: Date,
  approvals?: DecisionInput['approvals'],
): HttpPlan | RefusedOperation {
  const acting = actingIn(rules, standing, now);
  if (acting instanceof Refusal) return { refusal: acting };
  const { task, agent } = acting;
  const target = httpTarget(rules.config, wanted.target);
  if (target === undefined) return { refusal: notCovered(rules.config, task, wanted) };
  const path = parsePath(wanted.path);
  if (path === undefined) return { refusal: AMBIGUOUS };
  const covered = coveredBy(task, target, wanted, path);
  if (covered instanceof Refusal) return { refusal: covered };
  const signing = signingOf(rules.config, target, task);
  if (signing instanceof Refusal) return { refusal: signing };

  const signed = (signing?.held ?? []).map(({ capability, parameters }) => ({ capability, parameters }));
  const asked: readonly Operation[] = [operationOf(covered, wanted), ...signed];
  const operation = shown(rules.masking, asked);
  const above = linksAbove(acting.standing);
  const input = decisionInput([task, ...above].map(decidedTask), operation, caller.facts, now, approvals);
  const found = findAll(rules.config, agent, asked);
  if (found instanceof Refusal) return refusedPlan(found, operation, input);
  const aboveSaysNo = chainProblem(rules, above, asked);
  if (aboveSaysNo !== undefined) return refusedPlan(aboveSaysNo, operation, input);
  const mustStay = leaving(rules, wanted, caller.token);
  if (mustStay !== undefined) return { refusal: mustStay, operation };

  const decision = decide(rules.policy, input);
  const refused = refusalOfDecision(decision);
  if (refused !== undefined) return { refusal: refused, operation, decision, input };
  const { definition } = covered;
  const isCapped = definition.effect === 'read' && operation[0]?.export !== true;
  const plan = {
    ...{ target, definition, path, operation, decision, input },
    cap: isCapped ? definition.exportAbove?.bytes : undefined,
  };
  if (signing === undefined) return plan;
  const context = { task, session, caller, now };
  const of = { aws: signing.aws, found: found.slice(1) };
  const aws = sessionFor(of, asked.slice(1), operation.slice(1), context);
  return aws instanceof Refusal ? { refusal: aws, operation, decision, input } : { ...plan, aws };
}
