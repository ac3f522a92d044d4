// The keys of task tokens, embedded: made at first start, kept in the data directory.
import { join } from 'node:path';
import { parseSecretFields } from '../adapters/secret-fields.ts';
import type { Ids } from '../ports/ids.ts';
import type { SecretFields } from '../ports/secrets.ts';
import { freshTokenKey, type TokenKeys, tokenKeysOf, tokenKeysText } from '../tasks/index.ts';
import { createOrRead } from './private-file.ts';

/** Undefined where the file is damaged, which `tokenKeysOf` refuses. */
function fieldsOf(text: string): SecretFields | undefined {
  try {
    return parseSecretFields(text);
  } catch {
    return undefined;
  }
}

export async function openTokenKeys(data: string, ids: Ids): Promise<TokenKeys> {
  const make = async () => tokenKeysText({ current: freshTokenKey(ids.random(48)) });
  return tokenKeysOf(fieldsOf(await createOrRead(join(data, 'task-token-keys.json'), make)));
}
