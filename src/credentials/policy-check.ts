// Looks once more at a session policy before it is used: each statement against what was written, the values, the
// deadline and the places. It shares nothing with what made the policy but the statement of places.
import type { PolicyStatement } from '../config/index.ts';
import { canonicalJson, type Json } from '../shared/json.ts';
import type { Parameters } from '../tasks/index.ts';
import { type Places, placesStatement } from './bound-to.ts';
import type { CapabilityGrant } from './session-policy.ts';

type Statement = Readonly<Record<string, unknown>>;

/** What every session must keep to. */
export interface SessionBounds {
  readonly ends: Date;
  readonly places?: Places | undefined;
}

const OF_POLICY = ['Version', 'Statement'];
const OF_STATEMENT = ['Effect', 'Action', 'Resource', 'Condition'];
/** What IAM reads as "anything", as a variable, or as the border of a segment; a value holds none of it. */
const MEANINGFUL_IN_VALUE = /[*?$:{}]/u;
const MEANINGFUL = /[*?]|\$\{/gu;
const PARAMETER = /\$\{([^}:]*)\}/u;
const DEADLINE_KEY = 'aws:currenttime';
/** Of each the time that is asked about must be before the value, or at it. */
const DEADLINE_OPERATORS = ['DateLessThan', 'DateLessThanIfExists', 'DateLessThanEquals'];
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/u;

function texts(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((one) => typeof one === 'string') ? list : [];
}

function symbolsIn(text: string): string {
  return (text.match(MEANINGFUL) ?? []).join();
}

/** The template with its values. Undefined where these mean more than themselves, by themselves or where they stand. */
function filled(template: string, parameters: Parameters): string | undefined {
  const pieces = template.split(PARAMETER);
  const names = pieces.filter((_, place) => place % 2 === 1);
  const values = names.map((name) => (Object.hasOwn(parameters, name) ? (parameters[name] ?? '*') : '*'));
  if (values.some((value) => MEANINGFUL_IN_VALUE.test(value))) return undefined;
  const plain = pieces.filter((_, place) => place % 2 === 0);
  const text = plain.map((piece, place) => `${piece}${values[place] ?? ''}`).join('');
  return symbolsIn(text) === symbolsIn(plain.join('|')) ? text : undefined;
}

function allFilled(templates: readonly string[], parameters: Parameters): readonly (string | undefined)[] {
  return templates.map((template) => filled(template, parameters));
}

function conditionsOf(value: unknown): readonly (readonly [operator: string, key: string, value: unknown])[] {
  return Object.entries((value ?? {}) as Readonly<Record<string, object>>).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, one]) => [operator, key, one] as const),
  );
}

function isDeadline(operator: string, key: string): boolean {
  return DEADLINE_OPERATORS.includes(operator) && key.toLowerCase() === DEADLINE_KEY;
}

/** The moment of the deadline itself is too late, so what allows it must be earlier. */
function isInTime(operator: string, moments: readonly string[], { ends }: SessionBounds): boolean {
  const last = operator === 'DateLessThanEquals' ? ends.getTime() - 1 : ends.getTime();
  const inTime = (one: string) => MOMENT.test(one) && Date.parse(one) <= last;
  return moments.length > 0 && moments.every(inTime);
}

/** As they were written, with the values put in; an end that was written may have come to be an earlier one. */
function keepsConditions(
  written: PolicyStatement['conditions'],
  condition: unknown,
  parameters: Parameters,
  bounds: SessionBounds,
): boolean {
  const given = conditionsOf(condition);
  const kept = conditionsOf(written).every(([operator, key, templates]) => {
    const wanted = allFilled(texts(templates), parameters);
    const [, , value] = given.find(([other, name]) => other === operator && name === key) ?? [];
    const values = texts(value);
    if (wanted.length === values.length && wanted.every((one, place) => one === values[place])) return true;
    const isLater = (one = '') => MOMENT.test(one) && Date.parse(one) >= Date.parse(values[0] ?? '');
    return (
      isDeadline(operator, key) &&
      values.length === 1 &&
      wanted.some(isLater) &&
      isInTime(operator, values, bounds)
    );
  });
  const own = conditionsOf(written).map(([operator, key]) => `${operator} ${key}`);
  return (
    kept && given.every(([operator, key]) => isDeadline(operator, key) || own.includes(`${operator} ${key}`))
  );
}

function isFrom(
  { definition, parameters }: CapabilityGrant,
  statement: Statement,
  bounds: SessionBounds,
): boolean {
  const actions = texts(statement['Action']);
  const resources = texts(statement['Resource']);
  return definition.statements.some((written) => {
    const templates = allFilled(written.resources, parameters);
    return (
      actions.every((action) => written.actions.includes(action)) &&
      resources.every((resource) => templates.includes(resource)) &&
      keepsConditions(written.conditions, statement['Condition'], parameters, bounds)
    );
  });
}

function problemOfAllow(statement: Statement, grants: readonly CapabilityGrant[], bounds: SessionBounds) {
  if (texts(statement['Action']).length === 0 || texts(statement['Resource']).length === 0) {
    return 'names no action or no resource';
  }
  const ends = conditionsOf(statement['Condition']).some(
    ([operator, key, value]) => isDeadline(operator, key) && isInTime(operator, texts(value), bounds),
  );
  if (!ends) return 'does not end in time';
  return grants.some((grant) => isFrom(grant, statement, bounds)) ? undefined : 'is none of the capability';
}

function problemOf(statement: Statement, grants: readonly CapabilityGrant[], bounds: SessionBounds) {
  const odd = Object.keys(statement).find((key) => !OF_STATEMENT.includes(key));
  if (odd !== undefined) return `has ${odd}`;
  if (statement['Effect'] === 'Allow') return problemOfAllow(statement, grants, bounds);
  // A deny only narrows; it may say what it likes.
  return statement['Effect'] === 'Deny' ? undefined : 'neither allows nor denies';
}

/** What is wrong with the policy; undefined where nothing is. */
export function policyProblem(
  policy: string,
  grants: readonly CapabilityGrant[],
  bounds: SessionBounds,
): string | undefined {
  const whole = JSON.parse(policy) as Statement;
  const odd = Object.keys(whole).find((key) => !OF_POLICY.includes(key));
  if (odd !== undefined) return `the policy has ${odd}`;
  if (whole['Version'] !== '2012-10-17') return 'the policy is of a version in which variables mean nothing';
  const statements = whole['Statement'];
  if (!Array.isArray(statements)) return 'the policy has no list of statements';
  for (const [place, statement] of (statements as readonly Statement[]).entries()) {
    const problem = problemOf(statement, grants, bounds);
    if (problem !== undefined) return `statement ${place} ${problem}`;
  }
  if (bounds.places === undefined) return undefined;
  const bound = canonicalJson(placesStatement(bounds.places) as unknown as Json);
  const isBound = (statements as readonly Json[]).some((statement) => canonicalJson(statement) === bound);
  return isBound ? undefined : 'nothing binds the session to its places';
}
