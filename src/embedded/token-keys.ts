// The keys of task tokens, embedded: made at first start, kept in the data directory.
import { join } from 'node:path';
import { parseSecretFields } from '../adapters/secret-fields.ts';
import type { Ids } from '../ports/ids.ts';
import { freshTokenKey, type TokenKeys, tokenKeysOf, tokenKeysText } from '../tasks/index.ts';
import { createOrRead } from './private-file.ts';

export async function openTokenKeys(data: string, ids: Ids): Promise<TokenKeys> {
  const make = async () => tokenKeysText({ current: freshTokenKey(ids.random(48)) });
  return tokenKeysOf(parseSecretFields(await createOrRead(join(data, 'task-token-keys.json'), make)));
}
