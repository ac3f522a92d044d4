// IAM's published actions: which there are, of what kind, and which of them a pattern covers.
import { closest } from '../../shared/closest.ts';

/** As AWS groups them. */
export const LEVELS = ['List', 'Read', 'Write', 'Tagging', 'Permissions management'] as const;
export type Level = (typeof LEVELS)[number];

/** The list as it is kept: of each service, the names of its actions by level, with blanks between them. */
export interface PublishedActions {
  /** `YYYY-MM-DD`: of that day. AWS may have published more since. */
  readonly date: string;
  readonly origin: string;
  /** Of those who put it together: it goes where the list goes. */
  readonly licence: string;
  readonly services: Readonly<Record<string, Readonly<Partial<Record<Level, string>>>>>;
}

export interface PublishedAction {
  /** `service:Action`. */
  readonly action: string;
  readonly level: Level;
}

/** `service:Action` in its two parts; without a colon, the service is empty. */
function parts(pattern: string): readonly [service: string, name: string] {
  const colon = pattern.indexOf(':');
  return [pattern.slice(0, Math.max(0, colon)).toLowerCase(), pattern.slice(colon + 1)];
}

function matches(pattern: string, text: string): boolean {
  // Walked rather than made into a regular expression, which many `*` would slow down without end.
  let [p, t, star, resume] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (pattern[p] === '?' || pattern[p] === text[t]) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      resume += 1;
      t = resume;
      p = star + 1;
    } else return false;
  }
  return /^\**$/u.test(pattern.slice(p));
}

/** Whether the pattern of a statement covers the action, as IAM reads it: `*`, `?`, and capitals mean nothing. */
export function covers(pattern: string, action: string): boolean {
  return matches(pattern.toLowerCase(), action.toLowerCase());
}

/** Each service's actions once they were asked for: a config may name the same few services thousands of times. */
const unfolded = new WeakMap<PublishedActions, Map<string, readonly PublishedAction[]>>();

function unfold({ services }: PublishedActions, service: string): readonly PublishedAction[] {
  const levels = Object.hasOwn(services, service) ? services[service] : undefined;
  return LEVELS.flatMap((level) =>
    (levels?.[level] ?? '')
      .split(' ')
      .filter((name) => name !== '')
      .map((name) => ({ action: `${service}:${name}`, level })),
  );
}

function actionsOf(published: PublishedActions, service: string): readonly PublishedAction[] {
  const known = unfolded.get(published) ?? new Map<string, readonly PublishedAction[]>();
  unfolded.set(published, known);
  const actions = known.get(service) ?? unfold(published, service);
  known.set(service, actions);
  return actions;
}

/** Every published action that the pattern covers, by level and name. */
export function coveredBy(pattern: string, published: PublishedActions): readonly PublishedAction[] {
  const [service, name] = parts(pattern);
  if (pattern === '*') return Object.keys(published.services).flatMap((one) => actionsOf(published, one));
  const wanted = name.toLowerCase();
  return actionsOf(published, service).filter(({ action }) =>
    matches(wanted, action.slice(service.length + 1).toLowerCase()),
  );
}

/** What is not known of the pattern, and what was probably meant; undefined where it covers something. */
export function unknownIn(
  pattern: string,
  published: PublishedActions,
): { readonly what: 'service' | 'action'; readonly meant?: string } | undefined {
  if (coveredBy(pattern, published).length > 0) return undefined;
  const [service, name] = parts(pattern);
  const all = actionsOf(published, service);
  if (all.length === 0) {
    const near = closest(service, Object.keys(published.services));
    return { what: 'service', ...(near === undefined ? {} : { meant: `${near}:${name}` }) };
  }
  const near = closest(
    name,
    all.map(({ action }) => action.slice(service.length + 1)),
  );
  return { what: 'action', ...(near === undefined ? {} : { meant: `${service}:${near}` }) };
}
