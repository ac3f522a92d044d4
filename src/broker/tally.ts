// Counts what may come in floods. A flood is one number, written now and then, and not a write for each of it.
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { CountOptions, RecordKey, Records } from '../ports/records.ts';
import { Unavailable } from '../shared/errors.ts';
import type { Json } from '../shared/json.ts';

export interface Counting {
  readonly key: RecordKey;
  /** Kept from the first of all. */
  readonly first: Json;
  /** Kept from the latest that is written. */
  readonly last: Json;
  readonly options: CountOptions;
  /** What is counted instead once too many new numbers were begun within a minute: callers choose the keys. */
  readonly overflow?: Omit<Counting, 'overflow'>;
}

export interface Tally {
  /**
   * Counts one more. The first under a key is written at once, and then it is told whether it was the first of all;
   * the next ones are added up and written every few seconds, when another comes or `flush` is called.
   */
  note(counting: Counting): Promise<'first' | 'another'>;
  /** Writes what was added up. */
  flush(): Promise<void>;
}

interface Entry {
  latest: Counting;
  pending: number;
  writtenAt: number;
}

function nameOf({ key }: Counting): string {
  return JSON.stringify([key.partition, key.sort]);
}

/** Between two writes of one number by one process. */
const PAUSE_MILLISECONDS = 5000;
/** So many numbers are kept in mind; the one that was written longest ago is let go for another. */
const MOST_ENTRIES = 2000;
/** So many numbers are begun within a minute by one process; beyond, it is the overflow that is counted. */
const MOST_NEW_A_MINUTE = 200;
/** In passing, so that a process that is only run when it is asked something gets its numbers written. */
const MOST_IN_PASSING = 5;

export function createTally({
  records,
  clock,
  log,
}: {
  readonly records: Pick<Records, 'count'>;
  readonly clock: Clock;
  readonly log: Log;
}): Tally {
  const entries = new Map<string, Entry>();
  let minute = { number: 0, begun: 0 };

  /** The number after this write; undefined where it could not be written, and then it stays pending. */
  async function write(entry: Entry): Promise<number | undefined> {
    const { latest, pending } = entry;
    entry.pending = 0;
    entry.writtenAt = clock.now().getTime();
    try {
      return await records.count(latest.key, pending, latest.first, latest.last, latest.options);
    } catch (error) {
      entry.pending += pending;
      if (!(error instanceof Unavailable)) throw error;
      log.error('back end unavailable', { backend: error.backend });
      return undefined;
    }
  }

  function remember(name: string, entry: Entry): void {
    // A map keeps the order of insertion: written again, an entry goes to the end.
    entries.delete(name);
    entries.set(name, entry);
    if (entries.size <= MOST_ENTRIES) return;
    const idle = [...entries].find(([, { pending }]) => pending === 0) ?? [...entries][0];
    if (idle !== undefined) entries.delete(idle[0]);
  }

  /** What to count: the number itself, or the overflow where this would be one new number too many. */
  function chosen(counting: Counting, now: number): Counting {
    const number = Math.floor(now / 60_000);
    if (number !== minute.number) minute = { number, begun: 0 };
    if (entries.has(nameOf(counting)) || counting.overflow === undefined) return counting;
    minute.begun += 1;
    return minute.begun <= MOST_NEW_A_MINUTE ? counting : counting.overflow;
  }

  function due(now: number): readonly Entry[] {
    return [...entries.values()].filter(
      ({ pending, writtenAt }) => pending > 0 && now - writtenAt >= PAUSE_MILLISECONDS,
    );
  }

  return {
    async note(given) {
      const now = clock.now().getTime();
      const counting = chosen(given, now);
      const name = nameOf(counting);
      const known = entries.get(name);
      if (known !== undefined) {
        known.latest = { ...counting, first: known.latest.first };
        known.pending += 1;
        await Promise.all(due(now).slice(0, MOST_IN_PASSING).map(write));
        return 'another';
      }
      const entry: Entry = { latest: counting, pending: 1, writtenAt: now };
      remember(name, entry);
      const passing = due(now).slice(0, MOST_IN_PASSING);
      const [count] = await Promise.all([write(entry), ...passing.map(write)]);
      return count === 1 ? 'first' : 'another';
    },
    async flush() {
      const waiting = [...entries.values()].filter(({ pending }) => pending > 0);
      for (let at = 0; at < waiting.length; at += MOST_IN_PASSING) {
        await Promise.all(waiting.slice(at, at + MOST_IN_PASSING).map(write));
      }
    },
  };
}
