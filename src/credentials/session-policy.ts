// The session policy: a capability's statements with the task's parameters put in, ending with the task.

import type { AwsCapability, PolicyStatement } from '../config/index.ts';
import type { Parameters } from '../tasks/index.ts';
import { type Places, placesStatement } from './bound-to.ts';
import { dateText } from './date-text.ts';

/** STS's own limit on a session policy, in characters. */
export const MAX_POLICY_CHARACTERS = 2048;

export type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

interface IamStatement {
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition: Conditions;
}

export interface CapabilityGrant {
  readonly definition: AwsCapability;
  readonly parameters: Parameters;
}

const PLACE = /\$\{([^}]*)\}/gu;

/** IAM's own policy variables, such as ${aws:PrincipalTag/task}, are the operator's and stay. */
function isParameter(name: string): boolean {
  return !name.includes(':');
}

function fill(template: string, parameters: Parameters): string {
  return template.replace(PLACE, (whole, name: string) => {
    if (!isParameter(name)) return whole;
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new TypeError(`no value for the parameter ${name}`);
    return value;
  });
}

function fillConditions(conditions: PolicyStatement['conditions'], parameters: Parameters): Conditions {
  const filled = Object.entries(conditions ?? {}).map(([operator, keys]) => {
    const values = Object.entries(keys).map(([key, value]) => [
      key,
      typeof value === 'string' ? fill(value, parameters) : value.map((one) => fill(one, parameters)),
    ]);
    return [operator, Object.fromEntries(values)];
  });
  return Object.fromEntries(filled);
}

const TIME_KEY = 'aws:currenttime';
const TIME_OPERATOR = 'DateLessThan';

/** The same operator under other names, which IAM demands beside each other: the time is never absent. */
const SAME_OPERATORS = [TIME_OPERATOR, `${TIME_OPERATOR}IfExists`, 'DateLessThanEquals'];
/** What can be compared without guessing. IAM reads other forms too, such as seconds since 1970. */
const COMPARABLE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}Z)?$/;

function isComparable(value: string): boolean {
  return COMPARABLE.test(value) && !Number.isNaN(Date.parse(value));
}

function timeKeyIn(keys: Conditions[string] = {}): string | undefined {
  return Object.keys(keys).find((key) => key.toLowerCase() === TIME_KEY);
}

/** Adds the deadline; where the operator put one of the same form on the same key, the earlier wins. */
function endBy(deadline: Date, conditions: Conditions): Conditions {
  const text = dateText(deadline);
  const own = conditions[TIME_OPERATOR] ?? {};
  const named = timeKeyIn(own);
  const values = named === undefined ? [] : [own[named] ?? []].flat();
  if (named !== undefined && values.length > 0 && values.every(isComparable)) {
    // Several values of one key mean "any of them", so the latest of the operator's own is what they allow.
    const latest = Math.max(...values.map((value) => Date.parse(value)));
    const earlier = latest < Date.parse(text) ? values : text;
    return { ...conditions, [TIME_OPERATOR]: { ...own, [named]: earlier } };
  }
  const free = SAME_OPERATORS.find((operator) => timeKeyIn(conditions[operator]) === undefined);
  if (free === undefined) throw new TypeError('no condition is left for the deadline');
  // What allows the moment itself ends a second before it.
  const last = free === 'DateLessThanEquals' ? dateText(new Date(deadline.getTime() - 1000)) : text;
  return { ...conditions, [free]: { ...conditions[free], 'aws:CurrentTime': last } };
}

export interface FilledStatement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Conditions;
}

/** Whether there is a value for each parameter in the statements. A file may have gained one since the values were given. */
export function hasAllValues({ definition, parameters }: CapabilityGrant): boolean {
  const templates = definition.statements.flatMap(({ resources, conditions = {} }) => [
    ...resources,
    ...Object.values(conditions).flatMap((keys) => Object.values(keys).flat()),
  ]);
  const names = templates.flatMap((template) => [...template.matchAll(PLACE)].map(([, name = '']) => name));
  return names.filter(isParameter).every((name) => Object.hasOwn(parameters, name));
}

/** A capability's statements with the parameters put in. */
export function fillStatements({ definition, parameters }: CapabilityGrant): readonly FilledStatement[] {
  return definition.statements.map(({ actions, resources, conditions }) => ({
    actions,
    resources: resources.map((resource) => fill(resource, parameters)),
    conditions: fillConditions(conditions, parameters),
  }));
}

/** Compiles what the capabilities allow, never wider, into one policy that ends at the deadline, and works there only. */
export function compileSessionPolicy(
  grants: readonly CapabilityGrant[],
  deadline: Date,
  places?: Places,
): string {
  const statements = grants.flatMap(fillStatements).map(
    ({ actions, resources, conditions }): IamStatement => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      Condition: endBy(deadline, conditions),
    }),
  );
  const elsewhere = places === undefined ? [] : [placesStatement(places)];
  return JSON.stringify({ Version: '2012-10-17', Statement: [...statements, ...elsewhere] });
}
