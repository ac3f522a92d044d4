// The archive as files of a directory: what S3 would hold, under the same names.
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { lstat, mkdir, open, readdir, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  type Archive,
  type ArchivedObject,
  type ArchiveReader,
  UnreadableObject,
} from '../../ports/archive.ts';
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

/** Of the one file, whoever else can be read. */
const ITS_OWN = ['EACCES', 'EPERM', 'EIO', 'ENAMETOOLONG', 'ERR_FS_FILE_TOO_LARGE'];

function codeAmong(codes: readonly string[], error: unknown): string | undefined {
  return codes.find((code) => hasCode(error, code));
}

const NOTHING_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'];

/** Undefined also for what is no file, or lies behind a link: that is listed, and nobody's put. */
async function get(root: string, key: string, most: number): Promise<Uint8Array | undefined> {
  const path = join(root, key);
  try {
    if ((await realpath(dirname(path))) !== join(await realpath(root), dirname(key))) return undefined;
    const file = await open(path, PLAIN_FILES_ONLY);
    try {
      const is = await file.stat();
      if (!is.isFile()) return undefined;
      if (is.size > most) throw new UnreadableObject('too large');
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (codeAmong(NOTHING_THERE, error) !== undefined) return undefined;
    const code = codeAmong(ITS_OWN, error);
    throw code === undefined ? error : new UnreadableObject(code, error);
  }
}

interface Entry {
  /** From the archive's directory on. Of a directory it ends in a slash, so that sorted names are sorted keys. */
  readonly name: string;
  readonly isDirectory: boolean;
}

/** Listed, and it can't be entered: it is gone by now, or its name is no UTF-8 and can't be said. */
const CLOSED = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/** Undefined of a folder that can't be entered; the archive's own may be there or not. */
async function entriesOf({ root, closed }: Listing, folder: string): Promise<readonly Entry[] | undefined> {
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
    if (folder === '' && hasCode(error, 'ENOENT')) return [];
    if (folder !== '' && codeAmong(closed, error) !== undefined) return undefined;
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await lstat(path)).size;
  } catch (error) {
    // Removed meanwhile, or it has a name that can't be said: it was there all the same.
    if (codeAmong([...CLOSED, ...ITS_OWN], error) !== undefined) return 0;
    throw error;
  }
}

interface Listing {
  readonly root: string;
  readonly prefix: string;
  readonly after: string;
  /** What may keep it out of a folder: then that has a name itself. */
  readonly closed: readonly string[];
}

/** Everything that is no directory has a key, whatever it is: nothing can lie there unseen. */
async function* list(listing: Listing, folder: string): AsyncGenerator<ArchivedObject> {
  const { root, prefix, after } = listing;
  const isAsked = (name: string) => name.startsWith(prefix) && name > after;
  const entries = await guarded(entriesOf(listing, folder));
  if (entries === undefined && isAsked(folder)) yield { key: folder, bytes: 0 };
  for (const { name, isDirectory } of entries ?? []) {
    if (isDirectory) {
      const canMatch = name.startsWith(prefix) || prefix.startsWith(name);
      if (canMatch && (name > after || after.startsWith(name))) yield* list(listing, name);
    } else if (isAsked(name)) yield { key: name, bytes: await guarded(sizeOf(join(root, name))) };
  }
}

async function* listFrom(listing: Listing): AsyncGenerator<ArchivedObject> {
  assertArchivePrefix(listing.prefix);
  yield* list(listing, '');
}

function readerOf(root: string, closed: readonly string[]): ArchiveReader {
  return {
    async get(key, most = Number.POSITIVE_INFINITY) {
      assertArchiveKey(key);
      return guarded(get(root, key, most));
    },
    list: (prefix, after = '') => listFrom({ root, prefix, after, closed }),
  };
}

/** Makes and changes nothing. It names a folder that it may not enter, and goes on. */
export function createDirectoryArchiveReader({ directory }: DirectoryArchiveDependencies): ArchiveReader {
  return readerOf(resolve(directory), [...CLOSED, ...ITS_OWN]);
}

export function createDirectoryArchive(dependencies: DirectoryArchiveDependencies): Archive {
  const root = resolve(dependencies.directory);
  return {
    // Who signs what is listed must not take a folder for empty that is closed to it.
    ...readerOf(root, CLOSED),
    async put(key, body) {
      assertArchiveKey(key);
      return guarded(put(root, key, body));
    },
  };
}
