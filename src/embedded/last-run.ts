// What the data directory remembers of its broker, so that other commands need not be told again.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const lastRun = z.object({ config: z.string(), url: z.string() });
export type LastRun = z.infer<typeof lastRun>;

const FILE = 'broker.json';

export async function readLastRun(data: string): Promise<LastRun | undefined> {
  try {
    return lastRun.parse(JSON.parse(await readFile(join(data, FILE), 'utf8')));
  } catch {
    // There was none, or it is from another version: it is a convenience only.
    return undefined;
  }
}

export async function writeLastRun(data: string, run: LastRun): Promise<void> {
  const draft = join(data, `${FILE}.new`);
  try {
    await writeFile(draft, JSON.stringify(run), { mode: 0o600 });
    await rename(draft, join(data, FILE));
  } catch {
    // It is a convenience only: other commands ask for --config then.
  }
}
