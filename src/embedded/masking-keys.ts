// The key of pseudonyms, embedded: made at first start, kept in the data directory.
import { join } from 'node:path';
import { parseSecretFields } from '../adapters/secret-fields.ts';
import { freshPseudonymKey, type PseudonymKeys, pseudonymKeysOf } from '../masking/index.ts';
import type { Ids } from '../ports/ids.ts';
import type { SecretFields } from '../ports/secrets.ts';
import { createOrRead, readIfThere, replacePrivate } from './private-file.ts';

const KEY_BYTES = 48;

function fileIn(data: string): string {
  return join(data, 'masking-keys.json');
}

/** Undefined where the file is damaged, which `pseudonymKeysOf` refuses. */
function fieldsOf(text: string): SecretFields | undefined {
  try {
    return parseSecretFields(text);
  } catch {
    return undefined;
  }
}

export async function openMaskingKeys(data: string, ids: Ids): Promise<PseudonymKeys> {
  const make = async () => freshPseudonymKey(ids.random(KEY_BYTES));
  return pseudonymKeysOf(fieldsOf(await createOrRead(fileIn(data), make)));
}

/** Those of a broker that has run with this data directory; undefined where none has. */
export async function readMaskingKeys(data: string): Promise<PseudonymKeys | undefined> {
  const text = await readIfThere(fileIn(data));
  return text === undefined ? undefined : pseudonymKeysOf(fieldsOf(text));
}

/** From now on another key. Whoever has read the one before goes on with that until they read again. */
export async function rotateMaskingKeys(data: string, ids: Ids): Promise<PseudonymKeys> {
  const text = freshPseudonymKey(ids.random(KEY_BYTES), await readMaskingKeys(data));
  await replacePrivate(fileIn(data), text);
  return pseudonymKeysOf(fieldsOf(text));
}
