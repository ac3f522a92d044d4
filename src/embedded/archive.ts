// The embedded broker's archive: what was written is archived every few seconds, and signed every hour and at the end.
import type { EventFeed } from '../adapters/embedded/event-feed.ts';
import {
  archiveBatch,
  type DigestDependencies,
  hashesInArchive,
  placeOf,
  signDigest,
  signedUntil,
} from '../broker/archive/index.ts';

const HOUR = 3_600_000;
/** So many events an object: to make one must not keep callers waiting. */
const BATCH = 1000;

export interface EmbeddedArchive {
  /** Archives what was written since, and signs the hour that is over, if one is. */
  pass(): Promise<void>;
  /** Archives and signs everything. The last thing before the database is closed. */
  close(): Promise<void>;
}

export interface EmbeddedArchiveDependencies extends DigestDependencies {
  readonly feed: EventFeed;
}

export function createEmbeddedArchive(dependencies: EmbeddedArchiveDependencies): EmbeddedArchive {
  const { feed, archive, clock } = dependencies;
  /** Archived since the last digest by a broker that was killed before it could remember: they are not archived again. */
  let known: ReadonlySet<string> | undefined;
  /** No name is earlier than the end of the last span, nor than what has a name already, even if the clock is set back. */
  let latest = 0;
  let signed: Date | undefined;

  const nextMoment = () => {
    latest = Math.max(latest, clock.now().getTime());
    return new Date(latest);
  };

  async function begin(): Promise<ReadonlySet<string>> {
    signed = await signedUntil(dependencies);
    latest = Math.max(latest, signed?.getTime() ?? 0);
    return new Set((await hashesInArchive(archive, signed ?? new Date(0))).keys());
  }

  async function archiveNew(): Promise<void> {
    known ??= await begin();
    for (let batch = await feed.next(BATCH); batch !== undefined; batch = await feed.next(BATCH)) {
      const there = known;
      await archiveBatch(dependencies, {
        at: nextMoment(),
        tail: `r${batch.tail}`,
        events: batch.events.filter((event) => !there.has(placeOf(event))),
        strays: batch.unreadable.map((came, place) => ({
          tail: `r${batch.tail}n${place}`,
          came: { ...came },
        })),
        freshOnly: false,
      });
      await feed.done(batch);
    }
    known = new Set();
  }

  async function sign(until: Date): Promise<void> {
    const settled = new Date(Math.max(until.getTime(), clock.now().getTime()) + 1);
    const result = await signDigest(dependencies, { until, settled, alone: true, flush: archiveNew });
    if (result !== 'busy') signed = until;
  }

  async function pass(): Promise<void> {
    await archiveNew();
    const hour = new Date(Math.floor(clock.now().getTime() / HOUR) * HOUR);
    if (signed === undefined || hour > signed) await sign(hour);
  }

  /** One thing at a time, whatever became of the one before. */
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work, work);
    return last;
  };

  return {
    pass: () => inTurn(pass),
    close: () =>
      inTurn(async () => {
        await archiveNew();
        await sign(new Date(nextMoment().getTime() + 1));
      }),
  };
}
