// Named secrets, each a small object of strings.
import type { Secret } from '../shared/secret.ts';

export type SecretFields = Readonly<Record<string, Secret>>;

export interface ReadOptions {
  /** Whoever was refused with what is remembered looks whether there is a newer one. */
  readonly fresh?: boolean;
}

export interface Secrets {
  /**
   * Undefined when there is no secret of that name. What was read may be remembered for minutes; a fresh read goes
   * around that, unless the same secret was read seconds ago. Throws `Unavailable('secrets')`, but not where there is
   * something remembered that is good enough.
   */
  read(name: string, options?: ReadOptions): Promise<SecretFields | undefined>;
}
