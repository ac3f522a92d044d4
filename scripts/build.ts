// Makes `dist/`, the built JavaScript that the package carries: Node takes no types off below node_modules.
import { cpSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildBundles } from './build/bundles.ts';
import { buildSources } from './build/sources.ts';

const REPOSITORY = join(import.meta.dirname, '..');
const DIST = join(REPOSITORY, 'dist');
const CACHE = join(REPOSITORY, '.cache');

/** What is no code goes as it is, to the byte. */
function copyOthers(dist: string): void {
  const files = globSync(['src/**/*', 'infra/**/*'], { cwd: REPOSITORY, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:ts|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files) cpSync(file, join(dist, file.slice(REPOSITORY.length)));
}

mkdirSync(CACHE, { recursive: true });
const work = mkdtempSync(join(CACHE, 'build-'));
try {
  const dist = join(work, 'dist');
  buildSources({ repository: REPOSITORY, emitted: join(work, 'emitted'), dist });
  copyOthers(dist);
  buildBundles(dist);
  // In one step, so that nobody ever finds half of it.
  rmSync(DIST, { recursive: true, force: true });
  renameSync(dist, DIST);
} finally {
  rmSync(work, { recursive: true, force: true });
}
