// Where things are when a command is not told: the quickstart's config, the data directory of the working directory.
import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLastRun } from '../embedded/last-run.ts';

/** The package's root, from the sources as well as from what was built of them. */
export async function packageRoot(): Promise<string> {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (dir !== dirname(dir)) {
    const found = await access(join(dir, 'examples', 'quickstart', 'broker.yaml')).then(
      () => true,
      () => false,
    );
    if (found) return dir;
    dir = dirname(dir);
  }
  throw new Error('the quickstart is not where the package should have it');
}

export async function quickstart(): Promise<string> {
  return join(await packageRoot(), 'examples', 'quickstart');
}

/** The config that was asked for, else that of the broker which used this data directory last. */
export async function configFor(asked: string | undefined, data: string): Promise<string> {
  return asked ?? (await readLastRun(data))?.config ?? (await quickstart());
}
