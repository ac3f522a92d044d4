// Makes a directory for the broker's own user, with those above it, level by level.
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const OWNER_ONLY = 0o700;

function fails(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path} cannot be a directory`), { code });
}

/** Not by Node's `recursive`: where a directory refuses to hold another as `/proc` does, that never returns. */
export function ensureOwnDirectory(path: string): void {
  const missing: string[] = [];
  let at = resolve(path);
  while (!existsSync(at) && dirname(at) !== at) {
    missing.push(at);
    at = dirname(at);
  }
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory, { mode: OWNER_ONLY });
    } catch (error) {
      // Another process may have been quicker.
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
  }
  if (!statSync(path).isDirectory()) throw fails('ENOTDIR', path);
}
