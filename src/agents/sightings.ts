// What is kept of tokens that proved no agent: how many were refused, and whom nobody registered. Numbers have keys far
// apart, and an index in a few partitions that lists the latest first.
import type { RecordKey } from '../ports/records.ts';
import { jsonBytes } from '../shared/cut.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';

const SHARDS = 4;
const HASH_CHARACTERS = 24;
/** In the year 2286. */
const LAST_MILLISECOND = 9_999_999_999_999;

function partitions(name: string): readonly string[] {
  return Array.from({ length: SHARDS }, (_, shard) => `${name}/${shard}`);
}

function shardOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 4), 16) % SHARDS;
}

function hashOf(parts: readonly string[]): string {
  return sha256(JSON.stringify(parts)).slice(0, HASH_CHARACTERS);
}

/** Sorts the latest first. */
function latestFirst(at: Date, hash: string): string {
  return `${String(LAST_MILLISECOND - at.getTime()).padStart(13, '0')}/${hash}`;
}

/** Whether it is the place of something in an index that lists the latest first. */
export function isPlace(text: string): boolean {
  return /^\d{13}\/[0-9a-f]{24}$/.test(text);
}

/** After everything that was at that moment or later, and before all that was earlier. */
export function lastPlace(at: Date): string {
  return latestFirst(at, 'g');
}

/** A valid token that proved no registered agent. */
export interface Sighting {
  readonly issuer: string;
  readonly subject: string;
  /** The claims by which agents of that issuer are told apart, as this token had them. */
  readonly claims: Readonly<Record<string, Json>>;
  readonly tokenHash: string;
  readonly at: string;
}

type Identity = Pick<Sighting, 'issuer' | 'subject'>;

/** Counters take 4 KB, and what a token says is its issuer's choice, or its holder's. */
const MOST_BYTES = 3072;

/** With as many of the claims as there is room for. */
export function fitted(sighting: Sighting): Sighting {
  const claims = Object.entries(sighting.claims);
  let fits = sighting;
  while (claims.length > 0 && jsonBytes(fits) > MOST_BYTES) {
    claims.pop();
    fits = { ...sighting, claims: Object.fromEntries(claims) };
  }
  return fits;
}

function identityHash({ issuer, subject }: Identity): string {
  return hashOf([issuer, subject]);
}

/** Where an identity is counted. */
export function sightingKey(identity: Identity): RecordKey {
  return { partition: `sightings/${identityHash(identity)}`, sort: 'identity' };
}

export const SIGHTING_PARTITIONS = partitions('sighted');

/** Where it is listed among the others, seen last at that time. */
export function sightingIndex(identity: Identity, at: string): RecordKey {
  const hash = identityHash(identity);
  return { partition: `sighted/${shardOf(hash)}`, sort: latestFirst(new Date(at), hash) };
}

/** From where, and when first. */
export interface SightedFrom {
  readonly address: string;
  readonly at: string;
}

/** Where an identity is counted as from one address. */
export function sightedFromKey(identity: Identity, address: string): RecordKey {
  return { partition: `sightings/${identityHash(identity)}`, sort: `from/${address}` };
}

export function sightedFromPartition(identity: Identity): string {
  return `sighted-from/${identityHash(identity)}`;
}

/** Where that address is listed among those of the identity. */
export function sightedFromIndex(identity: Identity, address: string, at: string): RecordKey {
  return {
    partition: sightedFromPartition(identity),
    sort: latestFirst(new Date(at), hashOf([address])),
  };
}

/** Why tokens were refused, in one minute, from one place. */
export interface RefusedTokens {
  /** One that the config names, or `unknown`. */
  readonly issuer: string;
  readonly reason: string;
  readonly address: string;
  /** The agent that the token proves to be for, where it does. */
  readonly agent?: string;
  /** `2026-03-02T12:00`. */
  readonly minute: string;
  /** Of the first one. */
  readonly tokenHash: string;
}

type RefusedKind = Omit<RefusedTokens, 'tokenHash'>;

function refusedHash({ issuer, reason, address, agent = '', minute }: RefusedKind): string {
  return hashOf([minute, issuer, reason, address, agent]);
}

/** Where they are counted. */
export function refusedKey(refused: RefusedKind): RecordKey {
  return { partition: `refused/${refused.minute}/${refusedHash(refused)}`, sort: 'tokens' };
}

export const REFUSED_PARTITIONS = partitions('refused');

/** Where they are listed. */
export function refusedIndex(refused: RefusedKind): RecordKey {
  const hash = refusedHash(refused);
  return {
    partition: `refused/${shardOf(hash)}`,
    sort: latestFirst(new Date(`${refused.minute}:00.000Z`), hash),
  };
}
