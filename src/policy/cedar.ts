// Cedar's WebAssembly module: loaded at first use, and the few names under which it keeps what it has parsed.
import { createRequire } from 'node:module';
import type * as CedarModule from '@cedar-policy/cedar-wasm/nodejs';

export type {
  CedarValueJson,
  DetailedError,
  EntityJson,
  PolicyJson,
  SchemaJson,
  StatefulAuthorizationCall,
  TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs';

type Cedar = typeof CedarModule;

/** Cedar gave up instead of answering. What it worked on must not be used. */
export class CedarFailed extends Error {
  override readonly name = 'CedarFailed';
}

const load = createRequire(import.meta.url);
const MODULE = '@cedar-policy/cedar-wasm/nodejs';
let loaded: Cedar | undefined;

/**
 * Asks Cedar. An exception means that the module ran out of its stack, after which it answers nothing any more:
 * it is thrown away, so that one bad policy file does not silence the broker.
 */
export function cedar<T>(ask: (module: Cedar) => T): T {
  loaded ??= load(MODULE) as Cedar;
  try {
    return ask(loaded);
  } catch (cause) {
    loaded = undefined;
    delete load.cache[load.resolve(MODULE)];
    for (const shelf of shelves) shelf.clear();
    throw new CedarFailed('Cedar could not finish', { cause });
  }
}

/** Names for what Cedar keeps parsed. */
export interface Shelf {
  /** The name under which the owner's things stand; `fill` puts them there when they do not, or no longer. */
  name(owner: object, fill: (name: string) => void): string;
  clear(): void;
}

const shelves: Shelf[] = [];

/**
 * Cedar keeps what it parsed by name and never lets go of a name, so a broker that reloads its files has to use
 * names again. The owner used longest ago loses its name, and gets another when it is asked again: an engine
 * never decides by what somebody else put under its name.
 */
export function createShelf(prefix: string, size: number): Shelf {
  const names = Array.from({ length: size }, (_, i) => `${prefix}${i}`);
  const free = [...names];
  const held = new Map<object, string>();

  function take(): string {
    const unused = free.pop();
    if (unused !== undefined) return unused;
    const [oldest] = held;
    if (oldest === undefined) throw new Error('a shelf needs at least one place');
    held.delete(oldest[0]);
    return oldest[1];
  }

  const shelf: Shelf = {
    name(owner, fill) {
      const known = held.get(owner);
      const name = known ?? take();
      held.delete(owner);
      if (known === undefined) {
        try {
          fill(name);
        } catch (error) {
          // A failure of Cedar has emptied the shelf by now, and freed this name with the others.
          if (!free.includes(name)) free.push(name);
          throw error;
        }
      }
      held.set(owner, name);
      return name;
    },
    clear() {
      held.clear();
      free.splice(0, free.length, ...names);
    },
  };
  shelves.push(shelf);
  return shelf;
}
