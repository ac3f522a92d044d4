// What an execution carries from state to state: values read by their paths, and put where a state says.
import type { Json, JsonObject } from '../../../shared/json.ts';
import { TOKEN_PATH } from './language.ts';

/** A state that did not do what it should, by the name of its error. What went wrong in detail is never kept. */
export class Failed extends Error {
  override readonly name = 'Failed';
  readonly error: string;

  constructor(error: string) {
    super(error);
    this.error = error;
  }
}

/** The file and what the steps answer do not fit. No Retry and no Catch is asked, as in the service. */
export const RUNTIME = 'States.Runtime';

/** Undefined where there is nothing. */
export function find(data: Json, path: string): Json | undefined {
  let found: Json | undefined = data;
  for (const name of path.split('.').slice(1)) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = Object.hasOwn(found, name) ? (found as JsonObject)[name] : undefined;
  }
  return found;
}

export function read(data: Json, path: string): Json {
  const found = find(data, path);
  if (found === undefined) throw new Failed(RUNTIME);
  return found;
}

export function readSeconds(data: Json, path: string, least: number): number {
  const found = read(data, path);
  const fits = typeof found === 'number' && Number.isInteger(found) && found >= least && found <= 99_999_999;
  if (!fits) throw new Failed(RUNTIME);
  return found;
}

/** Fields whose names end in `.$` are read from the data; the others are what they say. */
export function fill(template: Readonly<Record<string, string>>, data: Json, token?: string): JsonObject {
  const fields = Object.entries(template).map(([name, value]): [string, Json] => {
    if (!name.endsWith('.$')) return [name, value];
    return [name.slice(0, -2), value === TOKEN_PATH && token !== undefined ? token : read(data, value)];
  });
  return Object.fromEntries(fields);
}

export function put(data: JsonObject, place: string, value: Json): JsonObject {
  return { ...data, [place.slice('$.'.length)]: value };
}
