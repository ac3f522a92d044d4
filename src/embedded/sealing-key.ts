// The key under which operations wait for people, embedded: made at first use, kept in the data directory.
import { join } from 'node:path';
import { parseSecretFields } from '../adapters/secret-fields.ts';
import type { Ids } from '../ports/ids.ts';
import type { Secret } from '../shared/secret.ts';
import { createOrRead } from './private-file.ts';

const KEY_BYTES = 48;
const FORM = /^[A-Za-z0-9_-]{64}$/;

/** Undefined where the file is damaged. */
function keyIn(text: string): Secret | undefined {
  try {
    return parseSecretFields(text)['current'];
  } catch {
    return undefined;
  }
}

export async function openSealingKey(data: string, ids: Ids): Promise<Secret> {
  const file = join(data, 'sealing-key.json');
  const make = async () =>
    JSON.stringify({ current: Buffer.from(ids.random(KEY_BYTES)).toString('base64url') });
  const key = keyIn(await createOrRead(file, make));
  if (key === undefined || !FORM.test(key.open())) {
    throw new Error(`${file} is damaged; restore it, or delete it: what waits for approval is then lost`);
  }
  return key;
}
