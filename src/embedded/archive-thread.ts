// The archive on a thread of its own, seen from the broker's.
import { Worker } from 'node:worker_threads';
import type { Log, LogFields, LogMessage } from '../ports/log.ts';
import type { EmbeddedArchive } from './archive.ts';

export interface ArchiveWorkerData {
  readonly data: string;
  readonly durable: boolean;
}

/** What the broker wants of it. */
export interface ArchiveTask {
  readonly number: number;
  readonly wants: keyof EmbeddedArchive;
  readonly configDigest: string;
}

/** What it says. */
export type ArchiveWord =
  | { readonly says: 'done'; readonly number: number; readonly failed?: string }
  | {
      readonly says: 'log';
      readonly level: keyof Log;
      readonly message: LogMessage;
      readonly fields: LogFields;
    };

export interface ArchiveThreadOptions extends ArchiveWorkerData {
  readonly log: Log;
  readonly configDigest: () => string;
}

/** What the worker could not do; its log has said more. */
class ArchiveFailed extends Error {}

/** As sources, and as the package has them. */
const FILE = import.meta.url.endsWith('.ts') ? './archive-worker.ts' : './archive-worker.js';

type Waiting = Map<number, { readonly resolve: () => void; readonly reject: (error: Error) => void }>;

function startWorker(
  { data, durable, log }: ArchiveThreadOptions,
  waiting: Waiting,
  gone: () => void,
): Worker {
  const workerData: ArchiveWorkerData = { data, durable };
  const worker = new Worker(new URL(FILE, import.meta.url), { workerData });
  worker.on('message', (word: ArchiveWord) => {
    if (word.says === 'log') {
      log[word.level](word.message, word.fields);
      return;
    }
    const wanted = waiting.get(word.number);
    waiting.delete(word.number);
    if (word.failed === undefined) wanted?.resolve();
    else wanted?.reject(new ArchiveFailed(word.failed, { cause: word.failed }));
  });
  worker.on('error', (error) => log.error('background work failed', { error: error.name }));
  worker.on('exit', () => {
    gone();
    for (const { reject } of waiting.values()) reject(new ArchiveFailed('the archive ended'));
    waiting.clear();
  });
  // The broker lives as long as its server does, not as this.
  worker.unref();
  return worker;
}

/** Starts at the first pass; after it died, at the next one. */
export function createArchiveThread(options: ArchiveThreadOptions): EmbeddedArchive {
  let worker: Worker | undefined;
  let number = 0;
  const waiting: Waiting = new Map();
  const ask = (wants: ArchiveTask['wants']) => {
    worker ??= startWorker(options, waiting, () => {
      worker = undefined;
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    number += 1;
    waiting.set(number, { resolve, reject });
    const task: ArchiveTask = { number, wants, configDigest: options.configDigest() };
    worker.postMessage(task);
    return promise;
  };
  return {
    pass: () => ask('pass'),
    async close() {
      try {
        const closed = ask('close');
        // Until it is done, the process stays.
        worker?.ref();
        await closed;
      } finally {
        await worker?.terminate();
      }
    },
  };
}
