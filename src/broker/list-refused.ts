// Who knocked in vain: identities that nobody registered, and tokens that were refused.
import {
  lastPlace,
  REFUSED_PARTITIONS,
  type RefusedTokens,
  refusedIndex,
  SIGHTING_PARTITIONS,
  type SightedFrom,
  type Sighting,
  sightedFromPartition,
  sightingIndex,
} from '../agents/index.ts';
import type { CountedValue, Page, PageRequest, StoredRecord } from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import { latestFirst, readSome } from './latest-first.ts';
import { type Operating, operatorOf } from './operator.ts';
import { refuseAccess } from './refuse-access.ts';

interface From {
  readonly address: string;
  readonly count: number;
  readonly lastSeen: string;
}

/** An identity with a good token that no registered agent has. */
export interface UnknownAgent extends Pick<Sighting, 'issuer' | 'subject' | 'claims'> {
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  /** The address seen last at the beginning. */
  readonly from: readonly From[];
  /** There are addresses beside those: they are too many for a list. */
  readonly moreAddresses?: true;
  /** Of the token that was seen first. */
  readonly tokenHash: string;
}

export interface RefusedInAMinute extends RefusedTokens {
  readonly count: number;
}

const MOST_ADDRESSES = 20;
/** So many identities' addresses are read at the same time. */
const AT_ONCE = 20;

function counted<First>({ value }: StoredRecord) {
  const { count, first, last } = value as unknown as CountedValue;
  return { count, first: first as unknown as First, lastSeen: (last as unknown as { at: string }).at };
}

async function asUnknownAgent(dependencies: Operating, record: StoredRecord): Promise<UnknownAgent> {
  const { count, first, lastSeen } = counted<Sighting>(record);
  const { issuer, subject, claims, tokenHash, at: firstSeen } = first;
  const listed = await dependencies.records.listIndex(sightedFromPartition(first), {
    limit: MOST_ADDRESSES,
  });
  const from = (await readSome(dependencies, listed.items)).map((one) => {
    const { first: seen, ...rest } = counted<SightedFrom>(one);
    return { address: seen.address, ...rest };
  });
  return {
    ...{ issuer, subject, claims, firstSeen, lastSeen, count, from },
    ...(listed.cursor === undefined ? {} : { moreAddresses: true }),
    tokenHash,
  };
}

async function mayList(dependencies: Operating, caller: Caller): Promise<Refusal | undefined> {
  const operator = await operatorOf(dependencies, caller);
  return operator instanceof Refusal
    ? operator
    : refuseAccess(dependencies, operator, caller, 'contain', { type: 'Broker' });
}

const SIGHTINGS = {
  partitions: SIGHTING_PARTITIONS,
  placeOf: (record: StoredRecord) => {
    const { first, lastSeen } = counted<Sighting>(record);
    return sightingIndex(first, lastSeen).sort;
  },
};

/** Those seen last at the beginning. One that is seen again meanwhile is at the beginning of the next list. */
export async function listUnknownAgents(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest,
): Promise<Page<UnknownAgent> | Refusal> {
  const refused = await mayList(dependencies, caller);
  if (refused !== undefined) return refused;
  const listed = await latestFirst(dependencies, SIGHTINGS, page);
  const items: UnknownAgent[] = [];
  for (let from = 0; from < listed.items.length; from += AT_ONCE) {
    const some = listed.items.slice(from, from + AT_ONCE);
    items.push(...(await Promise.all(some.map((record) => asUnknownAgent(dependencies, record)))));
  }
  return { ...listed, items };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const REFUSED = {
  partitions: REFUSED_PARTITIONS,
  placeOf: (record: StoredRecord) => refusedIndex(counted<RefusedTokens>(record).first).sort,
};

/** The latest minute at the beginning. */
export async function listRefusedTokens(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest & { readonly hours: number },
): Promise<Page<RefusedInAMinute> | Refusal> {
  const refused = await mayList(dependencies, caller);
  if (refused !== undefined) return refused;
  // A minute that has begun before then is part of it.
  const oldest = dependencies.clock.now().getTime() - page.hours * HOUR - MINUTE;
  const until = lastPlace(new Date(oldest));
  const listed = await latestFirst(dependencies, { ...REFUSED, until }, page);
  const items = listed.items.map((record) => {
    const { count, first } = counted<RefusedTokens>(record);
    const { issuer, reason, address, agent, minute, tokenHash } = first;
    return { issuer, reason, address, ...(agent === undefined ? {} : { agent }), minute, tokenHash, count };
  });
  return { ...listed, items };
}
