// Reads the text of a secret without ever quoting it.
import * as z from 'zod/mini';
import type { SecretFields } from '../ports/secrets.ts';
import { Secret } from '../shared/secret.ts';

const Fields = z.record(z.string(), z.string());

/** JSON that may hold secrets: what the parser complains of is withheld, because it quotes the text. */
export function parseSecretJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('a secret is not JSON');
  }
}

export function toSecretFields(value: unknown): SecretFields {
  const fields = Fields.safeParse(value);
  if (!fields.success) throw new Error('a secret is not an object of strings');
  return Object.fromEntries(Object.entries(fields.data).map(([name, field]) => [name, new Secret(field)]));
}

export function parseSecretFields(text: string | undefined): SecretFields {
  if (text === undefined) throw new Error('a secret is not text');
  return toSecretFields(parseSecretJson(text));
}
