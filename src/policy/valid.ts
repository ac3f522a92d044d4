// Whether a request is one that the schema knows, told without Cedar where it plainly is: asking takes Cedar longer
// than deciding. What is not plain here is left for Cedar to judge.
import { isIP } from 'node:net';
import { readMoment, writtenMoment } from '../shared/moments.ts';
import { recordIn } from './buckets.ts';
import type { CedarValueJson, SchemaJson } from './cedar.ts';
import { approvalsContext } from './context.ts';
import type { Request } from './evaluate.ts';

/** A type of the schema, as far as they are used. */
interface Shape {
  readonly type: string;
  readonly name?: string;
  readonly element?: Shape;
  readonly attributes?: Readonly<Record<string, Shape & { readonly required?: boolean }>>;
}

function isMoment(text: string): boolean {
  const at = readMoment(text);
  return !Number.isNaN(at) && writtenMoment(new Date(at)) === text;
}

/** What Cedar surely reads, of what it may. */
const READABLE: Readonly<Record<string, (text: string) => boolean>> = {
  ip: (text) => isIP(text) === 4 || (isIP(text) === 6 && !/[.%]/.test(text)),
  datetime: (text) => /^\d{4}-/.test(text) && isMoment(text),
};

/** The functions that make values of the types that are extensions. */
const MADE_BY: Readonly<Record<string, string>> = { ipaddr: 'ip', datetime: 'datetime' };

function isMade(value: CedarValueJson, type: string): boolean {
  const { fn, arg } = recordIn(recordIn(value)?.['__extn']) ?? {};
  return (
    typeof fn === 'string' && fn === MADE_BY[type] && typeof arg === 'string' && READABLE[fn]?.(arg) === true
  );
}

type Fits = (value: CedarValueJson) => boolean;

function fitsRecord(attributes: NonNullable<Shape['attributes']>): Fits {
  const shapes = new Map(Object.entries(attributes).map(([name, shape]) => [name, fitsOf(shape)]));
  const needed = Object.keys(attributes).filter((name) => attributes[name]?.required !== false);
  return (value) => {
    const record = recordIn(value);
    if (record === undefined) return false;
    for (const name of needed) if (!Object.hasOwn(record, name) || record[name] === undefined) return false;
    for (const name of Object.keys(record)) {
      const each = record[name];
      if (each !== undefined && shapes.get(name)?.(each) !== true) return false;
    }
    return true;
  };
}

/** What tells whether a value is of that shape, made once: every request is looked at. */
function fitsOf({ type, name, element, attributes }: Shape): Fits {
  switch (type) {
    case 'String':
      return (value) => typeof value === 'string';
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'Long':
      return (value) => Number.isSafeInteger(value) && !Object.is(value, -0);
    case 'Set': {
      const fits = element === undefined ? undefined : fitsOf(element);
      return (value) => Array.isArray(value) && fits !== undefined && value.every((each) => fits(each));
    }
    case 'Record':
      return attributes === undefined ? () => false : fitsRecord(attributes);
    case 'Extension':
      return (value) => name !== undefined && isMade(value, name);
    default:
      return () => false;
  }
}

const FITS = new WeakMap<object, Fits>();

function fitsOnce(shape: Shape): Fits {
  const known = FITS.get(shape);
  if (known !== undefined) return known;
  const fits = fitsOf(shape);
  FITS.set(shape, fits);
  return fits;
}

/** Cedar breaks on what is no Unicode, as half a surrogate pair is, and an agent can send that. */
export function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isUnicode);
  const record = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(record)) {
    if (!name.isWellFormed() || !isUnicode(record[name])) return false;
  }
  return true;
}

/** Entities are made once for many requests, and never changed. */
const LOOKED_AT = new WeakSet<object>();

export function isUnicodeRequest({ entities, ...others }: Request): boolean {
  if (!isUnicode(others)) return false;
  const isGood = LOOKED_AT.has(entities) || isUnicode(entities);
  if (isGood) LOOKED_AT.add(entities);
  return isGood;
}

const NO_APPROVALS = approvalsContext([]);

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
  return shape !== undefined && fitsOnce(shape as Shape)({ ...context, ...NO_APPROVALS });
}
