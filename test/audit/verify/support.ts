// What tests of verifying share: an archive in memory, and what is found in it.
import { type Verified, type VerifySettings, verifyArchive } from '../../../src/audit/verify/index.ts';
import type { ArchiveReader } from '../../../src/ports/archive.ts';
import { memoryArchive } from '../../support/archive-parts.ts';
import type { ArchiveFiles } from '../../support/archives.ts';

export function readerOf(files: ArchiveFiles): ArchiveReader {
  const reader = memoryArchive();
  for (const [key, file] of files) reader.files.set(key, file);
  return reader;
}

export function verifyFiles(files: ArchiveFiles, settings: VerifySettings): Promise<Verified> {
  return verifyArchive(readerOf(files), settings);
}

/** Each fault or note in a line. */
export function told({ first }: Verified['faults'] | Verified['notes']): readonly string[] {
  return first.map(
    ({ kind, what, where, detail, event = '-' }) => `${kind} ${what} ${where} ${event} ${detail}`,
  );
}
