// The key of pseudonyms as its secret holds it, and how it rotates: with another key every pseudonym is another one, and
// the id in it says which key it was made with.
import type { SecretFields } from '../ports/secrets.ts';
import type { PseudonymKeys } from './rules.ts';

const LEAST_CHARACTERS = 32;
/** As it stands in a label. */
const ID = /^k[1-9]\d{0,3}$/;
const LAST_ID = 9999;

export class BadPseudonymKey extends Error {
  override readonly name = 'BadPseudonymKey';
}

export function pseudonymKeysOf(fields: SecretFields | undefined): PseudonymKeys {
  const key = fields?.['key'];
  if (key === undefined || key.open().length < LEAST_CHARACTERS) {
    throw new BadPseudonymKey('the secret of the pseudonyms holds no key of at least 32 characters');
  }
  const id = fields?.['id']?.open() ?? '';
  if (!ID.test(id)) throw new BadPseudonymKey('the id of the key of the pseudonyms is not k1, k2, … k9999');
  return { current: { id, key: Buffer.from(key.open(), 'utf8') } };
}

/** The id after that one. Past the last it begins anew: by then nobody remembers the first. */
function idAfter(id: string | undefined): string {
  const number = id === undefined ? 0 : Number(id.slice(1));
  return `k${(number % LAST_ID) + 1}`;
}

/** As the secret holds it: a new key, after the one with that id. Only for the store that the secret lives in. */
export function freshPseudonymKey(random: Uint8Array, after?: PseudonymKeys): string {
  return JSON.stringify({ id: idAfter(after?.current.id), key: Buffer.from(random).toString('base64url') });
}
