// What operators say of masking: which detectors, which columns, paths, keys and patterns, and what becomes of them.
import type { Action } from './model.ts';

export interface PatternRule {
  /** The label. */
  readonly type: string;
  readonly match: string;
  readonly ignoreCase?: boolean;
  readonly action: Action;
}

export interface MaskingRules {
  /** By type: what becomes of it, or `off`. */
  readonly detectors: Readonly<Record<string, Action | 'off'>>;
  /** By `schema.table.column`, or an end of that. */
  readonly columns: Readonly<Record<string, Action>>;
  /** By JSON path: `$.customer.email`, `$.items[*].serial`, `$..internal`. */
  readonly paths: Readonly<Record<string, Action>>;
  /** By the name of a key, a header or a form's field, whatever its case. */
  readonly keys: Readonly<Record<string, Action>>;
  readonly patterns: readonly PatternRule[];
  /** Values that look sensitive and are not. */
  readonly allow: readonly string[];
  /** Countries (ISO 3166, lower case) whose numbers count without context. */
  readonly locales: readonly string[];
  /** Whether a request that carries a secret out is refused (`secret_egress`). */
  readonly refuseSecrets: boolean;
}

export const NO_RULES: MaskingRules = {
  detectors: {},
  columns: {},
  paths: {},
  keys: {},
  patterns: [],
  allow: [],
  locales: [],
  refuseSecrets: false,
};

/** A keyed pseudonym's keys: new ones are made with the first, and `id` says in each pseudonym which it was. */
export interface PseudonymKeys {
  readonly current: { readonly id: string; readonly key: Uint8Array };
}
