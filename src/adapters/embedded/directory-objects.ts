// Objects as files of a directory, each linked into place whole and never replaced.
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectKey, Objects } from '../../ports/objects.ts';
import { asUnavailable, hasCode } from '../faults.ts';
import { keepMilliseconds, keepOf } from '../keys.ts';
import type { ObjectLinks } from './object-links.ts';
import { linkWhole, syncDirectory } from './whole-file.ts';

export interface DirectoryObjectsDependencies {
  readonly directory: string;
  readonly clock: Clock;
  /** Left out where nobody answers links: then none can be made. */
  readonly links?: Pick<ObjectLinks, 'make'>;
}

/** Where files grow before they are linked; its name is no keep class. */
export const UNFINISHED = 'unfinished';

async function put(root: string, key: ObjectKey, body: Uint8Array, at: Date): Promise<boolean> {
  const unfinished = join(root, UNFINISHED, randomUUID());
  const path = join(root, key);
  await mkdir(dirname(unfinished), { recursive: true, mode: 0o700 });
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  try {
    // Its age is judged by the broker's clock.
    await linkWhole(unfinished, path, body, at);
    await syncDirectory(dirname(path));
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
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
