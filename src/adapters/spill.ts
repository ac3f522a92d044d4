// Keeps values that are too large for an item beside it, as objects that the item points to.
import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod/mini';
import type { Clock } from '../ports/clock.ts';
import { KEEP, type ObjectKey, type Objects } from '../ports/objects.ts';
import { type Backend, Unavailable } from '../shared/errors.ts';
import { asUnavailable } from './faults.ts';
import { keepMilliseconds } from './keys.ts';

/** An item in DynamoDB has 400 KB for everything; this leaves room for keys and the rest. */
const MOST_INLINE_BYTES = 350_000;
/** A page is cut where it holds that much, however many items were asked for. */
const MOST_PAGE_BYTES = 4 * 1024 * 1024;
const OBJECTS_AT_ONCE = 8;

/** A value as an item carries it: the text itself, or where it lies. */
export type Packed = { readonly body: string } | { readonly pointer: string };

export interface Spill {
  /** At once, but for a large value: its object is written first, so that no item points to nothing. Throws `Unavailable`. */
  pack(text: string, expiresAt: Date): Packed | Promise<Packed>;
  /** Throws `Unavailable` when the object is missing or is not what was written. */
  unpack(packed: Packed): Promise<string>;
}

/** As `pack` makes it. Any other might name what no object is, as a directory, and what asks for it would never know. */
const OBJECT = new RegExp(`^(${KEEP.join('|')})/spill/[0-9a-z]{1,64}$`);

const Pointer = z.strictObject({
  object: z.custom<ObjectKey>((key) => typeof key === 'string' && OBJECT.test(key)),
  sha256: z.string(),
  bytes: z.int().check(z.nonnegative()),
});

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A key of the shortest class that outlives the item. Nobody can guess it, so nobody can take it first. */
function newObjectKey(now: Date, expiresAt: Date): ObjectKey {
  const needed = expiresAt.getTime() - now.getTime();
  const keep = KEEP.find((each) => keepMilliseconds(each) >= needed);
  if (keep === undefined) throw new RangeError('no large value is kept that long');
  return `${keep}/spill/${randomBytes(20).toString('hex')}`;
}

export function createSpill(objects: Objects, clock: Clock, backend: Backend): Spill {
  async function putAside(bytes: Uint8Array, expiresAt: Date): Promise<Packed> {
    const object = newObjectKey(clock.now(), expiresAt);
    const put = await objects.put(object, bytes).catch((error: unknown) => {
      throw asUnavailable(backend, error);
    });
    if (!put) throw new Unavailable(backend, new Error('the key of a new object is taken'));
    return { pointer: JSON.stringify({ object, sha256: sha256(bytes), bytes: bytes.length }) };
  }

  return {
    pack(text, expiresAt) {
      // A UTF-16 unit is at most three bytes: most values need no counting.
      if (text.length * 3 <= MOST_INLINE_BYTES) return { body: text };
      const bytes = Buffer.from(text);
      return bytes.length <= MOST_INLINE_BYTES ? { body: text } : putAside(bytes, expiresAt);
    },

    async unpack(packed) {
      if ('body' in packed) return packed.body;
      try {
        const pointer = Pointer.parse(JSON.parse(packed.pointer));
        const bytes = await objects.get(pointer.object);
        if (bytes === undefined) throw new Error('the object of a large value is gone');
        if (bytes.length !== pointer.bytes || sha256(bytes) !== pointer.sha256) {
          throw new Error('the object of a large value was changed');
        }
        return Buffer.from(bytes).toString('utf8');
      } catch (error) {
        throw asUnavailable(backend, error);
      }
    },
  };
}

/** Of what `unpack` threw: an outage of objects passes; one that is gone, or was changed, stays so. */
export function passes(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.cause instanceof Unavailable;
}

/** Of the value in a row. Where there is none, nothing: nothing will be read of it either. */
export function sizeOf<T>(row: T, packedOf: (row: T) => Packed): number {
  try {
    const packed = packedOf(row);
    return 'body' in packed ? packed.body.length : Pointer.parse(JSON.parse(packed.pointer)).bytes;
  } catch {
    return 0;
  }
}

/** The first items of a list that fit one page, at least one, and whether more follow. */
export function cutPage<T>(
  rows: Iterable<T>,
  limit: number,
  packedOf: (row: T) => Packed,
): { readonly rows: readonly T[]; readonly more: boolean } {
  const taken: T[] = [];
  let bytes = 0;
  for (const row of rows) {
    bytes += sizeOf(row, packedOf);
    if (taken.length === limit || (taken.length > 0 && bytes > MOST_PAGE_BYTES)) {
      return { rows: taken, more: true };
    }
    taken.push(row);
  }
  return { rows: taken, more: false };
}

/** `Promise.all` over a function, a few at a time: a page of large values must not open a hundred connections. */
export async function mapSome<T, R>(items: readonly T[], map: (item: T) => R | Promise<R>): Promise<R[]> {
  const results: (R | Promise<R>)[] = [];
  let next = 0;
  /** The next item that nobody has taken, or the first after it that has to be waited for. */
  const take = (): { readonly at: number; readonly result: Promise<R> } | undefined => {
    while (next < items.length) {
      const at = next;
      next += 1;
      const result = map(items[at] as T);
      results[at] = result;
      if (result instanceof Promise) return { at, result };
    }
    return undefined;
  };
  const first = take();
  // Most values lie in their items, and there is nothing to wait for.
  if (first === undefined) return results as R[];
  const worker = async (begun = take()): Promise<void> => {
    for (let taken = begun; taken !== undefined; taken = take()) results[taken.at] = await taken.result;
  };
  const others = Math.min(items.length - next, OBJECTS_AT_ONCE - 1);
  await Promise.all([worker(first), ...Array.from({ length: others }, () => worker())]);
  return results as R[];
}
