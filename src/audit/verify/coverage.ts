// Which files of an archive no digest names: found by going through the names once, beside the digests.
import type { ArchivedObject, ArchiveReader } from '../../ports/archive.ts';
import { archiveName, type EVENTS_PREFIX, type STRAYS_PREFIX } from '../archive/names.ts';

export type TimedPrefix = typeof EVENTS_PREFIX | typeof STRAYS_PREFIX;

/** A digest out of its order may name one of these later. */
const MOST_WAITING = 50_000;

export interface Coverage {
  /** These are named by a digest; digests are told of in their order. */
  cover(keys: readonly string[]): Promise<void>;
  /** Hands on everything else. */
  finish(): Promise<void>;
}

/** Names are those of an archive; others are told of elsewhere. */
export function createCoverage(
  reader: ArchiveReader,
  prefix: TimedPrefix,
  judge: (uncovered: ArchivedObject) => Promise<void>,
): Coverage {
  const names = reader.list(prefix)[Symbol.asyncIterator]();
  const waiting = new Map<string, ArchivedObject>();
  let next: ArchivedObject | undefined;

  async function peek(): Promise<ArchivedObject | undefined> {
    while (next === undefined) {
      const { done, value } = await names.next();
      if (done === true) return undefined;
      if (archiveName(value.key) !== undefined) next = value;
    }
    return next;
  }

  async function wait(object: ArchivedObject): Promise<void> {
    waiting.set(object.key, object);
    const [eldest] = waiting.values();
    if (waiting.size <= MOST_WAITING || eldest === undefined) return;
    waiting.delete(eldest.key);
    await judge(eldest);
  }

  return {
    async cover(keys) {
      for (const key of [...keys].sort()) {
        for (let at = await peek(); at !== undefined && at.key <= key; at = await peek()) {
          next = undefined;
          if (at.key !== key) await wait(at);
        }
        waiting.delete(key);
      }
    },
    async finish() {
      for (const object of waiting.values()) await judge(object);
      for (let at = await peek(); at !== undefined; at = await peek()) {
        next = undefined;
        await judge(at);
      }
    },
  };
}
