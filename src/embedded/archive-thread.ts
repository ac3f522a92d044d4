// The archive on a thread of its own, seen from the broker's.
import { Worker } from 'node:worker_threads';
import type { Log, LogFields, LogMessage } from '../ports/log.ts';
import { type Backend, Unavailable } from '../shared/errors.ts';
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
  | {
      readonly says: 'done';
      readonly number: number;
      /** The error's name. */
      readonly failed?: string;
      readonly backend?: Backend;
    }
  | {
      readonly says: 'log';
      readonly level: keyof Log;
      readonly message: LogMessage;
      readonly fields: LogFields;
    };

export interface ArchiveThreadOptions extends ArchiveWorkerData {
  readonly log: Log;
  readonly configDigest: () => string;
  /** For tests, which have one that hangs. */
  readonly worker?: URL;
  readonly closeMilliseconds?: number;
}

/** What the worker could not do, or that it did nothing more. */
class ArchiveFailed extends Error {
  constructor(name: string) {
    super('the archive failed');
    this.name = name;
  }
}

/** As sources, and as the package has them. */
const FILE = import.meta.url.endsWith('.ts') ? './archive-worker.ts' : './archive-worker.js';

/**
 * Enough to archive and sign what a busy hour left. With the half minute that calls and steps under way may take before,
 * it ends within what service managers wait until they kill: mostly one and a half. The next start makes up for the rest.
 */
const CLOSE_MILLISECONDS = 60_000;
/** A thread that runs ends at once; one that waits for a disk which does not answer, not before that does. */
const END_MILLISECONDS = 5000;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Throws `ArchiveFailed` when the time is over. */
async function within(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ArchiveFailed('ArchiveTooSlow')), milliseconds);
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function faultOf({ failed, backend }: { readonly failed: string; readonly backend?: Backend }): Error {
  return backend === undefined ? new ArchiveFailed(failed) : new Unavailable(backend, failed);
}

function startWorker(
  { data, durable, log, worker: file = new URL(FILE, import.meta.url) }: ArchiveThreadOptions,
  waiting: Map<number, Waiting>,
  gone: () => void,
): Worker {
  const workerData: ArchiveWorkerData = { data, durable };
  const worker = new Worker(file, { workerData });
  let why = 'ArchiveEnded';
  worker.on('message', (word: ArchiveWord) => {
    if (word.says === 'log') {
      log[word.level](word.message, word.fields);
      return;
    }
    const { number, failed, ...rest } = word;
    const wanted = waiting.get(number);
    waiting.delete(number);
    // The broker lives as long as its server does, and this only while somebody waits for it.
    if (waiting.size === 0) worker.unref();
    if (failed === undefined) wanted?.resolve();
    else wanted?.reject(faultOf({ failed, ...rest }));
  });
  worker.on('error', (error) => {
    why = error.name;
    // Otherwise whoever waits is told.
    if (waiting.size === 0) log.error('background work failed', { error: why });
  });
  worker.on('exit', () => {
    gone();
    for (const { reject } of waiting.values()) reject(new ArchiveFailed(why));
    waiting.clear();
  });
  return worker;
}

/** Starts at the first pass; after it died, at the next one. */
export function createArchiveThread(options: ArchiveThreadOptions): EmbeddedArchive {
  const { configDigest, closeMilliseconds = CLOSE_MILLISECONDS } = options;
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let number = 0;
  let passing: Promise<void> | undefined;

  function ask(wants: ArchiveTask['wants']): Promise<void> {
    worker ??= startWorker(options, waiting, () => {
      worker = undefined;
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    number += 1;
    waiting.set(number, { resolve, reject });
    const task: ArchiveTask = { number, wants, configDigest: configDigest() };
    worker.ref();
    worker.postMessage(task);
    return promise;
  }

  return {
    /** Asked for while there is one, it is that one; how that went is for whoever asked first. */
    async pass() {
      if (passing !== undefined) return passing.catch(() => undefined);
      passing = ask('pass').finally(() => {
        passing = undefined;
      });
      return passing;
    },
    async close() {
      try {
        await within(closeMilliseconds, ask('close'));
      } finally {
        await within(END_MILLISECONDS, worker?.terminate());
      }
    },
  };
}
