// Which route a method and a path mean, or why none.
import { Refusal } from '../shared/errors.ts';
import { ALL_ROUTES, type Route } from './routes.ts';

export interface Matched {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

const PARAMETER = /^\{([a-z]+)\}$/;
const REST = /^\{([a-z]+)\+\}$/;

interface Template {
  /** Each is a parameter's name, or what must stand there. */
  readonly parts: readonly ({ readonly name: string } | { readonly literal: string })[];
  /** The parameter that takes the rest of the path. */
  readonly rest: string | undefined;
}

function templateOf({ path }: Route): Template {
  const parts = path.split('/');
  const rest = REST.exec(parts.at(-1) ?? '')?.[1];
  if (rest !== undefined) parts.pop();
  const named = parts.map((part) => {
    const name = PARAMETER.exec(part)?.[1];
    return name === undefined ? { literal: part } : { name };
  });
  return { parts: named, rest };
}

/** Read once: every request is held against all of them. */
const TEMPLATES = ALL_ROUTES.map((route) => ({ route, template: templateOf(route) }));

function parametersOf(
  { parts, rest }: Template,
  given: readonly string[],
): Record<string, string> | undefined {
  if (rest === undefined ? given.length !== parts.length : given.length <= parts.length) return undefined;
  const parameters: Record<string, string> = {};
  if (rest !== undefined) parameters[rest] = given.slice(parts.length).join('/');
  for (const [place, part] of parts.entries()) {
    const value = given[place] ?? '';
    if ('literal' in part ? part.literal !== value : value === '') return undefined;
    if ('name' in part) parameters[part.name] = decodeURIComponent(value);
  }
  return parameters;
}

/** `path` as it was sent, without its query. Of a parameter for the rest of it, the value is as it was sent too. */
export function matchRoute(method: string, path: string): Matched | Refusal {
  const allow: string[] = [];
  try {
    const given = path.split('/');
    for (const { route, template } of TEMPLATES) {
      const parameters = parametersOf(template, given);
      if (parameters === undefined) continue;
      const isHead = method === 'HEAD' && route.isPage === true;
      if (route.method === method || route.method === 'ANY' || isHead) return { route, parameters };
      allow.push(route.method);
    }
  } catch {
    return new Refusal('malformed_request', 'The path is not valid percent-encoding.');
  }
  if (allow.length > 0) {
    return new Refusal('method_not_allowed', `This path takes ${allow.join(', ')}.`, { allow });
  }
  return new Refusal('not_found', 'There is no such route. /openapi.json lists them all.');
}
