// What is kept of tokens that proved no agent: how many were refused, and whom nobody registered.
import type { RecordKey } from '../ports/records.ts';
import { sha256 } from '../shared/hash.ts';
import type { Json } from '../shared/json.ts';

const SHARDS = 8;
const PREFIX_CHARACTERS = 24;

/** Where sightings are kept: an identity's own are together, and the identities are spread. */
export const SIGHTING_PARTITIONS: readonly string[] = Array.from(
  { length: SHARDS },
  (_, shard) => `sightings/${shard}`,
);

/** A valid token that proved no registered agent. */
export interface Sighting {
  readonly issuer: string;
  readonly subject: string;
  /** The claims by which agents of that issuer are told apart, as this token had them. */
  readonly claims: Readonly<Record<string, Json>>;
  readonly address: string;
  readonly tokenHash: string;
  readonly at: string;
}

export function sightingKey({
  issuer,
  subject,
  address,
}: Pick<Sighting, 'issuer' | 'subject' | 'address'>): RecordKey {
  const identity = sha256(JSON.stringify([issuer, subject]));
  const shard = Number.parseInt(identity.slice(0, 4), 16) % SHARDS;
  return { partition: `sightings/${shard}`, sort: `${identity.slice(0, PREFIX_CHARACTERS)}/${address}` };
}

/** Why a token was refused, in one minute, from one place. */
export interface RefusedTokens {
  /** One that the config names, or `unknown`. */
  readonly issuer: string;
  readonly reason: string;
  readonly address: string;
  /** `2026-03-02T12:00`. */
  readonly minute: string;
  /** Of the first one. */
  readonly tokenHash: string;
}

export function refusedPartition(at: Date): string {
  return `refused/${at.toISOString().slice(0, 13)}`;
}

export function refusedKey(refused: Omit<RefusedTokens, 'tokenHash'>, at: Date): RecordKey {
  const { issuer, reason, address, minute } = refused;
  return {
    partition: refusedPartition(at),
    sort: `${minute}/${reason}/${address}/${sha256(issuer).slice(0, 16)}`,
  };
}
