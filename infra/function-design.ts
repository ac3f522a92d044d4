// What is said of one function: what it answers, what it may touch, and within which bounds.
import type { RouteName } from '../src/api/index.ts';
import type { DIGESTS_PREFIX, EVENTS_PREFIX, STRAYS_PREFIX } from '../src/audit/index.ts';

export interface FunctionDesign {
  readonly purpose: string;
  readonly routes: readonly RouteName[];
  /** DynamoDB actions on the state table. */
  readonly state: readonly TableAction[];
  /** Partitions of the state table in which it counts, or notes that something was used: nothing else is changed there. */
  readonly counts: readonly CountedPartitions[];
  /** Partitions of the state table in which it says that it alone is at something, and how far it came. */
  readonly leases: readonly LeasePartitions[];
  /** DynamoDB actions on the state table's index. */
  readonly stateIndex: readonly 'Query'[];
  /** DynamoDB actions on the events table. Nothing here may change or delete what is written. */
  readonly events: readonly TableAction[];
  /** DynamoDB actions on the events table's index by time. */
  readonly eventsIndex: readonly 'Query'[];
  /** S3 actions on the objects of the bucket. */
  readonly objects: readonly ('GetObject' | 'PutObject')[];
  /** May it remove what waited sealed for people? No other object is ever removed before its time. */
  readonly removesSealed: boolean;
  /** On the key that operations are sealed under while people decide. Whoever may seal opens nothing. */
  readonly sealing: 'none' | 'seal' | 'open';
  /** On the workflow of approvals: starts one, wakes one that waits. */
  readonly workflow: readonly ('start' | 'wake')[];
  /** Of the secrets that broker.yaml names. */
  readonly ownSecrets: readonly ('login' | 'slack')[];
  readonly sendsMail: boolean;
  readonly tokenKeys: 'none' | 'read' | 'rotate';
  /** The key of pseudonyms: for those that hear callers, and so mask what they say. */
  readonly maskingKeys: 'none' | 'read' | 'rotate';
  /**
   * May it assume the roles of the config's AWS targets, and look up what they carry? `signing`: only of those that
   * requests to HTTP targets are signed for. `asMakeCall`: of those, but only as the role of `make-call`, which it may
   * assume in their place.
   */
  readonly assumesTargetRoles: 'none' | 'all' | 'signing' | 'asMakeCall';
  /** Does it call targets over the network? Only such functions read the secrets of targets, and run in a VPC. */
  readonly reachesTargets: boolean;
  /** May it write the one policy on these roles by which sessions are revoked? */
  readonly writesDenies: boolean;
  /** Is it told of changes of the state table, and may it read its stream? */
  readonly stateStream: boolean;
  /** Is it told of what is written into the events table, and may it read that table's stream? */
  readonly eventsStream: boolean;
  /** Under which names it may put into the archive. */
  readonly archives: readonly ArchivePrefix[];
  /** May it list the archive, and get everything in it? */
  readonly readsArchive: boolean;
  /** May it sign digests of the audit? */
  readonly signs: boolean;
  /** May it tell those who watch what looks wrong with the audit? */
  readonly reportsFindings: boolean;
  /** Does the checked config travel with its code? */
  readonly config: boolean;
  readonly timeoutSeconds: number;
  /** Where it needs more than others; `memorySize` of `BailiwickProps` may be still more. */
  readonly leastMegabytes?: number;
  /** At most that many at once, where a flood would cost others; overridable, see `BailiwickProps`. */
  readonly reservedConcurrency?: number;
}

export type TableAction = 'PutItem' | 'GetItem' | 'BatchGetItem' | 'Query';

/**
 * Refused tokens, tokens of nobody registered, when an agent was seen: `src/agents/` makes their keys. How often a
 * role's deny was asked for: `src/credentials/` makes those. Which proofs of possession were used: `src/broker/proof.ts`.
 */
export type CountedPartitions = 'refused/*' | 'sightings/*' | 'seen/*' | 'revoke/*' | 'used/*';

/** `src/broker/archive/last-digest.ts` makes its key. */
export type LeasePartitions = 'archive/*';

export type ArchivePrefix = typeof EVENTS_PREFIX | typeof STRAYS_PREFIX | typeof DIGESTS_PREFIX;
