// Files that are written beside, whole and on the disk, before anything is called by their name.
import { link, open, unlink } from 'node:fs/promises';

const OWNER_ONLY = 0o600;

async function writeWhole(path: string, body: Uint8Array, at: Date | undefined): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(body);
    if (at !== undefined) await file.utimes(at, at);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** So that the names in it survive a loss of power, not only the bytes. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

/** Throws EEXIST where the name is taken: a link, unlike a rename, never replaces what is there. */
export async function linkWhole(
  unfinished: string,
  path: string,
  body: Uint8Array,
  /** Its age, where that is judged by another clock than the file system's. */
  at?: Date,
): Promise<void> {
  try {
    await writeWhole(unfinished, body, at);
    await link(unfinished, path);
  } finally {
    await unlink(unfinished).catch(() => undefined);
  }
}
