// Named secrets, each a small object of strings.
import type { Secret } from '../shared/secret.ts';

export type SecretFields = Readonly<Record<string, Secret>>;

export interface Secrets {
  /** Undefined when there is no secret of that name. Throws `Unavailable('secrets')`. */
  read(name: string): Promise<SecretFields | undefined>;
}
