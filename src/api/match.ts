// Which route a method and a path mean, or why none.
import { Refusal } from '../shared/errors.ts';
import { ALL_ROUTES, type Route } from './routes.ts';

export interface Matched {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

const PARAMETER = /^\{([a-z]+)\}$/;
const REST = /^\{([a-z]+)\+\}$/;

function parametersOf(template: string, path: string): Record<string, string> | undefined {
  const wanted = template.split('/');
  const given = path.split('/');
  const rest = REST.exec(wanted.at(-1) ?? '')?.[1];
  const parameters: Record<string, string> = {};
  if (rest !== undefined) {
    wanted.pop();
    if (given.length <= wanted.length) return undefined;
    parameters[rest] = given.splice(wanted.length).join('/');
  }
  if (wanted.length !== given.length) return undefined;
  for (const [place, part] of wanted.entries()) {
    const value = given[place] ?? '';
    const name = PARAMETER.exec(part)?.[1];
    if (name === undefined ? part !== value : value === '') return undefined;
    if (name !== undefined) parameters[name] = decodeURIComponent(value);
  }
  return parameters;
}

/** `path` as it was sent, without its query. Of a parameter for the rest of it, the value is as it was sent too. */
export function matchRoute(method: string, path: string): Matched | Refusal {
  const allow: string[] = [];
  try {
    for (const route of ALL_ROUTES) {
      const parameters = parametersOf(route.path, path);
      if (parameters === undefined) continue;
      if (route.method === method || route.method === 'ANY') return { route, parameters };
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
