// The embedded broker's archive: what was written is archived every few seconds, and signed every hour and at the end.
import type { EventFeed, FeedBatch } from '../adapters/embedded/event-feed.ts';
import {
  archiveParts,
  type BatchPart,
  type DigestDependencies,
  hashesInArchive,
  placeOf,
  SETTLED_MILLISECONDS,
  type Stray,
  signDigest,
  signedUntil,
} from '../broker/archive/index.ts';

const HOUR = 3_600_000;
/** So many events an object: to make one must not keep callers waiting. */
const BATCH = 1000;
/** After a rest of months there are many: the next pass goes on, so that what is written meanwhile is archived in time. */
const MOST_HOURS = 24 * 31;

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
  const chain = createChain(dependencies);

  async function pass(): Promise<void> {
    await chain.archiveNew();
    const until = chain.due();
    if (until !== undefined) await chain.sign(until, MOST_HOURS);
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
        // The hours that are over first: that they were signed is written down, and belongs into the last span.
        await pass();
        await chain.archiveNew();
        await chain.sign(chain.end());
      }),
  };
}

interface EmbeddedChain {
  archiveNew(): Promise<void>;
  /** Up to when is to be signed by now, if anything is. */
  due(): Date | undefined;
  /** A moment after all that was archived. */
  end(): Date;
  sign(until: Date, most?: number): Promise<void>;
}

async function* partsOf(
  batch: FeedBatch,
  tail: string,
  there: ReadonlySet<string>,
): AsyncGenerator<BatchPart> {
  let unreadable = 0;
  for await (const part of batch.parts()) {
    const strays: Stray[] = [];
    for (const came of part.unreadable) {
      strays.push({ tail: `${tail}n${unreadable}`, came: { ...came } });
      unreadable += 1;
    }
    yield { events: part.events.filter((event) => !there.has(placeOf(event))), strays };
  }
}

async function archiveOne(
  dependencies: DigestDependencies,
  batch: FeedBatch,
  at: Date,
  there: ReadonlySet<string>,
): Promise<void> {
  const tail = `r${batch.tail}`;
  await archiveParts(dependencies, { at, tail, freshOnly: false }, partsOf(batch, tail, there));
}

/**
 * What happened in the hour from then on has long been archived. What comes now, such as that a digest was signed, is
 * archived together later: every digest reads all that came after its hour.
 */
function isLongOver(from: Date, now: Date): boolean {
  return from.getTime() + HOUR + SETTLED_MILLISECONDS < now.getTime();
}

function createChain(dependencies: EmbeddedArchiveDependencies): EmbeddedChain {
  const { feed, archive, clock } = dependencies;
  /**
   * Archived since the last digest by a try that could not remember it, as it failed or was killed: they are not archived
   * again. Undefined where that is yet to be read.
   */
  let known: ReadonlySet<string> | undefined;
  /** No name is earlier than the end of the last span, nor than what has a name already, even if the clock is set back. */
  let latest = 0;
  let signed: Date | undefined;
  /** When something was signed last, by the clock as it is now. */
  let since = Number.POSITIVE_INFINITY;

  const nextMoment = () => {
    latest = Math.max(latest, clock.now().getTime());
    return new Date(latest);
  };
  const end = () => new Date(nextMoment().getTime() + 1);

  async function lookUp(): Promise<void> {
    const until = await signedUntil(dependencies);
    if (until === undefined) return;
    if (signed === undefined || until > signed) signed = until;
    latest = Math.max(latest, until.getTime());
  }

  async function begin(): Promise<ReadonlySet<string>> {
    await lookUp();
    return new Set((await hashesInArchive(archive, signed ?? new Date(0))).keys());
  }

  async function archiveNew(): Promise<void> {
    try {
      known ??= await begin();
      for (let batch = await feed.next(BATCH); batch !== undefined; batch = await feed.next(BATCH)) {
        await archiveOne(dependencies, batch, nextMoment(), known);
        await feed.done(batch);
      }
      known = new Set();
    } catch (error) {
      // It may have been put all the same, and comes in another batch the next time, under another name.
      known = undefined;
      throw error;
    }
  }

  function due(): Date | undefined {
    const now = clock.now();
    since = Math.min(since, now.getTime());
    const hour = new Date(Math.floor(now.getTime() / HOUR) * HOUR);
    if (signed === undefined || hour > signed) return hour;
    // The clock was ahead once. What is archived until it is there again does not stay unsigned so long.
    return signed > now && now.getTime() - since >= HOUR ? end() : undefined;
  }

  async function sign(until: Date, most = Number.POSITIVE_INFINITY): Promise<void> {
    latest = Math.max(latest, until.getTime());
    let from: Date | undefined;
    for (let times = 0; times < most; times += 1) {
      const settled = new Date(Math.max(until.getTime(), clock.now().getTime()) + 1);
      const flush = from === undefined || !isLongOver(from, clock.now()) ? { flush: archiveNew } : {};
      const result = await signDigest(dependencies, { until, settled, alone: true, ...flush });
      if (result === 'nothing') signed = until;
      if (typeof result === 'string') break;
      since = clock.now().getTime();
      from = result.until;
    }
    await lookUp();
  }

  return { archiveNew, due, end, sign };
}
