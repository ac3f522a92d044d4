// Objects as files of a directory, each linked into place whole and never replaced.
import { randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectKey, Objects } from '../../ports/objects.ts';
import { asUnavailable, hasCode } from '../faults.ts';
import { keepMilliseconds, keepOf } from '../keys.ts';
import type { ObjectLinks } from './object-links.ts';

export interface DirectoryObjectsDependencies {
  readonly directory: string;
  readonly clock: Clock;
  /** Left out where nobody answers links: then none can be made. */
  readonly links?: Pick<ObjectLinks, 'make'>;
}

/** Where files grow before they are linked; its name is no keep class. */
export const UNFINISHED = 'unfinished';

async function writeWhole(path: string, body: Uint8Array, at: Date): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    // Its age is judged by the broker's clock.
    await file.utimes(at, at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the name survives a loss of power, not only the bytes. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function put(root: string, key: ObjectKey, body: Uint8Array, at: Date): Promise<boolean> {
  const unfinished = join(root, UNFINISHED, randomUUID());
  const path = join(root, key);
  await mkdir(dirname(unfinished), { recursive: true, mode: 0o700 });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    await writeWhole(unfinished, body, at);
    // A link never replaces what is there.
    await link(unfinished, path);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(unfinished).catch(() => undefined);
  }
}

async function get(root: string, key: ObjectKey, now: Date): Promise<Uint8Array | undefined> {
  const path = join(root, key);
  try {
    const { mtimeMs } = await stat(path);
    if (Math.round(mtimeMs) + keepMilliseconds(keepOf(key)) <= now.getTime()) return undefined;
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function createDirectoryObjects({ directory, clock, links }: DirectoryObjectsDependencies): Objects {
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asUnavailable('objects', error);
    }
  };
  return {
    async put(key, body) {
      keepOf(key);
      return guard(put(directory, key, body, clock.now()));
    },
    async get(key) {
      keepOf(key);
      return guard(get(directory, key, clock.now()));
    },
    async remove(key) {
      keepOf(key);
      return guard(rm(join(directory, key), { force: true }));
    },
    async link(key, contentType, seconds) {
      if (links === undefined) throw new TypeError('nobody answers links to these objects');
      return links.make(key, contentType, seconds);
    },
  };
}
