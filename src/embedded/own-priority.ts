// The priority of one thread of a process, where the system knows such a thing.
import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** As of a command under `nice`: it runs where nobody else wants to, and still gets its turn where everybody does. */
export const BEHIND_OTHERS = 10;

/** The number by which the system knows the thread that asks, or undefined where threads have none of their own. */
export function ownThread(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    return Number.isSafeInteger(thread) && thread > 0 ? thread : undefined;
  } catch {
    return undefined;
  }
}

/** Of the thread that asks alone. Elsewhere, or where it may not, it stays as it was. */
export function stepBehindOthers(): void {
  const thread = ownThread();
  // Number 0, or the process's own, would be all of it.
  if (thread === undefined || thread === process.pid) return;
  try {
    setPriority(thread, Math.max(getPriority(thread), BEHIND_OTHERS));
  } catch {
    // It is no less right, only less polite.
  }
}
