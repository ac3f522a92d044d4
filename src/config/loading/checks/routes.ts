// The routes of an HTTP target's capabilities: each once, what they are bound to declared, and what they do as is said.
import { parseRoute, type Route } from '../../../connectors/http/index.ts';
import type { Fault } from '../../model.ts';
import { at, entriesAt, itemsAt, type Path, textAt } from '../access.ts';
import { faultAt, type Source } from '../source.ts';
import { quoted, rather } from '../words.ts';
import type { Findings } from './common.ts';
import { formsOf } from './http.ts';

interface Rule {
  readonly path: Path;
  readonly value: unknown;
}

interface Written {
  readonly path: Path;
  readonly capability: string;
  readonly effect: string | undefined;
  readonly declared: readonly string[];
  readonly route: Route;
  readonly query: readonly Rule[];
  readonly body: readonly Rule[];
  readonly hasRules: boolean;
}

function rulesAt(data: unknown, path: Path): readonly Rule[] {
  return entriesAt(data, path).map(([name, value]) => ({ path: [...path, name], value }));
}

/** Those that are routes at all. */
function routesOf({ data }: Source, capability: string): readonly Written[] {
  const above: Path = ['capabilities', capability];
  const declared = entriesAt(data, [...above, 'parameters']).map(([name]) => name);
  const effect = textAt(data, [...above, 'effect']);
  return itemsAt(data, [...above, 'routes']).flatMap((item, index) => {
    const path: Path = [...above, 'routes', index];
    const text = typeof item === 'string' ? item : textAt(item, ['route']);
    const route = text === undefined ? undefined : parseRoute(text);
    if (route === undefined || 'problem' in route) return [];
    const query = rulesAt(data, [...path, 'query']);
    const body = rulesAt(data, [...path, 'body']);
    const hasRules = at(item, ['query']) !== undefined || at(item, ['body']) !== undefined;
    return [{ path, capability, effect, declared, route, query, body, hasRules }];
  });
}

/** The same for routes that cover the same requests: what a parameter is called matters only where it is bound. */
function keyOf({ route, declared }: Written): string {
  const parts = route.parts.map((part) => {
    if ('literal' in part) return part.literal;
    const bound = declared.includes(part.parameter) ? part.parameter : '';
    return { bound, isRest: part.isRest };
  });
  return JSON.stringify([route.method, parts]);
}

function placeOf(source: Source, { path }: Written): string {
  return `${source.file}:${source.lineOf(path)}`;
}

function twice(source: Source, routes: readonly Written[]): readonly Fault[] {
  const first = new Map<string, Written>();
  return routes.flatMap((one) => {
    const key = keyOf(one);
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, one);
      return [];
    }
    const problem = `${quoted(one.route.text)} covers what ${quoted(other.route.text)} at ${placeOf(source, other)} covers: a route stands in a capability once`;
    return [faultAt(source, one.path, problem)];
  });
}

function parameterOf({ value }: Rule): string | undefined {
  return textAt(value, ['parameter']);
}

function undeclared(source: Source, { query, body, declared }: Written): readonly Fault[] {
  return [...query, ...body].flatMap((rule) => {
    const name = parameterOf(rule);
    if (name === undefined || declared.includes(name)) return [];
    const problem = `there is no parameter ${quoted(name)}${rather(name, declared)}; declare it under \`parameters\``;
    return [faultAt(source, [...rule.path, 'parameter'], problem)];
  });
}

/** What a value in a query can never be. */
function nullInQuery(source: Source, { query }: Written): readonly Fault[] {
  return query.flatMap(({ path, value }) => {
    const is = at(value, ['is']);
    const holds = [value, is].some((one) => one === null || (Array.isArray(one) && one.includes(null)));
    if (!holds) return [];
    const problem = `${quoted(path.at(-1))} is empty or \`null\`, which a value in a query never is: say what it may be`;
    return [faultAt(source, path, problem)];
  });
}

function misplacedBody(source: Source, { path, route }: Written): readonly Fault[] {
  const hasBody = at(source.data, [...path, 'body']) !== undefined;
  if (hasBody && (route.method === 'GET' || route.method === 'HEAD')) {
    const problem = `a ${route.method} has no body: leave \`body\` out, or constrain its \`query\``;
    return [faultAt(source, [...path, 'body'], problem)];
  }
  if (hasBody || at(source.data, [...path, 'otherFields']) === undefined) return [];
  const problem =
    '`otherFields` stands beside `body` only: without it, any body may be sent with whatever fields';
  return [faultAt(source, [...path, 'otherFields'], problem)];
}

/** The agent's would stand beside the broker's own, or in its place. */
function injectedQuery(source: Source, { query }: Written): readonly Fault[] {
  const injected = formsOf(source).flatMap(({ value }) => textAt(value, ['query']) ?? []);
  return query
    .filter(({ path }) => injected.includes(String(path.at(-1))))
    .map(({ path }) => {
      const problem = `${quoted(path.at(-1))} is what \`inject\` puts the credential in: an agent cannot send it`;
      return faultAt(source, path, problem);
    });
}

const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE'];

function saidToRead(source: Source, { effect, route, path }: Written): readonly Fault[] {
  if (effect !== 'read' || !CHANGING.includes(route.method)) return [];
  const problem = `${quoted(route.text)} is said to be a read, and by ${route.method} most systems change something: make the capability \`write\`, unless this one only reads`;
  return [faultAt(source, path, problem)];
}

/** Elsewhere it stands for anything. */
function starred(source: Source, { route, path }: Written): readonly Fault[] {
  const literal = route.parts.find((part) => 'literal' in part && part.literal.includes('*'));
  if (literal === undefined) return [];
  const problem = `${quoted(route.text)} covers a path with a \`*\` in it, and no other: for one part of a path write \`{name}\`, for all the rest of it \`{name...}\``;
  return [faultAt(source, path, problem)];
}

function unused(source: Source, capability: string, routes: readonly Written[]): readonly Fault[] {
  const used = routes.flatMap(({ route, query, body }) => [
    ...route.parts.flatMap((part) => ('parameter' in part ? [part.parameter] : [])),
    ...[...query, ...body].flatMap((rule) => parameterOf(rule) ?? []),
  ]);
  const path: Path = ['capabilities', capability, 'parameters'];
  return entriesAt(source.data, path)
    .filter(([name]) => routes.length > 0 && !used.includes(name))
    .map(([name]) => {
      const problem = `the parameter ${quoted(name)} is in no route and no rule, so it limits nothing`;
      return faultAt(source, [...path, name], problem);
    });
}

const EFFECTS = ['read', 'write', 'admin'];
const weightOf = ({ effect }: Written) => EFFECTS.indexOf(effect ?? '');

/** What a capability of less effect covers is never decided as more. */
function shadowed(source: Source, routes: readonly Written[]): readonly Fault[] {
  return routes.flatMap((one) => {
    const lesser = routes.find(
      (other) =>
        !other.hasRules &&
        keyOf(other) === keyOf(one) &&
        weightOf(other) !== -1 &&
        weightOf(other) < weightOf(one),
    );
    if (lesser === undefined) return [];
    const problem = `${quoted(one.route.text)} is ${quoted(one.effect)} here and ${quoted(lesser.effect)} at ${placeOf(source, lesser)}, and a task that has both is judged by the lesser: keep one of them`;
    return [faultAt(source, one.path, problem)];
  });
}

export function checkRoutes(source: Source): Findings {
  const names = entriesAt(source.data, ['capabilities']).map(([name]) => name);
  const each = names.map((name) => [name, routesOf(source, name)] as const);
  const all = each.flatMap(([, routes]) => routes);
  return {
    faults: [
      ...each.flatMap(([, routes]) => twice(source, routes)),
      ...[undeclared, nullInQuery, misplacedBody, injectedQuery].flatMap((check) =>
        all.flatMap((one) => check(source, one)),
      ),
    ],
    warnings: [
      ...each.flatMap(([name, routes]) => unused(source, name, routes)),
      ...all.flatMap((one) => [...saidToRead(source, one), ...starred(source, one)]),
      ...shadowed(source, all),
    ],
  };
}
