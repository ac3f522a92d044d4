// The archive as files of a directory: what S3 would hold, under the same names.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Archive, ArchivedObject, ArchiveReader } from '../../ports/archive.ts';
import { assertArchiveKey, assertArchivePrefix } from '../archive-keys.ts';
import { asUnavailable, hasCode } from '../faults.ts';
import { linkWhole, syncDirectory } from './whole-file.ts';

export interface DirectoryArchiveDependencies {
  /** Made with the first object. */
  readonly directory: string;
}

/** Where files grow before they are linked; no part of a key begins with a dot. */
export const UNFINISHED = '.unfinished';
const OWNER_ONLY = 0o700;
/** A link leads elsewhere, and to open a pipe is to wait for whoever writes into it. */
const PLAIN_FILES_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

async function guarded<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw asUnavailable('archive', error);
  }
}

/** Every directory from that of the file up to the archive's own, and further where those were made just now. */
async function syncUpTo(root: string, path: string, made: string | undefined): Promise<void> {
  const last = made === undefined || made.length > root.length ? root : dirname(made);
  for (let at = dirname(path); at.length >= last.length; at = dirname(at)) {
    await syncDirectory(at);
    if (at === last) return;
  }
}

async function put(root: string, key: string, body: Uint8Array): Promise<boolean> {
  const path = join(root, key);
  const unfinished = join(root, UNFINISHED, randomUUID());
  const made = await mkdir(dirname(path), { recursive: true, mode: OWNER_ONLY });
  await mkdir(dirname(unfinished), { recursive: true, mode: OWNER_ONLY });
  try {
    await linkWhole(unfinished, path, body);
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
  await syncUpTo(root, path, made);
  return true;
}

const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'];

/** Undefined also for what is no file, or lies behind a link: that is listed, and nobody's put. */
async function get(root: string, key: string): Promise<Uint8Array | undefined> {
  const path = join(root, key);
  try {
    if ((await realpath(dirname(path))) !== join(await realpath(root), dirname(key))) return undefined;
    const file = await open(path, PLAIN_FILES_ONLY);
    try {
      return (await file.stat()).isFile() ? await file.readFile() : undefined;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (NOTHING_THERE.some((code) => hasCode(error, code))) return undefined;
    throw error;
  }
}

interface Entry {
  /** From the archive's directory on. Of a directory it ends in a slash, so that sorted names are sorted keys. */
  readonly name: string;
  readonly isDirectory: boolean;
}

async function entriesOf(root: string, folder: string): Promise<readonly Entry[]> {
  try {
    const found = await readdir(join(root, folder), { withFileTypes: true });
    return found
      .map((entry) => {
        const isDirectory = entry.isDirectory();
        return { name: `${folder}${entry.name}${isDirectory ? '/' : ''}`, isDirectory };
      })
      .filter(({ name }) => name !== `${UNFINISHED}/`)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    // Removed meanwhile, or its name is not UTF-8 and can't be said: it was there all the same.
    if (hasCode(error, 'ENOENT')) return 0;
    throw error;
  }
}

/** Everything that is no directory has a key, whatever it is: nothing can lie there unseen. */
async function* list(
  root: string,
  folder: string,
  prefix: string,
  after: string,
): AsyncGenerator<ArchivedObject> {
  for (const { name, isDirectory } of await guarded(entriesOf(root, folder))) {
    if (isDirectory) {
      const canMatch = name.startsWith(prefix) || prefix.startsWith(name);
      if (canMatch && (name > after || after.startsWith(name))) yield* list(root, name, prefix, after);
    } else if (name.startsWith(prefix) && name > after) {
      yield { key: name, bytes: await guarded(sizeOf(join(root, name))) };
    }
  }
}

async function* listFrom(root: string, prefix: string, after: string): AsyncGenerator<ArchivedObject> {
  assertArchivePrefix(prefix);
  yield* list(root, '', prefix, after);
}

/** Makes and changes nothing. */
export function createDirectoryArchiveReader({ directory }: DirectoryArchiveDependencies): ArchiveReader {
  const root = resolve(directory);
  return {
    async get(key) {
      assertArchiveKey(key);
      return guarded(get(root, key));
    },
    list: (prefix, after = '') => listFrom(root, prefix, after),
  };
}

export function createDirectoryArchive(dependencies: DirectoryArchiveDependencies): Archive {
  const root = resolve(dependencies.directory);
  return {
    ...createDirectoryArchiveReader(dependencies),
    async put(key, body) {
      assertArchiveKey(key);
      return guarded(put(root, key, body));
    },
  };
}
