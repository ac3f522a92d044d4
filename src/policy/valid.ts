// Whether a request is one that the schema knows, told without Cedar where it plainly is: asking takes Cedar longer
// than deciding. What is not plain here is left for Cedar to judge.
import { isIP } from 'node:net';
import { recordIn } from './buckets.ts';
import type { CedarValueJson, SchemaJson } from './cedar.ts';
import { approvalsContext, type Context } from './context.ts';
import type { Request } from './evaluate.ts';

/** A type of the schema, as far as they are used. */
interface Shape {
  readonly type: string;
  readonly name?: string;
  readonly element?: Shape;
  readonly attributes?: Readonly<Record<string, Shape & { readonly required?: boolean }>>;
}

/** What Cedar surely reads, of what it may. */
const READABLE: Readonly<Record<string, (text: string) => boolean>> = {
  ip: (text) => isIP(text) === 4 || (isIP(text) === 6 && !/[.%]/.test(text)),
  datetime: (text) => /^\d{4}-/.test(text) && new Date(text).toJSON() === text,
};

/** The functions that make values of the types that are extensions. */
const MADE_BY: Readonly<Record<string, string>> = { ipaddr: 'ip', datetime: 'datetime' };

function isMade(value: CedarValueJson, type: string): boolean {
  const { fn, arg } = recordIn(recordIn(value)?.['__extn']) ?? {};
  return (
    typeof fn === 'string' && fn === MADE_BY[type] && typeof arg === 'string' && READABLE[fn]?.(arg) === true
  );
}

function has(record: Context | undefined, attributes: NonNullable<Shape['attributes']>): boolean {
  if (record === undefined) return false;
  const given = Object.keys(record).filter((name) => record[name] !== undefined);
  const needed = Object.entries(attributes).filter(([, { required }]) => required !== false);
  return (
    needed.every(([name]) => Object.hasOwn(record, name) && record[name] !== undefined) &&
    given.every((name) => {
      const shape = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      const value = record[name];
      return shape !== undefined && value !== undefined && isOf(value, shape);
    })
  );
}

function isOf(value: CedarValueJson, { type, name, element, attributes }: Shape): boolean {
  switch (type) {
    case 'String':
      return typeof value === 'string';
    case 'Boolean':
      return typeof value === 'boolean';
    case 'Long':
      return Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'Set':
      return Array.isArray(value) && element !== undefined && value.every((each) => isOf(each, element));
    case 'Record':
      return attributes !== undefined && has(recordIn(value), attributes);
    case 'Extension':
      return name !== undefined && isMade(value, name);
    default:
      return false;
  }
}

/** Cedar breaks on what is no Unicode, as half a surrogate pair is, and an agent can send that. */
export function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, each]) => name.isWellFormed() && isUnicode(each));
}

/** What is known of agents, targets and people is made here, of what was typed before; the rest is looked at. */
export function plainlyFits(schema: SchemaJson<string>, request: Request): boolean {
  const { actions, commonTypes = {} } = schema[''] ?? {};
  const { principal, action, effect, resource, context } = request;
  const applies = actions?.[effect ?? action.id]?.appliesTo;
  if (!applies?.principalTypes.includes(principal.type) || !applies.resourceTypes.includes(resource.type))
    return false;
  const name = applies.context?.type;
  if (name === undefined) return Object.keys(context).length === 0;
  const shape = commonTypes[name];
  return shape !== undefined && isOf({ ...context, ...approvalsContext([]) }, shape as Shape);
}
