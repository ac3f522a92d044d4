// What masking speaks of: types, spans, actions, and how much of what was masked.

/** A kind of value, as a label names it: `EMAIL`, `CREDIT_CARD`, and what operators name in their rules. */
export type MaskType = string;

/** Half open, in UTF-16 units of the text. */
export interface Span {
  readonly type: MaskType;
  readonly start: number;
  readonly end: number;
}

/**
 * What becomes of a value: a label with its type; a label with its last four characters; a label with a keyed
 * pseudonym, the same for the same value; one with its SHA-256; nothing at all; or, where a rule knows better than a
 * detector, the value as it is.
 */
export const ACTIONS = ['redact', 'last4', 'pseudonym', 'hash', 'drop', 'keep'] as const;

export type Action = (typeof ACTIONS)[number];

/** How often each type was masked. */
export type Tally = Map<MaskType, number>;

export function count(tally: Tally | undefined, type: MaskType): void {
  tally?.set(type, (tally.get(type) ?? 0) + 1);
}
