// Objects in a map, for suites that are about another port.
import type { Objects } from '../../../src/ports/objects.ts';

export function memoryObjects(): Objects & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    async put(key, body) {
      if (kept.has(key)) return false;
      kept.set(key, body);
      return true;
    },
    get: async (key) => kept.get(key),
    remove: async (key) => void kept.delete(key),
    link: async (key) => `memory:${key}`,
  };
}
