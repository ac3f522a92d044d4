// The routes of a capability, `GET /tickets/{id}`: which requests they cover, and what their parameters are there.
import { type Path, parsePath } from './path.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
type Method = (typeof METHODS)[number];

type Part = { readonly literal: string } | { readonly parameter: string; readonly isRest: boolean };

export interface Route {
  readonly method: Method;
  readonly parts: readonly Part[];
  /** As the operator wrote it. */
  readonly text: string;
}

/** By its name: what stands in the request in its place. */
type RouteParameters = Readonly<Record<string, string>>;

const SHAPE = /^([A-Z]+) (\/\S*)$/u;
const PARAMETER = /^\{([A-Za-z][A-Za-z0-9_-]{0,63})(\.\.\.)?\}$/u;

const isMethod = (text: string): text is Method => METHODS.some((method) => method === text);

function partOf(text: string): Part | undefined {
  const [, parameter, rest] = PARAMETER.exec(text) ?? [];
  if (parameter !== undefined) return { parameter, isRest: rest !== undefined };
  if (/[{}]/u.test(text)) return undefined;
  const literal = parsePath(`/${text}`)?.segments[0];
  return literal === undefined ? undefined : { literal };
}

function problemOfParts(parts: readonly Part[]): string | undefined {
  const names = parts.flatMap((part) => ('parameter' in part ? [part.parameter] : []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `has \`{${twice}}\` twice; each parameter needs a name of its own`;
  const rest = parts.findIndex((part) => 'parameter' in part && part.isRest);
  return rest === -1 || rest === parts.length - 1
    ? undefined
    : 'has more after a parameter with `...`, which takes the rest of the path: it must be the last';
}

/** The route, or what is wrong with it and what would be right. */
export function parseRoute(text: string): Route | { readonly problem: string } {
  const [, method, path] = SHAPE.exec(text) ?? [];
  if (method === undefined || path === undefined)
    return { problem: 'must be a method and a path, as in `GET /tickets/{id}`' };
  if (!isMethod(method)) return { problem: `has a method that is none of ${METHODS.join(', ')}` };
  if (path === '/') return { method, parts: [], text };
  const parts: Part[] = [];
  for (const segment of path.slice(1).split('/')) {
    const part = partOf(segment);
    if (part === undefined)
      return {
        problem:
          `has a part that no request's path can have: \`${segment}\`. A part is a word, or a parameter \`{name}\`, or at the ` +
          'end `{name...}` for all that follows; there is no query, no `//` and no slash at the end',
      };
    parts.push(part);
  }
  const problem = problemOfParts(parts);
  return problem === undefined ? { method, parts, text } : { problem };
}

/** HEAD is GET without the body. */
function coversMethod(route: Route, method: string): boolean {
  return route.method === method || (route.method === 'GET' && method === 'HEAD');
}

function matchOne(route: Route, method: string, { segments }: Path): RouteParameters | undefined {
  if (!coversMethod(route, method)) return undefined;
  const parameters: Record<string, string> = Object.create(null);
  for (const [index, part] of route.parts.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    if ('literal' in part) {
      if (part.literal !== segment) return undefined;
    } else parameters[part.parameter] = part.isRest ? segments.slice(index).join('/') : segment;
  }
  const last = route.parts.at(-1);
  const takesRest = last !== undefined && 'parameter' in last && last.isRest;
  return takesRest || segments.length === route.parts.length ? parameters : undefined;
}

interface RouteMatch {
  readonly route: Route;
  readonly parameters: RouteParameters;
}

/** All routes that cover the request, as written; a method is compared as it is, `get` is none. */
export function matchRoutes(routes: readonly Route[], method: string, path: Path): readonly RouteMatch[] {
  return routes.flatMap((route) => {
    const parameters = matchOne(route, method, path);
    return parameters === undefined ? [] : [{ route, parameters }];
  });
}
