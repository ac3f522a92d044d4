// Reads an event's body as it comes from storage: what is not as it should be is as if it were not there.
import type { Json, JsonObject } from '../../shared/json.ts';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textIn(from: JsonObject, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Of what is counted and measured, which is never less than nothing. */
export function countIn(from: JsonObject, name: string): number | undefined {
  const value = from[name];
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const MOST_INTEGER = 2 ** 31 - 1;

/** The same, where OCSF wants an integer that is no long one. */
export function integerIn(from: JsonObject, name: string): number | undefined {
  const value = countIn(from, name);
  return value !== undefined && value <= MOST_INTEGER ? value : undefined;
}

/** One for all that is not there: nobody writes into what was read. */
const NOTHING: JsonObject = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);

/** An empty one where there is none. */
export function objectIn(from: JsonObject, name: string): JsonObject {
  const value = from[name];
  return isObject(value) ? value : NOTHING;
}

export function objectsIn(from: JsonObject, name: string): readonly JsonObject[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter(isObject) : NONE;
}

export function textsIn(from: JsonObject, name: string): readonly string[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter((one: Json): one is string => typeof one === 'string') : NONE;
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** In milliseconds, as OCSF counts them. */
export function momentIn(from: JsonObject, name: string): number | undefined {
  const text = textIn(from, name);
  if (text === undefined || !MOMENT.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** Undefined where there are none: a record says nothing that is not known. */
export function anyOf<Value extends Json>(values: readonly Value[]): readonly Value[] | undefined {
  return values.length === 0 ? undefined : values;
}
