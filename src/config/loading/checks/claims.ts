// Claims compared: what can be known of the tokens that fit them without seeing one.
import { entriesAt, textAt } from '../access.ts';

/** What is demanded of one claim, nested or not. */
export interface Demand {
  /** Nested and dotted spellings of a claim have one name: `kubernetes.io.namespace`. */
  readonly name: string;
  /** What is demanded, as one text: equal for equal demands. */
  readonly rule: string;
  /** Undefined for a pattern, and for what is no demand at all. */
  readonly value?: string | number | boolean;
  readonly pattern?: RegExp;
}

function compiled(pattern: string): RegExp | undefined {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    // Told of by the schema.
    return undefined;
  }
}

function demandOf(name: string, given: unknown): readonly Demand[] {
  const rule = JSON.stringify(given);
  if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') {
    return [{ name, rule, value: given }];
  }
  const match = textAt(given, ['match']);
  const pattern = match === undefined ? undefined : compiled(match);
  if (pattern !== undefined) return [{ name, rule, pattern }];
  const members = entriesAt(given, []);
  if (match !== undefined || members.length === 0) return [{ name, rule }];
  return members.flatMap(([member, inner]) => demandOf(`${name}.${member}`, inner));
}

/** Of a mapping of claims as it stands in a file, right or wrong. */
export function demandsOf(claims: unknown): readonly Demand[] {
  return entriesAt(claims, []).flatMap(([name, given]) => demandOf(name, given));
}

/** Ids as issuers write them, as unlike each other as they are. Short, since some patterns take long for long ones. */
const UNLIKE = [
  '4815162342',
  'qwxzvkjy',
  'HGTPLMNB',
  'f81d4fae-7dec-11d0',
  'repo:o/r:ref:refs/v1',
  'spiffe://e.org/ns/sa',
  'arn:aws:iam::1:role/x',
  'someone@example.com',
];

/** A pattern that fits whatever stands there tells nobody from anybody else. */
export function fitsAnything({ pattern }: Demand): boolean {
  return pattern !== undefined && UNLIKE.every((value) => pattern.test(value));
}

/** Whether every token that fits the one fits the other. */
function implies(narrow: Demand, wide: Demand): boolean {
  if (narrow.name !== wide.name) return false;
  if (narrow.rule === wide.rule) return true;
  return typeof narrow.value === 'string' && wide.pattern?.test(narrow.value) === true;
}

export function allImply(narrow: readonly Demand[], wide: readonly Demand[]): boolean {
  return wide.every((demand) => narrow.some((one) => implies(one, demand)));
}

/** Whether no token can fit both. Of two patterns, nobody can tell. */
function excludes(a: Demand, b: Demand): boolean {
  if (a.name !== b.name) return false;
  if (a.value !== undefined && b.value !== undefined) return a.value !== b.value;
  const [{ value }, { pattern }] = a.value === undefined ? [b, a] : [a, b];
  if (value === undefined || pattern === undefined) return false;
  return typeof value !== 'string' || !pattern.test(value);
}

export function anyExcludes(some: readonly Demand[], others: readonly Demand[]): boolean {
  return some.some((one) => others.some((other) => excludes(one, other)));
}
