// Whether a request may be made of a target, and as which operation: structure first, then Cedar.
import type { AwsTarget, Config, HttpCapability, HttpRoute, HttpTarget } from '../config/index.ts';
import {
  boundProblem,
  constraintProblem,
  isEncoded,
  matchRoutes,
  type Path,
  parsePath,
  parseRoute,
  type Route,
} from '../connectors/http/index.ts';
import { isSecretType } from '../masking/index.ts';
import type { Decision, DecisionInput, Operation } from '../policy/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { HeldCapability, Task } from '../tasks/index.ts';
import type { Caller } from './caller.ts';
import { type FoundCapability, findAll } from './ceiling.ts';
import { chainProblem, decidedTask, decisionInput } from './chain.ts';
import { type CompiledSession, compileSession } from './compile-session.ts';
import { decide, type RefusedOperation, refusalOfDecision, refusedPlan } from './decided.ts';
import type { Rules } from './dependencies.ts';
import { secretEgress } from './egress.ts';
import type { MaskTally } from './mask-counts.ts';
import { shown } from './masking.ts';
import { linksAbove, type Standing, standingProblem } from './standing.ts';

/** A request for a target, as the agent sent it; what is judged has no headers but those that go on. */
export interface WantedHttp {
  readonly target: string;
  readonly method: string;
  /** Below the target's base URL, with the slash it begins with. */
  readonly path: string;
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  /** It says itself that it asks for more than a read is capped at. */
  readonly asExport: boolean;
}

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

export function httpTarget({ targets }: Config, id: string): HttpTarget | undefined {
  const target = Object.hasOwn(targets, id) ? targets[id] : undefined;
  return target?.kind === 'http' ? target : undefined;
}

function headerOf({ headers }: Pick<WantedHttp, 'headers'>, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** The first: no other goes on. */
export function contentTypeOf(wanted: Pick<WantedHttp, 'headers'>): string | undefined {
  return headerOf(wanted, 'content-type');
}

function contentEncodingOf({ headers }: Pick<WantedHttp, 'headers'>): string {
  return headers
    .filter(([name]) => name.toLowerCase() === 'content-encoding')
    .map(([, value]) => value)
    .join(', ');
}

/** A capability of the target's that the task holds, and the route of it that the request takes. */
interface Candidate {
  readonly held: HeldCapability;
  readonly definition: HttpCapability;
  readonly route: Route;
}

const PARSED = new WeakMap<HttpCapability, ReadonlyMap<Route, HttpRoute>>();

function routesOf(capability: HttpCapability): ReadonlyMap<Route, HttpRoute> {
  const known = PARSED.get(capability);
  if (known !== undefined) return known;
  const parsed = new Map(
    capability.routes.map((written) => {
      const route = parseRoute(written.route);
      if ('problem' in route) throw new TypeError(`${written.route} ${route.problem}`);
      return [route, written];
    }),
  );
  PARSED.set(capability, parsed);
  return parsed;
}

const RANK = { read: 0, write: 1, admin: 2 } as const;

const literalsOf = ({ parts }: Route) => parts.filter((part) => 'literal' in part).length;

function heldOf(task: Task, target: HttpTarget) {
  return task.capabilities.flatMap((held) => {
    const name = held.capability.slice(target.id.length + 1);
    const isOfTarget = held.capability === `${target.id}:${name}` && Object.hasOwn(target.capabilities, name);
    const definition = isOfTarget ? target.capabilities[name] : undefined;
    return definition === undefined ? [] : [{ held, definition }];
  });
}

const AMBIGUOUS = new Refusal(
  'outside_task',
  'The path could mean two things to two servers, so no route covers it: send it without dot segments, `//`, a slash at its end, `;`, `\\`, controls, and without `/`, `\\`, `.`, `%` or `;` as escapes.',
);

/** Frameworks that read query and body as one find in the other part what a rule did not look at. */
function aroundRules(rules: HttpRoute, { method, query, body }: WantedHttp): string | undefined {
  const hasBody = body !== undefined && body.length > 0;
  if (rules.query !== undefined && rules.body === undefined && hasBody && READING.includes(method)) {
    return `a ${method} whose query is ruled takes no body`;
  }
  return rules.body !== undefined && rules.query === undefined && query.length > 0
    ? 'it takes no query: only its body has rules'
    : undefined;
}

const READING = ['GET', 'HEAD', 'OPTIONS', 'DELETE'];

/** The least that the task holds and that covers the request: of two that do, the lesser effect, then the closer route. */
function coveredBy(task: Task, target: HttpTarget, wanted: WantedHttp, path: Path): Candidate | Refusal {
  const content = {
    ...wanted,
    contentType: contentTypeOf(wanted),
    contentEncoding: contentEncodingOf(wanted),
  };
  const held = heldOf(task, target);
  const covering: Candidate[] = [];
  let problem: string | undefined;
  for (const { held: one, definition } of held) {
    const routes = routesOf(definition);
    for (const { route, parameters } of matchRoutes([...routes.keys()], wanted.method, path)) {
      const rules = routes.get(route);
      if (rules === undefined) continue;
      const wrong =
        boundProblem(parameters, one.parameters) ??
        aroundRules(rules, wanted) ??
        constraintProblem(rules, content, one.parameters);
      if (wrong === undefined) covering.push({ held: one, definition, route });
      problem ??= wrong === undefined ? undefined : `\`${route.text}\` covers it, but ${wrong}`;
    }
  }
  const [first] = covering.sort(
    (a, b) =>
      RANK[a.definition.effect] - RANK[b.definition.effect] || literalsOf(b.route) - literalsOf(a.route),
  );
  if (first !== undefined) return first;
  const covered = held.flatMap(({ definition }) => definition.routes.map(({ route }) => route));
  return new Refusal(
    'outside_task',
    `The task does not cover this request of ${target.id}: ${problem ?? (covered.length === 0 ? 'it holds no capability of it' : `it covers ${covered.slice(0, 20).join(', ')}`)}.`,
  );
}

function notCovered({ targets }: Config, wanted: WantedHttp): Refusal {
  const kind = Object.hasOwn(targets, wanted.target) ? targets[wanted.target]?.kind : undefined;
  const id = wanted.target.slice(0, 64);
  return new Refusal(
    'outside_task',
    kind === undefined
      ? `The task covers nothing of ${id}.`
      : `${id} is of kind ${kind}, and can't be called over HTTP.`,
  );
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
  const sigv4 = target.inject.flatMap((one) => ('sigv4' in one ? [one.sigv4] : []))[0];
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

/** A request, and what of it goes on: that is what is judged. */
export interface HttpToJudge extends WantedHttp {
  readonly forwarded: WantedHttp['headers'];
  /** What was masked of it. */
  readonly found: MaskTally;
  readonly unreadable?: string;
}

const ENCODED = new Refusal(
  'unsupported_media_type',
  'A body is judged and written down as it is: send it without `content-encoding`.',
);

const UNREADABLE =
  'A body is judged and written down as it is, and this one can not be read: send it in UTF-8.';

const CARRIES_TOKEN = new Refusal(
  'secret_egress',
  "The request carries the task's own token in its path, query or body, where the target would get it. Send it in a header that is for it.",
);

function carriesToken({ path, query, body }: WantedHttp, token: string | undefined): boolean {
  if (token === undefined || token === '') return false;
  const said = [path, ...query.flat()].some((text) => text.includes(token));
  return said || (body !== undefined && Buffer.from(body).includes(token));
}

/** What must not leave, whatever policy says of it. */
function leaving(
  { masking }: Pick<Rules, 'masking'>,
  { target, body, forwarded, found, unreadable, ...wanted }: HttpToJudge,
  token: string | undefined,
): Refusal | undefined {
  if (body !== undefined && body.length > 0 && isEncoded(forwarded)) return ENCODED;
  if (unreadable !== undefined) return new Refusal('unsupported_media_type', `${UNREADABLE} ${unreadable}`);
  if (carriesToken({ ...wanted, target, body }, token)) return CARRIES_TOKEN;
  const secrets = masking.refusesSecrets(target) ? [...found.keys()].filter(isSecretType).sort() : [];
  return secrets.length === 0 ? undefined : secretEgress(target, secrets);
}

/** Whether any capability that the agent may hold has such a route. Says nothing of what it may do under a task. */
export function mayBeCovered(
  { agents }: Config,
  agent: string,
  target: HttpTarget,
  wanted: WantedHttp,
): boolean {
  const path = parsePath(wanted.path);
  const ceiling = agents[agent]?.capabilities ?? [];
  return (
    path !== undefined &&
    Object.entries(target.capabilities).some(
      ([name, capability]) =>
        ceiling.includes(`${target.id}:${name}`) &&
        matchRoutes([...routesOf(capability).keys()], wanted.method, path).length > 0,
    )
  );
}

export function planCall(
  rules: Rules,
  standing: Standing | undefined,
  wanted: HttpToJudge,
  session: string,
  caller: Pick<Caller, 'facts' | 'token'>,
  now: Date,
): HttpPlan | RefusedOperation {
  const problem = standingProblem(standing, now);
  if (problem !== undefined || standing === undefined) {
    return { refusal: problem ?? new Refusal('task_over', 'The task is over.') };
  }
  const { task } = standing;
  const agent = rules.config.agents[task.agent];
  if (agent === undefined) {
    return { refusal: new Refusal('unknown_agent', 'The agent is no longer registered.') };
  }
  const target = httpTarget(rules.config, wanted.target);
  if (target === undefined) return { refusal: notCovered(rules.config, wanted) };
  const path = parsePath(wanted.path);
  if (path === undefined) return { refusal: AMBIGUOUS };
  const covered = coveredBy(task, target, wanted, path);
  if (covered instanceof Refusal) return { refusal: covered };
  const signing = signingOf(rules.config, target, task);
  if (signing instanceof Refusal) return { refusal: signing };

  const signed = (signing?.held ?? []).map(({ capability, parameters }) => ({ capability, parameters }));
  const asked: readonly Operation[] = [operationOf(covered, wanted), ...signed];
  const operation = shown(rules.masking, asked);
  const above = linksAbove(standing);
  const input = decisionInput([task, ...above].map(decidedTask), operation, caller.facts, now);
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
