// Sees the operator's files change, by looking: notifications are unreliable on WSL and network mounts.
import type { Config, Fault } from '../model.ts';
import type { Mode } from './checks/facts.ts';
import { findFiles } from './files.ts';
import { type Loaded, loadConfig } from './load.ts';

interface WatchHandlers {
  /** A valid config other than the one in force. Where this throws, it is offered again at the next look. */
  onLoaded(config: Config, warnings: readonly Fault[]): void | Promise<void>;
  /** The files changed and are broken now: what was in force stays so. */
  onFaults(faults: readonly Fault[]): void | Promise<void>;
  /** They were broken, and no longer are: with what was in force, or with what has been loaded since. */
  onMended(): void | Promise<void>;
}

interface WatchOptions {
  readonly intervalMs?: number;
  /** The digest in force. Left out, it is that of the first look, so a change before that goes unseen. */
  readonly digest?: string;
}

interface Looks {
  /** Changes whenever one of the files does. */
  signature(): Promise<string>;
  load(): Promise<Loaded>;
}

/** Four looks fit into the two seconds in which a change takes effect, and it takes two to see one. */
const INTERVAL_MS = 400;

async function signatureOf(dir: string): Promise<string> {
  const { files, faults } = await findFiles(dir);
  const marks = files.map(({ file, stats }) => [file, stats.size, stats.mtimeMs, stats.ctimeMs, stats.ino]);
  return JSON.stringify([marks, faults]);
}

/** One look at a time. A signature that still changes belongs to a file that is being written. */
export function createLook(
  looks: Looks,
  handlers: WatchHandlers,
  digestInForce?: string,
): () => Promise<void> {
  let digest = digestInForce;
  let isFirst = true;
  let seen: string | undefined;
  let settled: string | undefined;
  let isBroken = false;
  const judge = async (loaded: Loaded) => {
    if ('faults' in loaded) {
      isBroken = true;
      return handlers.onFaults(loaded.faults);
    }
    const { config, warnings } = loaded;
    const isBaseline = isFirst && digestInForce === undefined;
    if (!isBaseline && config.digest !== digest) await handlers.onLoaded(config, warnings);
    digest = config.digest;
    if (isBroken) await handlers.onMended();
    isBroken = false;
  };
  return async () => {
    const current = await looks.signature();
    const still = current === seen;
    seen = current;
    if (!still || current === settled) return;
    await judge(await looks.load());
    isFirst = false;
    settled = current;
  };
}

/** Looks until stopped, and never throws. Does not keep the process alive. */
export function watchConfig(
  dir: string,
  mode: Mode,
  handlers: WatchHandlers,
  { intervalMs = INTERVAL_MS, digest }: WatchOptions = {},
): () => void {
  const looks: Looks = { signature: () => signatureOf(dir), load: () => loadConfig(dir, { mode }) };
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const unlessStopped: WatchHandlers = {
    onLoaded: (config, warnings) => (stopped ? undefined : handlers.onLoaded(config, warnings)),
    onFaults: (faults) => (stopped ? undefined : handlers.onFaults(faults)),
    onMended: () => (stopped ? undefined : handlers.onMended()),
  };
  const look = createLook(looks, unlessStopped, digest);
  const next = () => {
    if (stopped) return;
    // What a look throws, a handler threw or the file system did: the next look tries again.
    timer = setTimeout(
      () =>
        look()
          .catch(() => {})
          .finally(next),
      intervalMs,
    ).unref();
  };
  next();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
