// What a route says of the query and the body: the first thing in a request that is not so.
import type { FieldRule, HttpRoute } from '../../config/index.ts';
import type { Json } from '../../shared/json.ts';
import { isObject, readJsonObject } from './json-object.ts';
import { charsetsOf, isJsonType, parseMediaType } from './media-type.ts';
import { folded, isRequired, type Place, placesOf } from './rule-places.ts';
import { told } from './told.ts';
import { bodyValueProblem, queryValueProblem } from './value-rule.ts';

export interface SentContent {
  /** Decoded, in order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | undefined;
  readonly contentType: string | undefined;
  /** With one, the target reads another body than the one that is judged here. */
  readonly contentEncoding?: string | undefined;
}

type Parameters = Readonly<Record<string, string>>;
type Rules = Readonly<Record<string, FieldRule>>;

function queryProblem(rules: Rules, query: SentContent['query'], parameters: Parameters): string | undefined {
  const seen = new Set<string>();
  for (const [name, value] of query) {
    const rule = Object.hasOwn(rules, name) ? rules[name]?.rule : undefined;
    if (rule === undefined) return `The query has ${told(name)}, which this route does not take.`;
    if (seen.has(name)) return `The query has ${told(name)} more than once.`;
    seen.add(name);
    const problem = queryValueProblem(rule, value, parameters);
    if (problem !== undefined) return `${told(name)} in the query ${problem}.`;
  }
  const missing = Object.keys(rules).find((name) => rules[name]?.required === true && !seen.has(name));
  return missing === undefined ? undefined : `The query has no ${told(missing)}, which this route needs.`;
}

function typeProblem({ contentType = '', contentEncoding = '' }: SentContent): string | undefined {
  if (!['', 'identity'].includes(contentEncoding.trim().toLowerCase()))
    return 'The body is encoded (`content-encoding`), and this route has rules for what is in it: send it as it is.';
  const media = parseMediaType(contentType);
  if (media === undefined || !isJsonType(media.type))
    return 'The body must be JSON on this route, with the content type `application/json`.';
  const charsets = charsetsOf(media);
  return charsets.length > 1 || !['utf-8', 'utf8'].includes(charsets[0] ?? 'utf-8')
    ? 'The body must be in UTF-8 on this route, and its content type may say no other charset.'
    : undefined;
}

/** The rules of one route's body, over the values of one request. */
/** An operator's pattern may take its time with each of them. */
const MOST_PATTERN_VALUES = 100;

class BodyCheck {
  #patternValues = 0;
  readonly #others: boolean;
  readonly #parameters: Parameters;

  constructor(others: boolean, parameters: Parameters) {
    this.#others = others;
    this.#parameters = parameters;
  }

  problemOf(place: Place, value: Json): string | undefined {
    if (Array.isArray(value)) return this.#ofList(place, value as readonly Json[]);
    if (isObject(value) && (place.fields.size > 0 || place.path === '')) return this.#ofFields(place, value);
    if (place.rule !== undefined && !isObject(value)) {
      if ('pattern' in place.rule.rule) this.#patternValues += 1;
      if (this.#patternValues > MOST_PATTERN_VALUES)
        return `${told(place.path)} in the body stands there more than ${MOST_PATTERN_VALUES} times, the most that a pattern is tried on.`;
      const problem = bodyValueProblem(place.rule.rule, value, this.#parameters);
      return problem === undefined ? undefined : `${told(place.path)} in the body ${problem}.`;
    }
    return `${told(place.path)} in the body must be ${formOf(place)}.`;
  }

  #ofList(place: Place, values: readonly Json[]): string | undefined {
    const { items } = place;
    if (items === undefined) return `${told(place.path)} in the body must be ${formOf(place)}.`;
    if (values.length === 0 && isRequired(items))
      return `${told(place.path)} in the body is empty, and this route needs something in it.`;
    for (const value of values) {
      const problem = this.problemOf(items, value);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #ofFields(place: Place, object: Readonly<Record<string, Json | undefined>>): string | undefined {
    for (const [name, value] of Object.entries(object)) {
      const field = place.fields.get(name);
      const problem = field === undefined ? this.#ofOther(place, name) : this.problemOf(field, value ?? null);
      if (problem !== undefined) return problem;
    }
    for (const [name, field] of place.fields) {
      if (!Object.hasOwn(object, name) && isRequired(field))
        return `The body has no ${told(field.path)}, which this route needs.`;
    }
    return undefined;
  }

  #ofOther(place: Place, name: string): string | undefined {
    const at = () => told(place.path === '' ? name : `${place.path}.${name}`);
    if (!this.#others) return `The body has ${at()}, which this route does not take.`;
    if (place.folded.size === 0) return undefined;
    // `Visibility` is `visibility` to servers that do not tell capitals apart, and `assignee.team` a place to some. For others
    // a name ends at a NUL.
    const first = name.normalize('NFKC').split(/[.[\]\0]/u, 1)[0] ?? '';
    return place.folded.has(folded(name)) || place.folded.has(folded(first))
      ? `The body has ${at()}, which some servers read as a field that this route has a rule for.`
      : undefined;
  }
}

function formOf(place: Place): string {
  const forms = [
    ...(place.rule === undefined ? [] : ['a single value']),
    ...(place.fields.size === 0 ? [] : ['an object']),
    ...(place.items === undefined ? [] : ['a list']),
  ];
  return forms.join(' or ');
}

function bodyProblem(
  rules: Rules,
  otherFields: boolean,
  sent: SentContent,
  parameters: Parameters,
): string | undefined {
  const root = placesOf(rules);
  if (sent.body === undefined || sent.body.length === 0)
    return isRequired(root) ? 'The request has no body, and this route needs one.' : undefined;
  const problem = typeProblem(sent);
  if (problem !== undefined) return problem;
  const read = readJsonObject(sent.body);
  if ('problem' in read) return read.problem;
  return new BodyCheck(otherFields, parameters).problemOf(root, read.object);
}

/** A sentence that names the field, never its value. */
export function constraintProblem(
  route: HttpRoute,
  request: SentContent,
  parameters: Parameters,
): string | undefined {
  const { query, body, otherFields } = route;
  const problem = query === undefined ? undefined : queryProblem(query, request.query, parameters);
  if (problem !== undefined || body === undefined) return problem;
  return bodyProblem(body, otherFields, request, parameters);
}

/** What a route's parameters are in a request must be what the task's of the same name are. */
export function boundProblem(routeParameters: Parameters, parameters: Parameters): string | undefined {
  const other = Object.keys(routeParameters).find(
    (name) => Object.hasOwn(parameters, name) && routeParameters[name] !== parameters[name],
  );
  return other === undefined ? undefined : `\`${other}\` in the path is not the one that this task is for.`;
}
