// The audit: which events there are and how they are written.

export {
  DIGEST_FORMAT,
  type Digest,
  digestMessage,
  digestText,
  readDigest,
  SIGNATURE_ALGORITHM,
  type SignedDigest,
} from './archive/digest.ts';
export { type GatheredLines, gatherLines } from './archive/gather.ts';
export {
  type ArchivedEvent,
  archiveLine,
  bodyHash,
  eachLine,
  eventOfLine,
  packLines,
  unpackLines,
} from './archive/lines.ts';
export { createMerkleTree, inclusionPath, leafHash, rootByPath } from './archive/merkle.ts';
export {
  archiveName,
  DIGESTS_PREFIX,
  digestKey,
  EVENTS_PREFIX,
  eventsKey,
  indexKey,
  keysFrom,
  STRAYS_PREFIX,
  strayKey,
} from './archive/names.ts';
export { isSignedAsNamed, keyIdOf } from './archive/signature.ts';
export { EVENT_TYPES, type EventBody, type EventType } from './model.ts';
export { ocsfRecord } from './ocsf/index.ts';
export type { RecordedBody, RecordedMessage, RequestFacts, TaskFacts } from './of-all.ts';
export type { FindingKind } from './own-events.ts';
export { KEEP_DAYS, keptUntil, RETENTION } from './retention.ts';
export { agentStream, BROKER_STREAM, storedEvent, tokenStream } from './write.ts';
