// From a checked file of an HTTP target to what everything else reads: one form for what may be written in several.
import type { FieldRule, HttpConnection, HttpRoute, Injection } from '../http-model.ts';
import type { HttpCapability, HttpTarget } from '../model.ts';
import { parseBaseUrl } from './base-url.ts';
import type { Shape } from './explain.ts';
import type { InjectionShape } from './schema/injection.ts';
import type { RouteShape, RuleShape } from './schema/route.ts';

type Target = Shape<'httpTarget'>;

function connectionOf({ baseUrl, ...rest }: Target['connection']): HttpConnection {
  const parsed = parseBaseUrl(baseUrl);
  // What is no URL is `demo`.
  return { baseUrl: 'url' in parsed ? parsed.url : baseUrl, ...rest };
}

/** Its shape says that it has exactly one form. */
function injectionOf(given: InjectionShape): Injection {
  const { header, query, value = '', basic, bearer, oauth2, sigv4 } = given;
  if (header !== undefined) return { header, value };
  if (query !== undefined) return { query, value };
  if (basic !== undefined) return { basic };
  if (bearer !== undefined) return { bearer };
  if (oauth2 !== undefined) return { oauth2 };
  if (sigv4 !== undefined) return { sigv4 };
  throw new Error('an injection without a form');
}

function ruleOf(given: RuleShape): FieldRule {
  if (given === null || typeof given !== 'object') return { rule: { is: [given] }, required: false };
  if (Array.isArray(given)) return { rule: { is: given }, required: false };
  const { is, pattern, parameter, atMost, atLeast, required } = given as Exclude<
    typeof given,
    readonly unknown[]
  >;
  if (is !== undefined) return { rule: { is: Array.isArray(is) ? is : [is] }, required };
  if (pattern !== undefined) return { rule: { pattern }, required };
  if (parameter !== undefined) return { rule: { parameter }, required };
  if (atMost === undefined) throw new Error('a rule that says nothing');
  return { rule: { atMost, ...(atLeast === undefined ? {} : { atLeast }) }, required };
}

function rulesOf(given: Readonly<Record<string, RuleShape>>): Readonly<Record<string, FieldRule>> {
  return Object.fromEntries(Object.entries(given).map(([name, rule]) => [name, ruleOf(rule)]));
}

function routeOf(given: RouteShape): HttpRoute {
  if (typeof given === 'string') return { route: given, otherFields: false };
  const { route, query, body, otherFields } = given;
  return {
    route,
    ...(query === undefined ? {} : { query: rulesOf(query) }),
    ...(body === undefined ? {} : { body: rulesOf(body) }),
    otherFields,
  };
}

function capabilityOf({ routes, ...rest }: Target['capabilities'][string]): HttpCapability {
  return { ...rest, routes: routes.map(routeOf) };
}

export function httpTargetOf({ connection, inject, capabilities, ...rest }: Target): HttpTarget {
  return {
    ...rest,
    connection: connectionOf(connection),
    inject: (Array.isArray(inject) ? inject : [inject]).map(injectionOf),
    capabilities: Object.fromEntries(
      Object.entries(capabilities).map(([name, capability]) => [name, capabilityOf(capability)]),
    ),
  };
}
