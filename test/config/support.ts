// Config directories for tests: written under the system's temporary directory, removed afterwards.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const CASES = fileURLToPath(new URL('../cases/config/', import.meta.url));
export const QUICKSTART = fileURLToPath(new URL('../../examples/quickstart/', import.meta.url));

export type Files = Readonly<Record<string, string | Uint8Array>>;

export function emptyDirectory(): string {
  const dir = mkdtempSync(join(tmpdir(), 'bailiwick-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function writeFiles(dir: string, files: Files): string {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), content);
  }
  return dir;
}

export function directoryOf(files: Files): string {
  return writeFiles(emptyDirectory(), files);
}

/** The YAML and Cedar files of a directory, by relative path. */
export function filesOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(?:yaml|cedar)$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
}

export const BASE: Readonly<Record<string, string>> = filesOf(join(CASES, 'base'));
