// The operator's files as bytes: which of a directory's files count, and reading them safely.
import { createHash } from 'node:crypto';
import type { Dirent, Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Fault } from '../model.ts';

const MAX_FILE_BYTES = 1024 * 1024;
export const MAX_FILES = 10_000;

const DIRECTORIES = [
  { name: 'agents', extension: '.yaml' },
  { name: 'targets', extension: '.yaml' },
  { name: 'policies', extension: '.cedar' },
] as const;

/** Extensions of files that somebody may believe to be read. */
const LOOKALIKES = ['.yaml', '.yml', '.json', '.cedar'];

interface FoundFile {
  /** Relative to the config directory, with forward slashes. */
  readonly file: string;
  readonly path: string;
  readonly stats: Stats;
}

export interface Found {
  /** In the order of their names. */
  readonly files: readonly FoundFile[];
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

export interface Collected {
  readonly root: string;
  readonly files: FoundFile[];
  readonly faults: Fault[];
  readonly warnings: Fault[];
}

export function wholeFile(file: string, problem: string): Fault {
  return { file, line: 1, problem };
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}

/** Where a path really is; undefined, and a fault, where that is outside the directory or nowhere. */
export async function insidePath(into: Collected, file: string): Promise<string | undefined> {
  try {
    const path = await realpath(join(into.root, file));
    if (path.startsWith(into.root.endsWith(sep) ? into.root : into.root + sep)) return path;
    into.faults.push(wholeFile(file, 'is a link that leaves the config directory: put the file itself here'));
  } catch (error) {
    into.faults.push(wholeFile(file, `cannot be read (${codeOf(error)})`));
  }
  return undefined;
}

export async function addFile(into: Collected, file: string): Promise<void> {
  const path = await insidePath(into, file);
  if (path === undefined) return;
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isFile() !== true) into.faults.push(wholeFile(file, 'is not a regular file'));
  else if (stats.size > MAX_FILE_BYTES) {
    into.faults.push(wholeFile(file, `has more than ${MAX_FILE_BYTES / 1024} KiB: split it up`));
  } else into.files.push({ file, path, stats });
}

/** Dot-files, locks and backups of editors come and go and are nobody's config. */
export function isPassing(name: string): boolean {
  return name.startsWith('.') || name.startsWith('#') || /(?:~|\.sw[a-z]|\.bak|\.orig|\.tmp)$/u.test(name);
}

async function addDirectory(into: Collected, name: string, extension: string): Promise<void> {
  if ((await insidePath(into, name)) === undefined) return;
  let entries: readonly Dirent[];
  try {
    entries = await readdir(join(into.root, name), { withFileTypes: true });
  } catch (error) {
    into.faults.push(wholeFile(name, `cannot be read as a directory (${codeOf(error)})`));
    return;
  }
  const names = entries.map((entry) => entry.name).filter((entry) => !isPassing(entry));
  const wanted = names.filter((entry) => entry.endsWith(extension)).sort();
  if (into.files.length + wanted.length > MAX_FILES) {
    into.faults.push(wholeFile(name, `more than ${MAX_FILES} files: is this the config directory?`));
    return;
  }
  for (const entry of wanted) await addFile(into, `${name}/${entry}`);
  for (const entry of entries) {
    if (isPassing(entry.name) || entry.name.endsWith(extension)) continue;
    const isTests = name === 'policies' && entry.name === 'tests';
    const confusing = entry.isDirectory() ? !isTests : LOOKALIKES.some((end) => entry.name.endsWith(end));
    const problem = `is not read: only ${name}/*${extension} is`;
    if (confusing) into.warnings.push(wholeFile(`${name}/${entry.name}`, problem));
  }
}

/** Which files count. What is wrong with the directory itself is one fault, not one a file. */
export async function findFiles(dir: string): Promise<Found> {
  let root: string;
  let names: readonly string[];
  try {
    root = await realpath(dir);
    names = await readdir(root);
  } catch (error) {
    const problem = `the config directory ${dir} cannot be read (${codeOf(error)})`;
    return { files: [], faults: [wholeFile('broker.yaml', problem)], warnings: [] };
  }
  if (!names.includes('broker.yaml')) {
    const problem = `there is no broker.yaml in ${dir}: name the directory of a config, or write one with \`bailiwick init\``;
    return { files: [], faults: [wholeFile('broker.yaml', problem)], warnings: [] };
  }
  const into: Collected = { root, files: [], faults: [], warnings: [] };
  for (const { name, extension } of DIRECTORIES) {
    if (names.includes(name)) await addDirectory(into, name, extension);
  }
  await addFile(into, 'broker.yaml');
  into.files.sort((a, b) => (a.file < b.file ? -1 : 1));
  return into;
}

export interface ReadFile {
  readonly file: string;
  readonly bytes: Uint8Array;
}

export async function readFiles(
  found: Found,
): Promise<{ readonly files: readonly ReadFile[]; readonly faults: readonly Fault[] }> {
  const files: ReadFile[] = [];
  const faults: Fault[] = [];
  for (const { file, path } of found.files) {
    try {
      const bytes = await readFile(path);
      // It may have grown since it was looked at.
      if (bytes.length > MAX_FILE_BYTES) faults.push(wholeFile(file, 'grew while it was read'));
      else files.push({ file, bytes });
    } catch (error) {
      faults.push(wholeFile(file, `cannot be read (${codeOf(error)})`));
    }
  }
  return { files, faults };
}

/** SHA-256 over names and bytes, each with its length, so that nothing can move from one to the next. */
export function digestOf(files: readonly ReadFile[]): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort((a, b) => (a.file < b.file ? -1 : 1));
  for (const { file, bytes } of sorted) {
    hash.update(`${Buffer.byteLength(file)}:${file}${bytes.length}:`).update(bytes);
  }
  return hash.digest('hex');
}

export const NOT_UTF8 = 'is not UTF-8 from here on: save the file as UTF-8';

/** The text of a file, or the line on which it stops being UTF-8. */
export function decode(bytes: Uint8Array): { readonly text: string } | { readonly brokenLine: number } {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let line = 1;
    for (let start = 0; start < bytes.length; ) {
      const newline = bytes.indexOf(10, start);
      const end = newline === -1 ? bytes.length : newline + 1;
      try {
        decoder.decode(bytes.subarray(start, end));
      } catch {
        break;
      }
      line += newline === -1 ? 0 : 1;
      start = end;
    }
    return { brokenLine: line };
  }
}
