// Pages of what several partitions of an index hold, the latest first: their sort keys say how long ago it was.
import { isPlace } from '../agents/index.ts';
import {
  BadCursor,
  type Page,
  type PageRequest,
  type RecordKey,
  type StoredRecord,
} from '../ports/records.ts';
import type { BrokerDependencies } from './dependencies.ts';

export interface Listing {
  readonly partitions: readonly string[];
  /** The sort key that a record has in the index by now. */
  readonly placeOf: (record: StoredRecord) => string;
  /** Nothing beyond this place. */
  readonly until?: string;
}

interface Placed {
  readonly place: string;
  readonly record: StoredRecord;
}

type Reading = Pick<BrokerDependencies, 'records'>;

const MOST_PAGE = 500;
/** So that a page goes on where the last one of the page before, and some that moved, are met again. */
const SPARE = 20;
/** Of keys whose records are gone, or have moved. */
const MOST_EMPTY_PAGES = 20;
const MOST_READ = 100;

function placeIn(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const place = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!isPlace(place) || Buffer.from(place).toString('base64url') !== cursor) throw new BadCursor();
  return place;
}

export async function readSome(
  { records }: Reading,
  keys: readonly RecordKey[],
): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for (let from = 0; from < keys.length; from += MOST_READ) {
    const some = await records.read(keys.slice(from, from + MOST_READ));
    found.push(...some.filter((record) => record !== undefined));
  }
  return found;
}

/** Of one partition, what comes next after a place, and whether there is more. */
async function nextOf(
  dependencies: Reading,
  partition: string,
  placeOf: Listing['placeOf'],
  { limit, after }: { readonly limit: number; readonly after: string | undefined },
): Promise<{ readonly found: readonly Placed[]; readonly more: boolean }> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_EMPTY_PAGES; page += 1) {
    const listed = await dependencies.records.listIndex(partition, {
      limit: Math.min(MOST_PAGE, limit + SPARE),
      ...(after === undefined ? {} : { from: after }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    const kept = await readSome(dependencies, listed.items);
    // What has moved since it was listed is at the front by now, and in the next list.
    const found = kept
      .map((record) => ({ place: placeOf(record), record }))
      .filter(({ place }) => after === undefined || place > after);
    cursor = listed.cursor;
    if (found.length > 0 || cursor === undefined) return { found, more: cursor !== undefined };
  }
  return { found: [], more: false };
}

function byPlace(a: Placed, b: Placed): number {
  return a.place < b.place ? -1 : 1;
}

/** Reads as much as it shows, of each partition. */
export async function latestFirst(
  dependencies: Reading,
  { partitions, placeOf, until }: Listing,
  { limit, cursor }: PageRequest,
): Promise<Page<StoredRecord>> {
  const after = placeIn(cursor);
  const parts = await Promise.all(
    partitions.map((partition) => nextOf(dependencies, partition, placeOf, { limit, after })),
  );
  // Where a partition has more, it is known only as far as it was read.
  const ends = parts.flatMap(({ found, more }) =>
    more
      ? (found
          .map(({ place }) => place)
          .sort()
          .at(-1) ?? [])
      : [],
  );
  const known = ends.sort()[0];
  const found = parts.flatMap((part) => part.found).sort(byPlace);
  const shown = found.filter(({ place }) => known === undefined || place <= known).slice(0, limit);
  const wanted = shown.filter(({ place }) => until === undefined || place < until);
  const last = wanted.at(-1);
  const more = wanted.length === shown.length && (known !== undefined || found.length > shown.length);
  return {
    items: wanted.map(({ record }) => record),
    ...(more && last !== undefined ? { cursor: Buffer.from(last.place).toString('base64url') } : {}),
  };
}
