// The two fields of an event that stand beside its body, so that events can be found by them.
import type { JsonObject } from '../shared/json.ts';

/** A longer one, or an empty one, could not be a key of an index and would refuse the whole event. */
const MOST_CHARACTERS = 256;

function keyText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= MOST_CHARACTERS ? value : undefined;
}

export function indexedFields(body: JsonObject): { at: string | undefined; type: string | undefined } {
  return { at: keyText(body['at']), type: keyText(body['type']) };
}
