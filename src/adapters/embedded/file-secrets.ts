// Secrets in one file that only its owner may read.
import { type BigIntStats, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { SecretFields, Secrets } from '../../ports/secrets.ts';
import { Unavailable } from '../../shared/errors.ts';
import { hasCode } from '../faults.ts';
import { isMembers, parseSecretJson, toSecretFields } from '../secret-fields.ts';

export interface FileSecretsDependencies {
  /** Where there is no such file, there are no secrets. */
  readonly file: string;
  /** For so long after a look at the file it is taken to be as it was, but by who wants to read afresh. */
  readonly restMilliseconds?: number;
  /** Told why the file, or a part of it, can't be used: once, until it is right again or the reason is another. */
  readonly onFault?: (reason: string) => void;
}

/** The file cannot be used as it is; the message says what to do, and quotes nothing of it but names. */
export class SecretsFileRefused extends Error {
  override readonly name = 'SecretsFileRefused';
}

interface Contents {
  /** Undefined is what cannot be used, under the name it has. */
  readonly secrets: ReadonlyMap<string, SecretFields | undefined>;
  /** What is wrong with a part of it; the rest can be used. */
  readonly fault: string | undefined;
}

interface Loaded extends Contents {
  /** What changes whenever the file does. */
  readonly stamp: string;
}

const GROUP_AND_OTHERS = 0o077;
const MOST_FAULTS = 5;
const FORM = '{"name": {"field": "value"}}';
const NOTHING: Loaded = { stamp: 'no file', secrets: new Map(), fault: undefined };

function quoted(name: string): string {
  return JSON.stringify(name).replace(/\p{Cc}/gu, ' ');
}

function faultIn(file: string, faults: readonly string[]): string | undefined {
  if (faults.length === 0) return undefined;
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : [];
  return `the secrets file ${file} has faults: ${[...faults.slice(0, MOST_FAULTS), ...more].join('; ')}`;
}

function parseFile(file: string, text: string): unknown {
  try {
    return parseSecretJson(text);
  } catch {
    throw new SecretsFileRefused(`the secrets file ${file} is not JSON; it must be of the form ${FORM}`);
  }
}

/** Each secret is judged by itself. */
function contentsOf(file: string, text: string): Contents {
  const named = parseFile(file, text);
  if (!isMembers(named)) throw new SecretsFileRefused(`the secrets file ${file} must be of the form ${FORM}`);
  const secrets = new Map<string, SecretFields | undefined>();
  const faults: string[] = [];
  for (const [name, value] of Object.entries(named)) {
    secrets.set(name, isMembers(value) ? toSecretFields(value) : undefined);
    if (!isMembers(value)) faults.push(`the secret ${quoted(name)} is not of the form {"field": "value"}`);
  }
  return { secrets, fault: faultIn(file, faults) };
}

/** Whether the file is the one that was read, and its owner's alone still: both are part of what is compared. */
function isUnchanged(file: string, { stamp }: Loaded): boolean {
  const now = statSync(file, { bigint: true, throwIfNoEntry: false });
  return now !== undefined && stampOf(now) === stamp;
}

function stampOf({ mode, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [mode, ino, size, mtimeNs, ctimeNs].join(' ');
}

/** That there is none is a fault only where there was one. */
function withoutFile(file: string, known: Loaded = NOTHING): Loaded {
  return known.stamp === NOTHING.stamp ? known : { ...NOTHING, fault: `the secrets file ${file} is gone` };
}

/** Reads it unless it is as it was. Mode and text are of one handle, so that no other file slips in between. */
async function load(file: string, known: Loaded | undefined): Promise<Loaded> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (handle === undefined) return withoutFile(file, known);
  try {
    const stats = await handle.stat({ bigint: true });
    if ((stats.mode & BigInt(GROUP_AND_OTHERS)) !== 0n) {
      throw new SecretsFileRefused(`others may read the secrets file ${file}; run: chmod 600 ${file}`);
    }
    const stamp = stampOf(stats);
    if (known?.stamp === stamp) return known;
    return { stamp, ...contentsOf(file, await handle.readFile('utf8')) };
  } finally {
    await handle.close();
  }
}

function reasonOf(file: string, error: unknown): string {
  if (error instanceof SecretsFileRefused) return error.message;
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return `the secrets file ${file} can't be read${code}`;
}

function once(tell: (reason: string) => void): (reason: string | undefined) => void {
  let told: string | undefined;
  return (reason) => {
    if (reason !== undefined && reason !== told) tell(reason);
    told = reason;
  };
}

function secretIn({ secrets, fault }: Loaded, name: string): SecretFields | undefined {
  const fields = secrets.get(name);
  if (fields === undefined && secrets.has(name))
    throw new Unavailable('secrets', new SecretsFileRefused(fault));
  return fields;
}

/** Throws `SecretsFileRefused` at once where anything in the file cannot be used. */
export async function createFileSecrets({
  file,
  restMilliseconds = 0,
  onFault = () => undefined,
}: FileSecretsDependencies): Promise<Secrets> {
  let loaded = await load(file, undefined);
  if (loaded.fault !== undefined) throw new SecretsFileRefused(loaded.fault);
  let restsUntil = 0;
  const tell = once(onFault);
  return {
    async read(name, { fresh = false } = {}) {
      const now = performance.now();
      if (now < restsUntil && !fresh) return secretIn(loaded, name);
      restsUntil = 0;
      try {
        if (!isUnchanged(file, loaded)) loaded = await load(file, loaded);
        restsUntil = now + restMilliseconds;
      } catch (error) {
        tell(reasonOf(file, error));
        throw new Unavailable('secrets', error);
      }
      tell(loaded.fault);
      return secretIn(loaded, name);
    },
  };
}
