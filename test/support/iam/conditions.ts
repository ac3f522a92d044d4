// IAM's condition operators, each as its documentation says. For tests only; what it does not know is an error.
import { BlockList, isIP } from 'node:net';
import { type Lookup, likeArn, likeText, plainText } from './patterns.ts';

export type ConditionBlock = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** What a request brings, by key. A key of several values has a list. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** Whether the value of the request is the one of the policy; undefined where the two can't be compared. */
type Compare = (wanted: string, given: string, lookup: Lookup) => boolean | undefined;

/** With variables, where these take them. */
const equal =
  (spelled: (text: string) => string): Compare =>
  (wanted, given, lookup) => {
    const text = plainText(wanted, lookup);
    return text !== undefined && spelled(text) === spelled(given);
  };

const ISO = /^\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?)?$/u;

function dateOf(text: string): number | undefined {
  const time = ISO.test(text) ? Date.parse(text) : /^\d{5,}$/u.test(text) ? Number(text) * 1000 : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function numberOf(text: string): number | undefined {
  return /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : undefined;
}

const ordered =
  (read: (text: string) => number | undefined, holds: (given: number, wanted: number) => boolean): Compare =>
  (wanted, given) => {
    const [right, left] = [read(wanted), read(given)];
    return right === undefined || left === undefined ? undefined : holds(left, right);
  };

const inRange: Compare = (wanted, given) => {
  const [address = '', length] = wanted.split('/');
  const [wantedFamily, givenFamily] = [isIP(address), isIP(given)];
  const bits = wantedFamily === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : /^\d+$/u.test(length) ? Number(length) : bits + 1;
  if (wantedFamily === 0 || givenFamily === 0 || prefix > bits) return undefined;
  const list = new BlockList();
  const family = wantedFamily === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, prefix, family);
  return wantedFamily === givenFamily && list.check(given, family);
};

const asBool: Compare = (wanted, given) => {
  const [right, left] = [wanted.toLowerCase(), given.toLowerCase()];
  return right === 'true' || right === 'false' ? right === left : undefined;
};

interface Operator {
  readonly compare: Compare;
  /** Whether it holds where the comparison does not, with any of the policy's values. */
  readonly negated: boolean;
}

const is = (compare: Compare): Operator => ({ compare, negated: false });
const isNot = (compare: Compare): Operator => ({ compare, negated: true });

const ORDERS = {
  LessThan: (given: number, wanted: number) => given < wanted,
  LessThanEquals: (given: number, wanted: number) => given <= wanted,
  GreaterThan: (given: number, wanted: number) => given > wanted,
  GreaterThanEquals: (given: number, wanted: number) => given >= wanted,
};

const same = (given: number, wanted: number) => given === wanted;
const exact = equal((text) => text);
const anyCase = equal((text) => text.toLowerCase());
const arn: Compare = (wanted, given, lookup) => likeArn(wanted, given, lookup);

function orderedOperators(name: string, read: (text: string) => number | undefined) {
  return [
    [`${name}Equals`, is(ordered(read, same))],
    [`${name}NotEquals`, isNot(ordered(read, same))],
    ...Object.entries(ORDERS).map(([order, holds]) => [`${name}${order}`, is(ordered(read, holds))] as const),
  ] as const;
}

const OPERATORS: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ['StringEquals', is(exact)],
  ['StringNotEquals', isNot(exact)],
  ['StringEqualsIgnoreCase', is(anyCase)],
  ['StringNotEqualsIgnoreCase', isNot(anyCase)],
  ['StringLike', is(likeText)],
  ['StringNotLike', isNot(likeText)],
  ...orderedOperators('Numeric', numberOf),
  ...orderedOperators('Date', dateOf),
  ['Bool', is(asBool)],
  ['BinaryEquals', is((wanted, given) => wanted === given)],
  ['IpAddress', is(inRange)],
  ['NotIpAddress', isNot(inRange)],
  // IAM's two names for the same.
  ['ArnEquals', is(arn)],
  ['ArnLike', is(arn)],
  ['ArnNotEquals', isNot(arn)],
  ['ArnNotLike', isNot(arn)],
]);

/** Names of operators whose values may hold variables. */
export function takesVariables(operator: string): boolean {
  return /^(?:For(?:All|Any)Values?:)?(?:String|Arn)/u.test(operator);
}

/** One value of the request against all values of the policy: any will do, or, negated, none. */
function holdsFor(
  { compare, negated }: Operator,
  wanted: readonly string[],
  given: string,
  lookup: Lookup,
): boolean {
  const answers = wanted.map((one) => compare(one, given, lookup));
  if (negated) return answers.every((answer) => answer === false);
  return answers.includes(true);
}

interface Named {
  readonly set: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly name: string;
  readonly ifExists: boolean;
}

function read(operator: string): Named {
  const [, set, name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/u.exec(operator) ?? [];
  return { set: set as Named['set'], name, ifExists: ifExists !== undefined };
}

function isMet(
  operator: string,
  given: readonly string[],
  wanted: readonly string[],
  lookup: Lookup,
): boolean {
  const { set, name, ifExists } = read(operator);
  if (name === 'Null') return wanted.some((one) => (one.toLowerCase() === 'true') === (given.length === 0));
  const known = OPERATORS.get(name);
  if (known === undefined) throw new TypeError(`what does ${operator} mean?`);
  if (given.length === 0) {
    if (ifExists || set === 'ForAllValues') return true;
    return set === undefined && known.negated;
  }
  const holds = given.map((one) => holdsFor(known, wanted, one, lookup));
  if (set === undefined && holds.length > 1)
    throw new TypeError(`${operator} on several values is not defined`);
  return set === 'ForAllValues' ? !holds.includes(false) : holds.includes(true);
}

/** Keys know no case. */
export function valuesIn(context: Context): (key: string) => readonly string[] {
  const values = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
  return (key) => values.get(key.toLowerCase()) ?? [];
}

/** All operators, and all keys under them, must be met. */
export function conditionsMet(conditions: ConditionBlock, context: Context): boolean {
  const values = valuesIn(context);
  const lookup: Lookup = (key) => {
    const [one, ...more] = values(key);
    return more.length === 0 ? one : undefined;
  };
  return Object.entries(conditions).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => isMet(operator, values(key), [wanted].flat(), lookup)),
  );
}
