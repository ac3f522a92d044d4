// The archive's use cases, with a door of their own: what archives hears nobody and decides nothing.
export {
  archiveBatch,
  archiveParts,
  type BatchPart,
  SETTLED_MILLISECONDS,
  type Stray,
} from './archive-events.ts';
export { hashesInArchive } from './compare.ts';
export type { ArchiveDependencies, DigestDependencies, FindingDependencies } from './dependencies.ts';
export { signedUntil } from './last-digest.ts';
export { placeOf } from './places.ts';
export { recordFinding, type WantedFinding } from './record-finding.ts';
export { type SignedSpan, signDigest } from './sign-digest.ts';
