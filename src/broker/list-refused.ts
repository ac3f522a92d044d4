// Who knocked in vain: identities that nobody registered, and tokens that were refused.
import { type RefusedTokens, refusedPartition, SIGHTING_PARTITIONS, type Sighting } from '../agents/index.ts';
import {
  BadCursor,
  type CountedValue,
  type Page,
  type PageRequest,
  type StoredRecord,
} from '../ports/records.ts';
import { Refusal } from '../shared/errors.ts';
import type { Caller } from './caller.ts';
import { notPermitted, type Operating, operatorOf } from './operator.ts';

/** An identity with a good token that no registered agent has. */
export interface UnknownAgent extends Pick<Sighting, 'issuer' | 'subject' | 'claims'> {
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly count: number;
  readonly from: readonly { readonly address: string; readonly count: number; readonly lastSeen: string }[];
  /** Of the token that was seen first. */
  readonly tokenHash: string;
}

export interface RefusedInAMinute extends RefusedTokens {
  readonly count: number;
}

/** A list stops there: whoever makes that many up is found by the first of them. */
const MOST_PAGES = 10;

async function allOf({ records }: Operating, partition: string): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const listed = await records.list(partition, '', {
      limit: 500,
      ...(cursor === undefined ? {} : { cursor }),
    });
    found.push(...listed.items);
    cursor = listed.cursor;
    if (cursor === undefined) break;
  }
  return found;
}

function asUnknownAgent(records: readonly StoredRecord[]): UnknownAgent {
  const each = records.map(({ value }) => {
    const { count, first, last } = value as unknown as CountedValue;
    return { count, first: first as unknown as Sighting, lastSeen: (last as unknown as { at: string }).at };
  });
  const inOrder = each.sort((a, b) => (a.first.at < b.first.at ? -1 : 1));
  const [earliest] = inOrder;
  if (earliest === undefined) throw new TypeError('a sighting without a record');
  const { issuer, subject, claims, at, tokenHash } = earliest.first;
  const lastSeen =
    each
      .map((one) => one.lastSeen)
      .sort()
      .at(-1) ?? at;
  return {
    ...{ issuer, subject, claims, tokenHash, lastSeen },
    firstSeen: at,
    count: each.reduce((sum, { count }) => sum + count, 0),
    from: each.map(({ first, count, lastSeen: last }) => ({ address: first.address, count, lastSeen: last })),
  };
}

function paged<T>(all: readonly T[], keyOf: (one: T) => string, { limit, cursor }: PageRequest): Page<T> {
  const after = cursor === undefined ? '' : Buffer.from(cursor, 'base64url').toString('utf8');
  if (cursor !== undefined && Buffer.from(after).toString('base64url') !== cursor) throw new BadCursor();
  const sorted = [...all].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const rest = cursor === undefined ? sorted : sorted.filter((one) => keyOf(one) < after);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  return rest.length > items.length && last !== undefined
    ? { items, cursor: Buffer.from(keyOf(last)).toString('base64url') }
    : { items };
}

/** Those seen last at the beginning. */
export async function listUnknownAgents(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest,
): Promise<Page<UnknownAgent> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const refused = notPermitted(operator, 'contain', { type: 'Broker' });
  if (refused !== undefined) return refused;
  const shards = await Promise.all(SIGHTING_PARTITIONS.map((partition) => allOf(dependencies, partition)));
  const byIdentity = Map.groupBy(shards.flat(), ({ key }) => key.sort.slice(0, key.sort.indexOf('/')));
  const found = [...byIdentity].map(([, records]) => asUnknownAgent(records));
  return paged(found, ({ lastSeen, issuer, subject }) => JSON.stringify([lastSeen, issuer, subject]), page);
}

const HOUR = 3_600_000;

/** The latest minute at the beginning. */
export async function listRefusedTokens(
  dependencies: Operating,
  caller: Caller,
  page: PageRequest & { readonly hours: number },
): Promise<Page<RefusedInAMinute> | Refusal> {
  const operator = await operatorOf(dependencies, caller);
  if (operator instanceof Refusal) return operator;
  const refused = notPermitted(operator, 'contain', { type: 'Broker' });
  if (refused !== undefined) return refused;
  const now = dependencies.clock.now().getTime();
  const partitions = Array.from({ length: page.hours + 1 }, (_, back) =>
    refusedPartition(new Date(now - back * HOUR)),
  );
  const records = (await Promise.all(partitions.map((partition) => allOf(dependencies, partition)))).flat();
  const found = records.map(({ key, value }) => {
    const { count, first } = value as unknown as CountedValue;
    const { issuer, reason, address, minute, tokenHash } = first as unknown as RefusedTokens;
    return { place: key.sort, one: { issuer, reason, address, minute, tokenHash, count } };
  });
  const listed = paged(found, ({ place }) => place, page);
  return { ...listed, items: listed.items.map(({ one }) => one) };
}
