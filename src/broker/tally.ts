// Counts what may come in floods. A flood is a few numbers, written now and then, and not a write for each of it.
import type { Clock } from '../ports/clock.ts';
import type { Log } from '../ports/log.ts';
import type { CountOptions, RecordKey, Records } from '../ports/records.ts';
import { Unavailable } from '../shared/errors.ts';
import { goingOn } from '../shared/going-on.ts';
import type { Json } from '../shared/json.ts';

export interface Counting {
  readonly key: RecordKey;
  /** Kept from the first of all. */
  readonly first: Json;
  /** Kept from the latest that is written. */
  readonly last: Json;
  readonly options: CountOptions;
  /** Done once this process has begun the number. Done again while it fails, and where nobody knows who began it. */
  readonly begun?: () => Promise<void>;
  /** For numbers whose keys callers choose. They are written in passing once they are begun. */
  readonly bound?: Bound;
}

/** Of a group, one process begins so many numbers within a minute. Beyond, another is counted, or nothing. */
export interface Bound {
  readonly group: string;
  readonly most: number;
  readonly instead?: Counting;
}

/** None of these ever fails: whoever is counted, or comes by, has no part in it. */
export interface Tally {
  /** Counts one more. A new number is written at once, in the same turn; the next ones are added up: nothing to wait for. */
  note(counting: Counting): Promise<void> | undefined;
  /** Writes a few of those that were added up, and so many in a minute: whichever has waited longest. */
  writeDue(): Promise<void>;
  /** Writes all that was added up. */
  flush(): Promise<void>;
}

interface Entry {
  readonly name: string;
  latest: Counting;
  pending: number;
  writtenAt: number;
  /** What there is to do because the number is new, until it is done. */
  begun: (() => Promise<void>) | undefined;
  /** This process has begun the number, or may have: an addition failed, and nobody knows whether it was made. */
  mayBeFirst: boolean;
  writing: Promise<void> | undefined;
}

/** Between two writes of one number by one process. */
const PAUSE_MILLISECONDS = 15_000;
/** So many numbers are kept in mind; the one that was written longest ago is let go for another. */
const MOST_ENTRIES = 2000;
/** At the same time: one passer-by, or one turn of a timer, writes no more than that. */
const MOST_IN_PASSING = 5;
const MOST_IN_PASSING_A_MINUTE = 150;

interface Dependencies {
  readonly records: Pick<Records, 'count'>;
  readonly clock: Clock;
  readonly log: Log;
}

function nameOf({ key }: Counting): string {
  return JSON.stringify([key.partition, key.sort]);
}

function isWaiting({ pending, begun }: Entry): boolean {
  return pending > 0 || begun !== undefined;
}

function isDue(entry: Entry, now: number): boolean {
  return isWaiting(entry) && entry.writing === undefined && now - entry.writtenAt >= PAUSE_MILLISECONDS;
}

/** The numbers in mind, those written longest ago at the beginning. */
class Entries {
  readonly #byName = new Map<string, Entry>();

  get(name: string): Entry | undefined {
    return this.#byName.get(name);
  }

  all(): readonly Entry[] {
    return [...this.#byName.values()];
  }

  add(entry: Entry): void {
    this.#byName.set(entry.name, entry);
    if (this.#byName.size <= MOST_ENTRIES) return;
    const all = this.all();
    const idle = all.find((one) => !isWaiting(one)) ?? all[0];
    if (idle !== undefined) this.remove(idle);
  }

  remove({ name }: Entry): void {
    this.#byName.delete(name);
  }

  /** A map keeps the order of insertion. */
  moveToEnd(entry: Entry): void {
    if (this.#byName.delete(entry.name)) this.#byName.set(entry.name, entry);
  }
}

/** What was done of each kind within this minute. */
function perMinute() {
  let minute = 0;
  let counts = new Map<string, number>();
  /** Whether there may be one more, which then counts. */
  return (kind: string, most: number, now: number): boolean => {
    const current = Math.floor(now / 60_000);
    if (current !== minute) [minute, counts] = [current, new Map()];
    const before = counts.get(kind) ?? 0;
    if (before >= most) return false;
    counts.set(kind, before + 1);
    return true;
  };
}

function writing(
  { records, log }: Dependencies,
  entries: Entries,
  time: () => number,
): (entry: Entry) => Promise<void> {
  function failed(entry: Entry, error: unknown): void {
    if (error instanceof Unavailable) {
      log.error('back end unavailable', { backend: error.backend });
      return;
    }
    // A mistake in what is counted: another attempt would fare no better.
    entries.remove(entry);
    entry.begun = undefined;
    log.error('background work failed', { error: error instanceof Error ? error.name : 'unknown' });
  }

  /** False where it stays as it was. */
  async function add(entry: Entry): Promise<boolean> {
    const { latest, pending } = entry;
    if (pending === 0) return true;
    entry.pending = 0;
    try {
      const count = await records.count(latest.key, pending, latest.first, latest.last, latest.options);
      if (count === pending) entry.mayBeFirst = true;
      return true;
    } catch (error) {
      entry.pending += pending;
      entry.mayBeFirst = true;
      failed(entry, error);
      return false;
    }
  }

  async function attempt(entry: Entry): Promise<void> {
    entry.writtenAt = time();
    entries.moveToEnd(entry);
    if (!(await add(entry))) return;
    if (!entry.mayBeFirst) entry.begun = undefined;
    try {
      await entry.begun?.();
      entry.begun = undefined;
    } catch (error) {
      failed(entry, error);
    }
  }

  return (entry) => {
    entry.writing ??= attempt(entry).finally(() => {
      entry.writing = undefined;
    });
    return entry.writing;
  };
}

export function createTally(dependencies: Dependencies): Tally {
  const time = goingOn(dependencies.clock);
  const entries = new Entries();
  const write = writing(dependencies, entries, time);
  const mayPass = perMinute();
  const mayBegin = perMinute();

  /** What to count: the number itself, or another where this would be one too many. */
  function chosen(counting: Counting, now: number): Counting | undefined {
    const { bound } = counting;
    if (bound === undefined || entries.get(nameOf(counting)) !== undefined) return counting;
    if (mayBegin(bound.group, bound.most, now)) return counting;
    return bound.instead === undefined ? undefined : chosen(bound.instead, now);
  }

  function begin(counting: Counting): Promise<void> {
    const state = { pending: 1, writtenAt: 0, mayBeFirst: false, writing: undefined };
    const entry: Entry = { name: nameOf(counting), latest: counting, begun: counting.begun, ...state };
    entries.add(entry);
    return write(entry);
  }

  return {
    note(given) {
      const now = time();
      const counting = chosen(given, now);
      if (counting === undefined) return undefined;
      const known = entries.get(nameOf(counting));
      if (known === undefined) return begin(counting);
      known.latest = { ...counting, first: known.latest.first };
      known.pending += 1;
      return counting.bound === undefined && isDue(known, now) ? write(known) : undefined;
    },
    async writeDue() {
      const now = time();
      const some = entries
        .all()
        .filter((entry) => isDue(entry, now))
        .slice(0, MOST_IN_PASSING)
        .filter(() => mayPass('passing', MOST_IN_PASSING_A_MINUTE, now));
      await Promise.all(some.map(write));
    },
    async flush() {
      const all = entries.all();
      for (let at = 0; at < all.length; at += MOST_IN_PASSING) {
        const some = all.slice(at, at + MOST_IN_PASSING);
        await Promise.all(some.map(({ writing: underWay }) => underWay));
        await Promise.all(some.filter(isWaiting).map(write));
      }
    },
  };
}
