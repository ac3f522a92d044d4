// The key under which operations wait for people, embedded: made at first use, kept in the data directory.
import { join } from 'node:path';
import { parseSecretFields } from '../adapters/secret-fields.ts';
import type { Ids } from '../ports/ids.ts';
import type { Secret } from '../shared/secret.ts';
import { createOrRead, PrivateFileDamaged, readIfThere } from './private-file.ts';

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

function fileIn(data: string): string {
  return join(data, 'sealing-key.json');
}

function usable(file: string, text: string): Secret {
  const key = keyIn(text);
  if (key === undefined || !FORM.test(key.open())) {
    throw new PrivateFileDamaged(
      `${file} is damaged; restore it, or delete it: what waits for approval is then lost`,
    );
  }
  return key;
}

export async function openSealingKey(data: string, ids: Ids): Promise<Secret> {
  const file = fileIn(data);
  const make = async () =>
    JSON.stringify({ current: Buffer.from(ids.random(KEY_BYTES)).toString('base64url') });
  return usable(file, await createOrRead(file, make));
}

/** Before anybody approves what could then not be carried out. Where there is none yet, one is made at first use. */
export async function expectSealingKey(data: string): Promise<void> {
  const text = await readIfThere(fileIn(data));
  if (text !== undefined) usable(fileIn(data), text);
}
