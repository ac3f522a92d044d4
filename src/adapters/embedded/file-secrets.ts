// Secrets in one file that only its owner may read.
import { type BigIntStats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SecretFields, Secrets } from '../../ports/secrets.ts';
import { Unavailable } from '../../shared/errors.ts';
import { hasCode } from '../faults.ts';
import { parseSecretJson, toSecretFields } from '../secret-fields.ts';

export interface FileSecretsDependencies {
  /** Where there is no such file, there are no secrets. */
  readonly file: string;
  /** For so long after a look at the file it is taken to be as it was, but by who wants to read afresh. */
  readonly restMilliseconds?: number;
}

/** The file cannot be used as it is; the message says what to do, and quotes nothing of it. */
export class SecretsFileRefused extends Error {
  override readonly name = 'SecretsFileRefused';
}

interface Loaded {
  /** What changes whenever the file does. */
  readonly stamp: string;
  readonly secrets: ReadonlyMap<string, SecretFields>;
}

const GROUP_AND_OTHERS = 0o077;
const NOTHING: Loaded = { stamp: 'no file', secrets: new Map() };

function parse(file: string, text: string): ReadonlyMap<string, SecretFields> {
  const wrong = () =>
    new SecretsFileRefused(
      `the secrets file ${file} must hold JSON of the form {"name": {"field": "value"}}, with texts as values`,
    );
  try {
    const named = parseSecretJson(text);
    if (typeof named !== 'object' || named === null || Array.isArray(named)) throw wrong();
    return new Map(Object.entries(named).map(([name, fields]) => [name, toSecretFields(fields)]));
  } catch {
    throw wrong();
  }
}

/** Whether the file is the one that was read, and its owner's alone still: both are part of what is compared. */
function isUnchanged(file: string, { stamp }: Loaded): boolean {
  const now = statSync(file, { bigint: true, throwIfNoEntry: false });
  return now !== undefined && stampOf(now) === stamp;
}

function stampOf({ mode, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [mode, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** Reads it unless it is as it was. Mode and text are of one handle, so that no other file slips in between. */
async function load(file: string, known: Loaded | undefined): Promise<Loaded> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (handle === undefined) return NOTHING;
  try {
    const stats = await handle.stat({ bigint: true });
    if ((stats.mode & BigInt(GROUP_AND_OTHERS)) !== 0n) {
      throw new SecretsFileRefused(`others may read the secrets file ${file}; run: chmod 600 ${file}`);
    }
    const stamp = stampOf(stats);
    if (known?.stamp === stamp) return known;
    return { stamp, secrets: parse(file, await handle.readFile('utf8')) };
  } finally {
    await handle.close();
  }
}

/** Throws `SecretsFileRefused` at once where the file is there and cannot be used. */
export async function createFileSecrets({
  file,
  restMilliseconds = 0,
}: FileSecretsDependencies): Promise<Secrets> {
  let loaded = await load(file, undefined);
  let restsUntil = 0;
  return {
    async read(name, { fresh = false } = {}) {
      const now = performance.now();
      if (now < restsUntil && !fresh) return loaded.secrets.get(name);
      restsUntil = 0;
      try {
        if (!isUnchanged(file, loaded)) loaded = await load(file, loaded);
        restsUntil = now + restMilliseconds;
      } catch (error) {
        throw new Unavailable('secrets', error);
      }
      return loaded.secrets.get(name);
    },
  };
}
