// Which of a task's capabilities covers a request: its route, the parameters bound in it, and what its fields must be.
import type { Config, HttpCapability, HttpRoute, HttpTarget } from '../config/index.ts';
import {
  boundProblem,
  constraintProblem,
  matchRoutes,
  type Path,
  parsePath,
  parseRoute,
  type Route,
} from '../connectors/http/index.ts';
import { Refusal } from '../shared/errors.ts';
import type { HeldCapability, Task } from '../tasks/index.ts';
import { contentEncodingOf, contentTypeOf, type HttpToJudge, type WantedHttp } from './wanted-http.ts';

/** A capability of the target's that the task holds, and the route of it that the request takes. */
export interface Candidate {
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
  const found: Omit<Candidate, 'route'>[] = [];
  for (const held of task.capabilities) {
    const name = held.capability.slice(target.id.length + 1);
    const isOfTarget = held.capability === `${target.id}:${name}` && Object.hasOwn(target.capabilities, name);
    const definition = isOfTarget ? target.capabilities[name] : undefined;
    if (definition !== undefined) found.push({ held, definition });
  }
  return found;
}

export const AMBIGUOUS = new Refusal(
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
export function coveredBy(
  task: Task,
  target: HttpTarget,
  wanted: HttpToJudge,
  path: Path,
): Candidate | Refusal {
  const going = { headers: wanted.forwarded };
  const content = {
    ...wanted,
    contentType: contentTypeOf(going),
    contentEncoding: contentEncodingOf(going),
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
      problem ??= wrong === undefined ? undefined : `\`${route.text}\` covers it, but ${inSentence(wrong)}`;
    }
  }
  const [first] = covering.sort(
    (a, b) =>
      RANK[a.definition.effect] - RANK[b.definition.effect] || literalsOf(b.route) - literalsOf(a.route),
  );
  if (first !== undefined) return first;
  if (held.length === 0) return coversNothing(target.id);
  const covered = held.flatMap(({ definition }) => definition.routes.map(({ route }) => route));
  return new Refusal(
    'outside_task',
    `The task does not cover this request of ${target.id}: ${problem ?? `it covers ${covered.slice(0, 20).join(', ')}`}.`,
  );
}

/** As part of a longer one. */
function inSentence(sentence: string): string {
  return sentence.replace(/^The /u, 'the ').replace(/\.$/u, '');
}

/** Whether there is such a target is nobody's business whose task holds nothing of it. */
function coversNothing(target: string): Refusal {
  return new Refusal('outside_task', `The task covers nothing of ${target.slice(0, 64)}.`);
}

export function notCovered({ targets }: Config, task: Task, { target }: WantedHttp): Refusal {
  const kind = Object.hasOwn(targets, target) ? targets[target]?.kind : undefined;
  const isHeld = task.capabilities.some(({ capability }) => capability.startsWith(`${target}:`));
  if (kind === undefined || !isHeld) return coversNothing(target);
  return new Refusal('outside_task', `${target} is of kind ${kind}, and can't be called over HTTP.`);
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
