// Files that only the broker's own user may read: made once, whole or not at all.
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from '../adapters/embedded/whole-file.ts';

const OWNER_ONLY = 0o600;
const GROUP_AND_OTHERS = 0o077;

function isError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Others may read it, so it is no secret any more. */
export class PrivateFileExposed extends Error {
  override readonly name = 'PrivateFileExposed';

  constructor(file: string) {
    super(`others may read ${file}; if none has, run: chmod 600 ${file}; else delete it`);
  }
}

/** What it holds is not what the broker once put there. The message says what to do, and quotes nothing. */
export class PrivateFileDamaged extends Error {
  override readonly name = 'PrivateFileDamaged';
}

/** Undefined where there is none. Throws `PrivateFileExposed` where others may read it. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if ((mode & GROUP_AND_OTHERS) !== 0) throw new PrivateFileExposed(file);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The text in a file beside it, whole and on the disk. */
async function drafted(file: string, text: string): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(draft, 'wx', OWNER_ONLY);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return draft;
}

/** The text in place of whatever the file held: whoever reads meanwhile gets the one or the other. */
export async function replacePrivate(file: string, text: string): Promise<void> {
  await rename(await drafted(file, text), file);
}

/** What the file holds, or, where there is none, what `make` makes. Of several at once one makes it for all. */
export async function createOrRead(file: string, make: () => Promise<string>): Promise<string> {
  const there = await readIfThere(file);
  if (there !== undefined) return there;
  const draft = await drafted(file, await make());
  try {
    // Unlike a rename, a link does not replace what another process has put there in the meantime.
    await link(draft, file);
    await syncDirectory(dirname(file));
  } catch (error) {
    if (!isError(error, 'EEXIST')) throw error;
  } finally {
    await rm(draft);
  }
  return readFile(file, 'utf8');
}
