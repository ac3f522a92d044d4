// The keys of task tokens as their secret holds them, and how they rotate.
import type { SecretFields } from '../ports/secrets.ts';
import { Secret } from '../shared/secret.ts';
import type { TokenKeys } from './token.ts';

/**
 * Functions read the secret anew every few minutes. A rotation that stops half-way is tried again for a day, and
 * what it made on the first try must not sign before everybody can know it. What this adds to the life of the key before
 * is taken off what `maxTaskSeconds` may be.
 */
const LEARNING_MILLISECONDS = 24 * 60 * 60_000;
const LEAST_CHARACTERS = 32;

export class BadTokenKeys extends Error {
  override readonly name = 'BadTokenKeys';
}

export function tokenKeysOf(fields: SecretFields | undefined): TokenKeys {
  const current = fields?.['current'];
  if (current === undefined || current.open().length < LEAST_CHARACTERS) {
    throw new BadTokenKeys('the secret of the task tokens holds no key of at least 32 characters');
  }
  const previous = fields?.['previous'];
  const from = fields?.['currentFrom']?.open() ?? '';
  const without = previous === undefined || previous.open() === '';
  // It is accepted like the current one, so it must be as hard to guess.
  if (!without && previous.open().length < LEAST_CHARACTERS) {
    throw new BadTokenKeys('the previous key of the task tokens has less than 32 characters');
  }
  if (from !== '' && Number.isNaN(Date.parse(from))) {
    throw new BadTokenKeys('currentFrom of the task tokens is no date');
  }
  return {
    current,
    ...(without ? {} : { previous }),
    ...(from === '' ? {} : { currentFrom: new Date(from) }),
  };
}

/** The keys after a rotation: the new one is accepted at once, and signs once everybody has learnt of it. */
export function rotatedKeys(keys: TokenKeys, fresh: Secret, now: Date): Required<TokenKeys> {
  // A rotation so soon after another would drop a key that still signs.
  const signing =
    keys.currentFrom !== undefined && now.getTime() < keys.currentFrom.getTime()
      ? (keys.previous ?? keys.current)
      : keys.current;
  return { current: fresh, previous: signing, currentFrom: new Date(now.getTime() + LEARNING_MILLISECONDS) };
}

/** As the secret holds them. Only for the store that the secret lives in. */
export function tokenKeysText(keys: TokenKeys): string {
  return JSON.stringify({
    current: keys.current.open(),
    previous: keys.previous?.open() ?? '',
    currentFrom: keys.currentFrom?.toISOString() ?? '',
  });
}

export function freshTokenKey(random: Uint8Array): Secret {
  return new Secret(Buffer.from(random).toString('base64url'));
}
