// What investigators pivot on, by where it stands in a record: the types that OCSF 1.8.0 has numbers for.
import type { Json, JsonObject } from '../../shared/json.ts';
import { isObject } from './read.ts';

const OBSERVED = [
  ['src_endpoint.ip', 2, 'IP Address'],
  ['actor.user.uid', 31, 'User Object: uid'],
  ['actor.user.email_addr', 5, 'Email Address'],
  ['user.uid', 31, 'User Object: uid'],
  ['entity.user.uid', 31, 'User Object: uid'],
  ['dst_endpoint.uid', 48, 'Network Endpoint Object: uid'],
  ['session.credential_uid', 19, 'User Credential ID'],
  ['resources.uid', 10, 'Resource UID'],
] as const;

const PLACES = OBSERVED.map(([name, type_id, type]) => ({ name, type_id, type, steps: name.split('.') }));

function valuesAt(value: Json | undefined, steps: readonly string[], depth = 0): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one: Json) => valuesAt(one, steps, depth));
  const step = steps[depth];
  if (step === undefined) return typeof value === 'string' ? [value] : [];
  return isObject(value) ? valuesAt(value[step], steps, depth + 1) : [];
}

/** Each value once of each type, where it stands first. */
export function observablesOf(record: JsonObject): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const { name, type_id, type, steps } of PLACES) {
    for (const value of valuesAt(record, steps)) {
      const key = `${type_id} ${value}`;
      if (!found.has(key)) found.set(key, { name, type_id, type, value });
    }
  }
  return [...found.values()];
}
