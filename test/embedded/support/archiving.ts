// An embedded archive without a broker, on a database and a directory of its own, by a clock that the test moves.
import { join } from 'node:path';
import { createDirectoryArchive } from '../../../src/adapters/embedded/directory-archive.ts';
import { createDirectoryObjects } from '../../../src/adapters/embedded/directory-objects.ts';
import { createEventFeed } from '../../../src/adapters/embedded/event-feed.ts';
import { openDatabase } from '../../../src/adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../../../src/adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../../../src/adapters/embedded/sqlite-records.ts';
import { type Digest, digestKey, readDigest } from '../../../src/audit/index.ts';
import { createEmbeddedArchive } from '../../../src/embedded/archive.ts';
import type { ArchiveReader } from '../../../src/ports/archive.ts';
import { eventOf, memoryFindings, testSigner } from '../../support/archive-parts.ts';
import { testClock } from '../../support/clock.ts';
import { temporaryDirectory } from './broker.ts';

export function archiving() {
  const directory = temporaryDirectory();
  const clock = testClock('2026-03-02T12:10:00.000Z');
  const objects = createDirectoryObjects({ directory: join(directory, 'objects'), clock });
  const database = openDatabase({ directory });
  const stores = { database, objects, clock };
  const events = createSqliteEvents(stores);
  const archive = createDirectoryArchive({ directory: join(directory, 'archive') });
  const findings = memoryFindings();
  const signer = testSigner();
  let random = 0;
  const parts = {
    ...{ archive, events, findings, signer, clock },
    records: createSqliteRecords(stores),
    feed: createEventFeed(stores),
    ids: {
      random: (length: number) => {
        random += 1;
        return Buffer.alloc(length, random);
      },
    },
    log: { info() {}, warn() {}, error() {} },
    rules: async () => ({ config: { digest: 'c'.repeat(64) } }) as never,
  };
  let numbers = 0;
  const write = async (many: number) => {
    const ids: string[] = [];
    for (let each = 0; each < many; each += 1) {
      numbers += 1;
      const event = eventOf(numbers, clock.now());
      await events.append(event);
      ids.push(event.id);
    }
    return ids;
  };
  return { ...parts, parts, write, begin: () => createEmbeddedArchive(parts) };
}

/** In the order of the chain. */
export async function digests(archive: ArchiveReader): Promise<readonly Digest[]> {
  const found: Digest[] = [];
  for (let sequence = 1; ; sequence += 1) {
    const file = await archive.get(digestKey(sequence));
    if (file === undefined) return found;
    const signed = readDigest(file);
    if (signed !== undefined) found.push(signed.digest);
  }
}
