// Reads the text of a secret without ever quoting it.
import type { SecretFields } from '../ports/secrets.ts';
import { Secret } from '../shared/secret.ts';

export type Members = Readonly<Record<string, unknown>>;

/** A number or boolean as the text that stands there: as a value, a number of many digits or `1.0` would be another. */
function asWritten(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' || typeof value === 'boolean' ? (context?.source ?? value) : value;
}

/**
 * JSON that may hold secrets, its numbers and booleans as texts. What the parser complains of is withheld, because it
 * quotes the text.
 */
export function parseSecretJson(text: string): unknown {
  try {
    return JSON.parse(text, asWritten);
  } catch {
    throw new Error('a secret is not JSON');
  }
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Those members that are texts: null, a list or an object is no field, and does not keep the others from being one. */
export function toSecretFields(members: Members): SecretFields {
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, new Secret(value)]] : [],
    ),
  );
}

export function parseSecretFields(text: string | undefined): SecretFields {
  if (text === undefined) throw new Error('a secret is not text');
  const members = parseSecretJson(text);
  if (!isMembers(members)) throw new Error('a secret is not an object of fields');
  return toSecretFields(members);
}
