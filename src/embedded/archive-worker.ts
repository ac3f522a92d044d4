// Runs beside the broker's own thread, on a connection of its own: packing, hashing and copying would keep callers waiting.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { createDirectoryArchive } from '../adapters/embedded/directory-archive.ts';
import { createDirectoryObjects } from '../adapters/embedded/directory-objects.ts';
import { createEventFeed } from '../adapters/embedded/event-feed.ts';
import { createFileFindings } from '../adapters/embedded/file-findings.ts';
import { createKeySigner } from '../adapters/embedded/key-signer.ts';
import { openDatabase } from '../adapters/embedded/sqlite.ts';
import { createSqliteEvents } from '../adapters/embedded/sqlite-events.ts';
import { createSqliteRecords } from '../adapters/embedded/sqlite-records.ts';
import { systemClock as clock, systemIds as ids } from '../adapters/system.ts';
import type { DigestDependencies } from '../broker/archive/index.ts';
import type { Log } from '../ports/log.ts';
import { Unavailable } from '../shared/errors.ts';
import { createEmbeddedArchive } from './archive.ts';
import type { ArchiveTask, ArchiveWord, ArchiveWorkerData } from './archive-thread.ts';
import { stepBehindOthers } from './own-priority.ts';
import { openSigningKeys } from './signing-keys.ts';

const { data, durable } = workerData as ArchiveWorkerData;
// Callers wait for what the broker's own thread does; nobody waits for this.
stepBehindOthers();

function say(word: ArchiveWord): void {
  parentPort?.postMessage(word);
}

const at =
  (level: keyof Log): Log[typeof level] =>
  (message, fields) =>
    say({ says: 'log', level, message, fields });

/** So that the broker's own thread, which would keep callers waiting, finds little left to copy. */
const CHECKPOINT_MILLISECONDS = 250;

let configDigest = '';
const objects = createDirectoryObjects({ directory: join(data, 'objects'), clock });
const database = openDatabase({ directory: data, durable, existing: true });
const stores = { database, objects, clock };
const archive = createEmbeddedArchive({
  // Nothing of what is written here was said by anybody: there is nothing to mask.
  records: createSqliteRecords(stores),
  events: createSqliteEvents(stores),
  feed: createEventFeed(stores),
  archive: createDirectoryArchive({ directory: join(data, 'archive') }),
  findings: createFileFindings({ file: join(data, 'findings.jsonl') }),
  signer: createKeySigner({ keys: () => openSigningKeys(data) }),
  clock,
  ids,
  log: { info: at('info'), warn: at('warn'), error: at('error') },
  // All that is asked of the config here.
  rules: async () =>
    ({ config: { digest: configDigest } }) as Awaited<ReturnType<DigestDependencies['rules']>>,
});

async function work({ number, wants, configDigest: current }: ArchiveTask): Promise<void> {
  configDigest = current;
  try {
    await archive[wants]();
    if (wants === 'close') await database.close();
    say({ says: 'done', number });
  } catch (error) {
    const failed = error instanceof Error ? error.name : 'unknown';
    say({ says: 'done', number, failed, ...(error instanceof Unavailable && { backend: error.backend }) });
  }
}

setInterval(() => {
  try {
    database.checkpoint();
  } catch {
    // Such as a full disk: whoever writes finds out.
  }
}, CHECKPOINT_MILLISECONDS).unref();

parentPort?.on('message', (task: ArchiveTask) => void work(task));
