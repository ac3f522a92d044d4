// What one value in a query or a body must be.
import type { ValueRule } from '../../config/index.ts';
import type { Json } from '../../shared/json.ts';

type Parameters = Readonly<Record<string, string>>;

/** A number as JSON writes it, without an exponent. */
const NUMBER = /^-?(?:0|[1-9]\d{0,15})(?:\.\d{1,15})?$/u;

const patterns = new Map<string, RegExp>();
const MOST_PATTERNS = 1000;

/** Anchored around the whole, so that `a|b` is `(a|b)`. */
function wholePattern(pattern: string): RegExp {
  const made = patterns.get(pattern) ?? new RegExp(`^(?:${pattern})$`, 'u');
  if (patterns.size < MOST_PATTERNS) patterns.set(pattern, made);
  return made;
}

/** A pattern that goes back and forth over a long value would keep everybody else waiting. */
const MOST_CHARACTERS = 256;

function patternProblem(pattern: string, value: string): string | undefined {
  if (value.length > MOST_CHARACTERS)
    return `is longer than ${MOST_CHARACTERS} characters, the most that a pattern is tried on`;
  return wholePattern(pattern).test(value) ? undefined : 'is not as the pattern of its rule has it';
}

/** As text, where every reader reads the same number; beyond that some round it, and to other numbers. */
function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

function numberProblem(rule: { readonly atMost: number; readonly atLeast?: number }, value: Json) {
  // Without a lower end, a number below zero would be none that was thought of: -1 often stands for all.
  const least = rule.atLeast ?? Math.min(0, rule.atMost);
  if (typeof value !== 'number' || Math.abs(value) > Number.MAX_SAFE_INTEGER) return 'must be a number';
  return value <= rule.atMost && value >= least
    ? undefined
    : `must be at least ${least} and at most ${rule.atMost}`;
}

/** What is wrong with a value of a body; the value itself is not told. */
export function bodyValueProblem(rule: ValueRule, value: Json, parameters: Parameters): string | undefined {
  if (typeof value === 'string' && !value.isWellFormed()) return 'is no Unicode text';
  if ('is' in rule) {
    const isOne = rule.is.some((one) => one === value) && !isUnsafe(value);
    return isOne ? undefined : `must be ${oneOf(rule.is)}`;
  }
  if ('atMost' in rule) return numberProblem(rule, value);
  if ('parameter' in rule) return boundTo(rule.parameter, textOf(value), parameters);
  return typeof value === 'string' ? patternProblem(rule.pattern, value) : 'must be text';
}

/** As `bodyValueProblem`, for a query, where everything is text: numbers and the like as JSON writes them. */
export function queryValueProblem(
  rule: ValueRule,
  value: string,
  parameters: Parameters,
): string | undefined {
  if (!value.isWellFormed()) return 'is no Unicode text';
  if ('is' in rule) {
    const spelled = rule.is.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)));
    return spelled.includes(value) ? undefined : `must be ${oneOf(rule.is)}`;
  }
  if ('atMost' in rule) return numberProblem(rule, NUMBER.test(value) ? Number(value) : null);
  if ('parameter' in rule) return boundTo(rule.parameter, value, parameters);
  return patternProblem(rule.pattern, value);
}

function isUnsafe(value: Json): boolean {
  return typeof value === 'number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
}

const MOST_TOLD = 10;

/** What the operator's rule says, so that the agent can do better. */
function oneOf(values: readonly (string | number | boolean | null)[]): string {
  const told = values.slice(0, MOST_TOLD).map((one) => `\`${JSON.stringify(one)}\``);
  if (values.length > MOST_TOLD) told.push('…');
  return told.length === 1 ? told.join() : `one of ${told.join(', ')}`;
}

function boundTo(name: string, value: string | undefined, parameters: Parameters): string | undefined {
  const bound = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  return bound !== undefined && value === bound ? undefined : `must be the task's own \`${name}\``;
}
